/** Why a request has got no answer, in words that hold no secret: written anew, never taken from the system's message. */
import { codeOf } from "../model/errors.ts";

type HttpFailure = "timeout" | "aborted" | "dns" | "refused" | "unreachable" | "tls" | "broken";

/** A request without an answer. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly failure: HttpFailure;

  constructor(failure: HttpFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

const tlsCodes =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_|EPROTO|CRL_|INVALID_PURPOSE)/;

/** The failure that a system's error code stands for. */
export function failureOf(code: string): HttpFailure {
  if (/^(?:ENOTFOUND|EAI_|EDNS|ENODATA|ESERVFAIL|EREFUSED)/.test(code)) return "dns";
  if (code === "ECONNREFUSED") return "refused";
  if (/^(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM)$/.test(code)) return "unreachable";
  if (tlsCodes.test(code)) return "tls";
  if (code === "ETIMEDOUT") return "timeout";
  return "broken";
}

const sentences: Readonly<Record<HttpFailure, string>> = {
  timeout: "did not answer in time",
  aborted: "was not asked to the end, for Culprit stops",
  dns: "was not found: its name cannot be resolved",
  refused: "refused the connection",
  unreachable: "cannot be reached",
  tls: "could not prove who it is (TLS)",
  broken: "broke the connection off",
};

/** A sentence about a server, `shown` being what may be said of it. */
export function failureSentence(shown: string, failure: HttpFailure, code?: string): string {
  return `${shown} ${sentences[failure]}${code === undefined || code === "" ? "" : ` (${code})`}`;
}

/** The code of a system's error, which holds no secret; of several tries to connect, that of the first. */
export function networkCodeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return networkCodeOf(error.errors[0]);
  const code = codeOf(error);
  return code !== undefined && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : "";
}
