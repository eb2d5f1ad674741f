/** `ingest`: what other hosts push here. */
import type { z } from "zod";
import { count, size } from "./fields.ts";

const mebibyte = 1024 ** 2;

/** What holds where the file says nothing. */
const ingestDefaults = { maxHosts: 1000, maxBytes: 2048 * mebibyte, history: 1000 } as const;

/** The section's keys. */
export const ingestKeys = () => ({
  maxHosts: count(1).optional(),
  maxBytes: size(16 * mebibyte).optional(),
  history: historyCount().optional(),
});

type Keys = ReturnType<typeof ingestKeys>;
type Written = { readonly [Key in keyof Keys]?: z.output<Keys[Key]> };

/** The settings, complete. */
export function ingestSettings(written: Written) {
  return {
    maxHosts: written.maxHosts ?? ingestDefaults.maxHosts,
    maxBytes: written.maxBytes ?? ingestDefaults.maxBytes,
    history: written.history ?? ingestDefaults.history,
  };
}

function historyCount(): z.ZodType<number, unknown> {
  return count(1).refine((entries) => entries <= 10_000, "expected a whole number from 1 to 10000");
}
