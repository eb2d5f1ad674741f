/** Asking this server. Addresses are relative: a proxy may serve the page below a path. */

/** A refusal, or no answer at all (status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const longestMs = 30_000;
/** A network that changes for a moment breaks what is under way, and is no reason to leave something out. */
const retryAfterMs = [200, 1000];

/** The JSON of an answer. @throws ApiError with the server's own words */
export async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  for (const pauseMs of retryAfterMs) {
    try {
      return await request<Answer>(path, { headers: { Accept: "application/json" } }, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return request<Answer>(path, { headers: { Accept: "application/json" } }, signal);
}

/** Sends JSON, and gives the JSON of the answer. @throws ApiError */
export async function postJson<Answer>(path: string, body: unknown): Promise<Answer> {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return request<Answer>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function request<Answer>(path: string, options: RequestInit, signal?: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.timeout(longestMs);
  try {
    const response = await fetch(path, { ...options, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer as Answer;
    throw new ApiError(response.status, wordsOf(answer) ?? `the server answered ${response.status}`);
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted === true) throw error;
    throw new ApiError(0, "the server does not answer");
  }
}

function wordsOf(answer: unknown): string | undefined {
  return typeof answer === "object" && answer !== null && "error" in answer && typeof answer.error === "string" ? answer.error : undefined;
}

/** Whether it was given up on purpose. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
