/** A machine with so many processes. */
import { readdirSync } from "node:fs";
import { compileC } from "../lib/compile.ts";
import { Started } from "../lib/started.ts";

/** How many processes a scenario has in all, and which part of those that it adds does something. */
export interface Population {
  readonly processes: number;
  readonly activeRatio: number;
}

/** Adds as many as are missing; they go when the returned program ends. */
export async function populate({ processes, activeRatio }: Population, directory: string): Promise<Started> {
  const there = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).length;
  const missing = Math.max(0, processes - there);
  const idlers = new Started([compileC("idlers", directory), `${missing}`, `${Math.round(processes * activeRatio)}`], { keepOutput: true });
  await idlers.waitFor(/^ready$/m, 60);
  return idlers;
}
