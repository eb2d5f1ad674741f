/** The one place where it is decided whether a message is tried again. */
import { failureOf, failureSentence, HttpError, networkCodeOf } from "../http/errors.ts";
import type { HttpAnswer } from "../http/request.ts";
import { hideSecrets } from "../http/url.ts";
import { DeliveryError } from "./notifier.ts";
import { cleanText, cutText } from "./text.ts";

const longestAnswer = 300;

/** An answer's beginning as one short line. */
export function shownAnswer(text: string): string {
  return cutText(cleanText(text), longestAnswer);
}

/**
 * What an HTTP status means for the message: undefined when it was taken. `shown` is what may be said of the server; `meant` is the
 * status that it meant where it said 200.
 */
export function failureOfAnswer(shown: string, answer: HttpAnswer, meant?: number): DeliveryError | undefined {
  const { status, text, redirect, retryAfterSeconds } = answer;
  if (status >= 200 && status < 300 && meant === undefined) return undefined;
  if (status >= 300 && status < 400) {
    const where = redirect === undefined ? "" : ` to ${redirect}`;
    return new DeliveryError(`${shown} answered ${status}, a redirect${where} that is not followed: configure the address itself`, {
      retryable: false,
    });
  }
  // 408, 425 and 429 speak of the moment, not of the message
  const judged = meant ?? status;
  const retryable = judged >= 500 || judged === 429 || judged === 408 || judged === 425;
  const said = shownAnswer(text);
  return new DeliveryError(`${shown} answered ${status}${said === "" ? "" : `: ${said}`}`, {
    retryable,
    retryAfterSeconds,
  });
}

/** A request without an answer: the network or the server may be back in a while. */
export function failureOfRequest(error: unknown): DeliveryError {
  return new DeliveryError(error instanceof HttpError ? error.message : "the request failed for an unknown reason", { retryable: true });
}

/** What nodemailer tells of a failure. */
interface MailFailure {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
}

/** A mail that was not taken. SMTP says it itself: 4yz is for now, 5yz is for good. `secrets` are cut out of what the server said. */
export function failureOfMail(shown: string, error: unknown, secrets: readonly string[], timedOutAfter: number | undefined): DeliveryError {
  if (timedOutAfter !== undefined) {
    return new DeliveryError(failureSentence(shown, "timeout", `${timedOutAfter} s`), { retryable: true });
  }
  const { code, originalCode, responseCode, response } = (error instanceof Error ? error : {}) as MailFailure;
  if (typeof responseCode === "number" && responseCode >= 400) {
    const said = shownAnswer(hideSecrets(String(response ?? responseCode), secrets));
    return new DeliveryError(`${shown} answered ${said}`, { retryable: responseCode < 500 });
  }
  const own = mailSentences[String(code)];
  if (own !== undefined) return new DeliveryError(`${shown} ${own.sentence}`, { retryable: own.retryable });
  const cause = typeof originalCode === "string" ? Object.assign(new Error(), { code: originalCode }) : error;
  const shownCode = networkCodeOf(cause);
  const failure = code === "ETLS" ? "tls" : failureOf(shownCode);
  return new DeliveryError(failureSentence(shown, failure, shownCode), { retryable: true });
}

/** nodemailer's own findings, where no system error and no answer stands behind them. */
const mailSentences: Readonly<Record<string, { readonly sentence: string; readonly retryable: boolean }>> = {
  EDNS: { sentence: "was not found: its name cannot be resolved (EDNS)", retryable: true },
  EENVELOPE: { sentence: "was not asked: the sender or a recipient is no mail address (EENVELOPE)", retryable: false },
  ENOAUTH: { sentence: "wants a user and a password, expected notify.email.user and passwordFile (ENOAUTH)", retryable: false },
  EAUTH: { sentence: "offers no way to log in that is known here (EAUTH)", retryable: false },
  EABORT: { sentence: "was not asked to the end, for Culprit stops", retryable: true },
  ECONNECTION: { sentence: "broke the connection off (ECONNECTION)", retryable: true },
  EPROTOCOL: { sentence: "does not speak SMTP (EPROTOCOL)", retryable: true },
};
