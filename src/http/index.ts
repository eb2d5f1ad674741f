/** The door of this folder: outgoing HTTP only. */
export { type Deadline, startDeadline } from "./deadline.ts";
export { codeOf, failureOf, failureSentence, HttpError, type HttpFailure } from "./errors.ts";
export { type OpenAnswer, openAnswer } from "./open.ts";
export { type HttpPost, post } from "./post.ts";
export { type HttpAnswer, type HttpRequest, request } from "./request.ts";
export { hideSecrets, parseHttpUrl, shownUrl } from "./url.ts";
