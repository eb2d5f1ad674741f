/** One batch of one metric to a sink, without a queue: what the server says to it. */
import { askTarget, shownTarget } from "../http/target.ts";
import type { Clock } from "../model/clock.ts";
import { meaningOf } from "./answers.ts";
import { createKind, type SinkPlan } from "./openSink.ts";

interface Trial {
  readonly server: string;
  readonly version: string;
  readonly clock: Clock;
}

/** Sends it. @throws HttpError when no answer came, TargetProblem when a file cannot be used */
export async function testSink(
  plan: SinkPlan,
  { server, version, clock }: Trial,
): Promise<{ readonly isTaken: boolean; readonly answer: string }> {
  // a name that nothing else has: of a series of Culprit's own the batches that wait would be out of order behind this one
  const help = "That culprit push-test has reached this server; always 1.";
  const family = { name: "culprit_push_test", help, type: "gauge", points: [{ labels: { version }, value: 1 }] };
  const kind = await createKind(plan, { server, clock, families: async () => [family] }, { isTrial: true });
  const batch = await kind.next();
  if (batch === undefined) throw new Error("the sink has nothing to send");
  const { signal } = new AbortController();
  const answer = await askTarget(plan.target, { method: "POST", ...kind.request([batch.payload]), signal }, clock);
  const meaning = meaningOf(answer);
  const said = meaning.kind === "done" ? meaning.result : meaning.reason;
  return { isTaken: meaning.kind === "done", answer: said.replace(/^it/, shownTarget(plan.target)) };
}
