/** The door of this folder: outgoing HTTP only. */
export { type Deadline, startDeadline } from "./deadline.ts";
export { codeOf, failureOf, failureSentence, HttpError, type HttpFailure } from "./errors.ts";
export { type HttpAnswer, type HttpPost, post } from "./post.ts";
export { hideSecrets, parseHttpUrl, shownUrl } from "./url.ts";
