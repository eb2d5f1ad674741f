/** What the answer of /api/search must have to be one. */
import { z } from "zod";
import type { SearchAnswer } from "../api/pastAnswers.ts";
import { groupKinds } from "../model/group.ts";
import { spikeResources } from "../model/spikeResource.ts";
import { resourceKeys } from "../model/usage.ts";

const values = z.array(z.number().nullable());

const usage = z.object({
  total: z.number().exactOptional(),
  peak: z.number().exactOptional(),
  peakAtMs: z.number().exactOptional(),
  strip: z.object({ mean: values.exactOptional(), peak: values }),
});

const found = z.object({
  firstMs: z.number(),
  lastMs: z.number(),
  minutes: z.number(),
  ran: z.array(z.tuple([z.number(), z.number()])),
  usage: z.partialRecord(z.enum(resourceKeys), usage),
});

const spike = z.object({
  id: z.string(),
  resource: z.enum(spikeResources),
  startMs: z.number(),
  endMs: z.number().exactOptional(),
  share: z.number(),
});

const labels = { kind: z.enum(groupKinds), process: z.string(), unit: z.string(), container: z.string(), user: z.string() };

/** The shape. */
export const searchShape: z.ZodType<SearchAnswer> = z.object({
  host: z.string(),
  query: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  stepSeconds: z.number(),
  covered: z.object({ fromMs: z.number(), toMs: z.number() }).nullable(),
  total: z.number(),
  hasMore: z.boolean(),
  all: found.nullable(),
  matches: z.array(z.object({ ...labels, ...found.shape, spikes: z.array(spike) })),
  notes: z.array(z.string()),
}) as z.ZodType<SearchAnswer>;
