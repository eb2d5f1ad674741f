/** One POST to a server whose address is a secret, as that of a webhook is. */
import { type HttpAnswer, type HttpRequest, request } from "./request.ts";
import { hideUrl } from "./url.ts";

/** What is to be sent, and how long that may take. */
interface HttpPost extends Omit<HttpRequest, "method" | "body"> {
  readonly body: string;
}

/**
 * Sends it; the answer's text comes without what the URL keeps secret.
 *
 * @throws HttpError when no answer came; an answer of any status is a result.
 */
export async function post(wanted: HttpPost): Promise<HttpAnswer> {
  const answer = await request({ ...wanted, method: "POST" });
  return { ...answer, text: hideUrl(answer.text, wanted.url) };
}
