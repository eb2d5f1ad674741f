/** The same question to all hosts, many at the same time: who gave no answer has a reason. */
import type { Clock } from "../model/clock.ts";
import type { KnownHost } from "./ownership.ts";
import { PeerProblem } from "./peers.ts";

/** A host and its answer, or why there is none. */
type Asked<Answer> = { readonly host: KnownHost } & (
  | { readonly answer: Answer; readonly reason?: undefined }
  | { readonly reason: string; readonly answer?: undefined }
);

const askedAtOnce = 32;
/** So many at once: many dead hosts must not be waited for one by one. */
const togetherSeconds = 15;

/** Asks all of them; the answers in the order of the hosts. */
export async function askAll<Answer>(
  hosts: readonly KnownHost[],
  clock: Clock,
  ask: (host: KnownHost) => Promise<Answer>,
): Promise<readonly Asked<Answer>[]> {
  const endSeconds = clock.monotonicSeconds() + togetherSeconds;
  const answers = new Map<number, Asked<Answer>>();
  const rest = hosts.entries();
  const askOne = async (host: KnownHost): Promise<Asked<Answer>> => {
    if (clock.monotonicSeconds() >= endSeconds) return { host, reason: "it was not asked: too many others did not answer in time" };
    try {
      return { host, answer: await ask(host) };
    } catch (error) {
      if (error instanceof PeerProblem) return { host, reason: error.message };
      throw error;
    }
  };
  const worker = async () => {
    for (const [index, host] of rest) answers.set(index, await askOne(host));
  };
  await Promise.all(Array.from({ length: Math.min(askedAtOnce, hosts.length) }, worker));
  return hosts.flatMap((_, index) => answers.get(index) ?? []);
}
