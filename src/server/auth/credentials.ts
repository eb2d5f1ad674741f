/** What a request brings along to be let in. */

/** The Authorization header, understood. */
type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | { readonly kind: "unreadable"; readonly reason: string };

/**
 * Understands an Authorization header: `Bearer TOKEN`, or `Basic` with a user and its password, or with any user and the token as
 * password, for senders that know nothing else.
 */
export function parseAuthorization(header: string): Credential {
  if (header === "") return { kind: "none" };
  const [, scheme = "", rest = ""] = /^(\S+)\s*(.*?)\s*$/s.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return rest === "" ? { kind: "unreadable", reason: "the Bearer credential is empty" } : { kind: "token", token: rest };
    case "basic":
      return parseBasic(rest);
    default:
      return { kind: "unreadable", reason: "the Authorization header is neither Bearer nor Basic" };
  }
}

function parseBasic(encoded: string): Credential {
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const password = colon < 0 ? "" : text.slice(colon + 1);
  if (password === "") return { kind: "unreadable", reason: "the Basic credential has no password; expected the user's, or a token" };
  return { kind: "basic", user: text.slice(0, colon), password };
}
