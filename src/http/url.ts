/** URLs in errors and logs: the path of a webhook's URL is as good as a password, so only scheme and host may show. */

const mask = "***";
/** Shorter parts of a path, such as v1, are no secrets, and cutting them out would tear every sentence. */
const shortestPart = 4;

/** The URL, when it is one that can be asked over HTTP. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== "" ? url : undefined;
}

/** `https://hooks.example.org:8443`: what may be shown of a URL. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

/** Cuts out of a text what a URL keeps secret, and other secrets in the same go: servers like to repeat the path that they were asked for. */
export function hideUrl(text: string, url: URL, others: readonly string[] = []): string {
  const path = `${url.pathname}${url.search}`;
  const parts = [
    path,
    url.pathname,
    url.search.slice(1),
    ...url.pathname.split("/"),
    ...url.searchParams.values(),
    url.username,
    url.password,
    url.hash.slice(1),
  ];
  return hideSecrets(text, [...parts.filter((part) => part.length >= shortestPart), ...others]);
}

/** Cuts secrets out of a text, in any of the forms that a URL or JSON gives them. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((one) => [one, decoded(one), encoded(one), JSON.stringify(one).slice(1, -1)]);
  // the longest first, or its rest would stay
  const ordered = [...new Set(forms)].filter((one) => one !== "").sort((a, b) => b.length - a.length);
  return ordered.reduce((rest, secret) => rest.replaceAll(secret, mask), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A lone surrogate cannot be written into a URL. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
