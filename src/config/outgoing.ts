/** The keys of a server that Culprit sends to: `push`, and whatever else goes out by HTTP. Secrets stand in files. */
import { resolve } from "node:path";
import { z } from "zod";
import type { HeaderSource, OutgoingTarget } from "../http/target.ts";
import { defined } from "../model/defined.ts";
import { checked, duration, word } from "./fields.ts";

const usualTimeoutSeconds = 10;

/** Those that say how a request is sent, or that have keys of their own. */
const taken = new Set(["authorization", "content-type", "content-length", "content-encoding", "host", "connection", "transfer-encoding"]);

const headers = () =>
  z
    .record(z.string(), z.union([z.string(), z.strictObject({ file: word("the path of a file that holds the value") })]))
    .superRefine((all, context) => {
      for (const [name, value] of Object.entries(all)) {
        const complain = (message: string) => context.addIssue({ code: "custom", path: [name], message });
        if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) complain("expected the name of a header");
        else if (taken.has(name.toLowerCase())) complain("expected a header that Culprit does not write itself; auth has keys of its own");
        else if (typeof value === "string" && !/^[\x20-\x7e]*$/.test(value)) complain("expected printable ASCII");
      }
    });

/** The address of a server. User and password have keys of their own. */
function serverUrl(): z.ZodType<string, unknown> {
  return checked("an http or https URL without user and password, such as https://metrics.example.org/api/v1/write", (value) => {
    const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") return undefined;
    return url.username !== "" || url.password !== "" || url.hash !== "" ? undefined : url.href;
  });
}

/** The keys, to be put among those of a section. */
export const outgoingKeys = () => ({
  url: serverUrl(),
  timeout: duration(1, 120).optional(),
  bearerTokenFile: word("the path of a file that holds a token").optional(),
  basic: z.strictObject({ user: word("a user name"), passwordFile: word("the path of a file that holds the password") }).optional(),
  headers: headers().optional(),
  tls: z
    .strictObject({
      caFile: word("the path of a PEM file").optional(),
      certFile: word("the path of a PEM file").optional(),
      keyFile: word("the path of a PEM file").optional(),
    })
    .superRefine(({ certFile, keyFile }, context) => {
      if ((certFile === undefined) === (keyFile === undefined)) return;
      const missing = certFile === undefined ? "certFile" : "keyFile";
      context.addIssue({
        code: "custom",
        path: [missing],
        message: `expected it beside ${certFile === undefined ? "keyFile" : "certFile"}`,
      });
    })
    .optional(),
});

type Written = z.output<z.ZodObject<ReturnType<typeof outgoingKeys>>>;

/** What is wrong with them together. */
export function outgoingProblem({ bearerTokenFile, basic }: Pick<Written, "bearerTokenFile" | "basic">): string | undefined {
  return bearerTokenFile !== undefined && basic !== undefined ? "expected either bearerTokenFile or basic" : undefined;
}

/** The target as the rest of Culprit sees it. Relative paths begin at the folder of the file. */
export function outgoingTarget({ url, timeout, bearerTokenFile, basic, headers: all = {}, tls }: Written, folder: string): OutgoingTarget {
  const at = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path));
  return defined({
    url,
    timeoutSeconds: timeout ?? usualTimeoutSeconds,
    bearerTokenFile: at(bearerTokenFile),
    basic: basic && { user: basic.user, passwordFile: resolve(folder, basic.passwordFile) },
    headers: Object.fromEntries(
      Object.entries(all).map(([name, value]): [string, HeaderSource] => [
        name,
        typeof value === "string" ? { text: value } : { file: resolve(folder, value.file) },
      ]),
    ),
    caFile: at(tls?.caFile),
    certFile: at(tls?.certFile),
    keyFile: at(tls?.keyFile),
  });
}
