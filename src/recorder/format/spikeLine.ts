/** A spike as a line of JSON, and back: another version of Culprit may have written it. */
import { z } from "zod";
import { defined } from "../../model/defined.ts";
import { groupKinds } from "../../model/group.ts";
import { parseJson } from "../../model/json.ts";
import { type Spike, spikeEndings, type Verdict } from "../../model/spike.ts";
import { spikeAspects, spikeResources, spikeUnits } from "../../model/spikeResource.ts";
import { isMoment } from "./lineChecks.ts";
import { roundNumbers } from "./rounding.ts";

const moment = z.number().refine(isMoment);

const group = z.object({
  kind: z.enum(groupKinds),
  process: z.string(),
  unit: z.string(),
  container: z.string(),
  user: z.string(),
});

const share = z.object({
  group,
  share: z.number(),
  from: z.number(),
  to: z.number(),
  pids: z.array(z.number()),
  processes: z.number().exactOptional(),
  commandLine: z.string().exactOptional(),
  parents: z.array(z.string()).exactOptional(),
  waiting: z.literal(true).exactOptional(),
  waitChannels: z.array(z.string()).exactOptional(),
  helping: z.literal(true).exactOptional(),
});

/** A Verdict, as archives keep it as well. */
export const verdictSchema: z.ZodType<Verdict> = z.object({
  sentence: z.string(),
  shares: z.array(share),
  final: z.boolean(),
  basis: z.enum(["demand", "use"]).exactOptional(),
});

/** A spike, as archives keep it as well. */
export const spikeSchema: z.ZodType<Spike> = z.object({
  id: z.string(),
  resource: z.enum(spikeResources),
  aspect: z.enum(spikeAspects).exactOptional(),
  startMs: moment,
  peakMs: moment,
  endMs: moment.exactOptional(),
  ending: z.enum(spikeEndings).exactOptional(),
  baseline: z.number(),
  peak: z.number(),
  unit: z.enum(spikeUnits),
  knownSeconds: z.number().exactOptional(),
  verdict: verdictSchema.exactOptional(),
  whole: verdictSchema.exactOptional(),
  chapters: z.array(z.object({ fromMs: moment, toMs: moment.exactOptional(), verdict: verdictSchema })).exactOptional(),
});

const line = z.object({ schemaVersion: z.literal(1), atMs: moment, spike: spikeSchema });

/** The line, its end included. `atMs` is when this was known. */
export function spikeLine(spike: Spike, atMs: number): string {
  return `${JSON.stringify({ schemaVersion: 1, atMs, spike }, roundNumbers)}\n`;
}

/** Reads a line; undefined when it is none. */
export function parseSpikeLine(text: string): { readonly atMs: number; readonly spike: Spike } | undefined {
  return line.safeParse(parseJson(text)).data;
}

/** Nobody saw the end: it was still there when it was last heard of. What is told of it is the whole then. */
export function closedUnseen({ whole, ...spike }: Spike, atMs: number): Spike {
  const endMs = Math.max(spike.startMs, atMs);
  const verdict = whole ?? spike.verdict;
  const chapters = spike.chapters?.map((chapter) => ({ toMs: endMs, ...chapter }));
  return defined({ ...spike, endMs, ending: "unseen", verdict: verdict && { ...verdict, final: true }, chapters });
}
