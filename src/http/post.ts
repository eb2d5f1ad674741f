/** One message to a server whose address is a secret, as that of a webhook is. */
import { type HttpAnswer, type HttpRequest, request } from "./request.ts";
import { hideUrl } from "./url.ts";

/** What is to be sent, and how long that may take. */
interface HttpPost extends Omit<HttpRequest, "method" | "body"> {
  readonly method?: "POST" | "PUT";
  readonly body: string;
  /** What else must not show in the answer. */
  readonly secrets?: readonly string[];
}

/**
 * Sends it; the answer's text comes without what the URL keeps secret, and without the other secrets.
 *
 * @throws HttpError when no answer came; an answer of any status is a result.
 */
export async function post(wanted: HttpPost): Promise<HttpAnswer> {
  const answer = await request({ ...wanted, method: wanted.method ?? "POST" });
  return { ...answer, text: hideUrl(answer.text, wanted.url, wanted.secrets) };
}
