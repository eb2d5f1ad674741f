import assert from "node:assert/strict";
import type { Spike, VerdictShare } from "../../../src/model/spike.ts";
import type { SpikeResource } from "../../../src/model/spikeResource.ts";
import type { ResourceUsage } from "../../../src/model/usage.ts";
import { type MachineOptions, machine, play } from "./madeMachine.ts";

/** So long nothing happens first. */
export const quiet = 320;
/** Uses so much from one second to another. */
export const during = (from: number, to: number, usage: ResourceUsage) => (second: number) =>
  second >= from && second < to ? usage : undefined;

/** The only spike of a resource in what is played. */
export function spikeOf(
  resource: SpikeResource,
  options: MachineOptions,
  seconds: number,
  parents?: (pid: number) => readonly string[],
): Spike {
  const { all, of } = play(machine(options, seconds), parents === undefined ? {} : { ancestorsOf: parents });
  assert.equal(of(resource).length, 1, JSON.stringify(all, undefined, 1));
  return of(resource)[0] as Spike;
}

/** The shares of its verdict, which sum to one. */
export function sharesOf({ verdict }: Spike): readonly VerdictShare[] {
  const shares = verdict?.shares ?? [];
  const sum = shares.reduce((total, { share }) => total + share, 0);
  assert.ok(Math.abs(sum - 1) < 1e-9, `the shares sum to ${sum}`);
  return shares;
}

/** One of them. */
export function shareOf(spike: Spike, process: string): VerdictShare {
  const found = sharesOf(spike).find(({ group }) => group.process === process);
  assert.ok(found, `${process} is not in ${JSON.stringify(spike.verdict)}`);
  return found;
}
