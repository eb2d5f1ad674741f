/** Where a Culprit can be reached, and the way in where there is a door. */
import { defined } from "../model/defined.ts";

/** Where a Culprit can be reached. */
export interface Reachable {
  readonly urls: readonly string[];
  /** Where the administrator's token is, when scoped routes ask for one. */
  readonly adminTokenPath?: string;
  /** False while the disk takes no file: then the token is in memory, behind the link alone. */
  readonly isTokenWritten?: boolean;
  /** Makes a link that logs in once, within ten minutes. For a terminal: it shall be kept nowhere. */
  readonly loginLink?: () => string;
  readonly curlExample: string;
}

/** What a person needs to look: the address, and the way in where there is a door. */
export function describeReachable(
  urls: readonly string[],
  admin: { readonly path: string; readonly token?: string | undefined } | undefined,
  isTokenWritten: boolean,
  web: { loginLink(token: string): string },
): Reachable {
  const [url = ""] = urls;
  const token = admin?.token;
  if (admin === undefined) return { urls, curlExample: `curl ${url}archives` };
  return defined({
    urls,
    adminTokenPath: admin.path,
    isTokenWritten,
    loginLink: token === undefined ? undefined : () => `${url}${web.loginLink(token)}`,
    curlExample: `curl -H "Authorization: Bearer $(cat ${admin.path})" ${url}archives`,
  });
}
