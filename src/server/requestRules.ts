/** What holds for every request and every answer: the shape of the path, and the headers that keep browsers strict. */
import type { Next, ServerContext } from "./context.ts";
import { HttpProblem } from "./problem.ts";

const MAX_URL_LENGTH = 8192;

/** Refuses paths that could mean something else further down: encoded slashes, control characters, broken percent-encoding. */
export async function checkPath(ctx: ServerContext, next: Next): Promise<void> {
  if (ctx.url.length > MAX_URL_LENGTH) throw new HttpProblem(414, `the address is longer than ${MAX_URL_LENGTH} characters`);
  const reason = pathFault(ctx.path);
  if (reason !== undefined) throw new HttpProblem(400, reason);
  await next();
}

/** What is wrong with a path as it came in, if anything. */
function pathFault(path: string): string | undefined {
  if (/%2f|%5c|\\/i.test(path)) return "the path holds an encoded slash or a backslash; expected plain path segments";
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return "the path is not valid percent-encoded UTF-8";
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u001f\u007f]/.test(decoded) ? "the path holds a control character" : undefined;
}

const CONTENT_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The live page's own: its script, its style, and what it asks this server for; nothing inline, nothing from anywhere else. */
export const pagePolicy = CONTENT_POLICY.replace("style-src", "script-src 'self'; connect-src 'self'; style-src");

/** Sets the headers that every answer carries. */
export async function strictHeaders(ctx: ServerContext, next: Next): Promise<void> {
  ctx.set({
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
  });
  await next();
}
