/**
 * A scene that really happened, small enough to be kept beside the tests: gzipped JSON lines, one a second. A line holds a Sample without
 * what spikes are not about, and what every cgroup of the scene had in that second.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { defined } from "../../src/model/defined.ts";
import type { ProcessesReading, ProcessIdentity, ProcessReading } from "../../src/model/processes.ts";
import type { Sample } from "../../src/model/sample.ts";
import type { SceneSecond } from "./scene.ts";
import type { Had } from "./world.ts";

type KeptParts = Pick<Sample, "takenAtMs" | "monotonicSeconds" | "source" | "cpu" | "load" | "memory" | "disks" | "pressure">;

interface SceneLine {
  readonly sample: KeptParts;
  readonly processes?: Omit<ProcessesReading, "changed"> & {
    readonly changed: readonly (Omit<ProcessReading, "identity"> & { who: number })[];
  };
  /** Those that are new, with the number that stands for them from now on. */
  readonly identities?: readonly (readonly [who: number, identity: ProcessIdentity])[];
  readonly cgroups?: {
    readonly hierarchy: "unified" | "cpuacct";
    readonly readAtSeconds: number;
    readonly usageSeconds: Readonly<Record<string, number>>;
  };
  readonly had: Readonly<Record<string, Had>>;
}

/** Turns seconds into lines, one after the other. */
export class SceneWriter {
  readonly #known = new Map<string, number>();

  line({ sample, had }: SceneSecond): string {
    const { takenAtMs, monotonicSeconds, source, cpu, load, memory, disks, pressure, processes, cgroups } = sample;
    const identities: (readonly [number, ProcessIdentity])[] = [];
    const line: SceneLine = defined({
      sample: defined({
        ...{ takenAtMs, monotonicSeconds, source, cpu, load, pressure },
        memory: memory && { ...memory, fields: new Map<string, number>() },
        disks: disks
          ?.filter(({ whole }) => whole)
          .map(({ device, whole, readBytes, writtenBytes }) => ({ device, whole, readBytes, writtenBytes })),
      }),
      processes: processes && {
        ...processes,
        changed: processes.changed.map(({ identity, ...reading }) => ({ ...reading, who: this.#numberOf(identity, identities) })),
      },
      identities: identities.length === 0 ? undefined : identities,
      cgroups: cgroups && { ...cgroups, usageSeconds: Object.fromEntries(cgroups.usageSeconds) },
      had: Object.fromEntries(had),
    });
    return `${JSON.stringify(line, (_key, value) => (typeof value === "number" ? rounded(value) : value))}\n`;
  }

  #numberOf(identity: ProcessIdentity, identities: (readonly [number, ProcessIdentity])[]): number {
    const text = JSON.stringify(identity);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const who = this.#known.size;
    this.#known.set(text, who);
    identities.push([who, identity]);
    return who;
  }
}

/** Reads a scene back, second by second. */
export function* readScene(path: string): Generator<SceneSecond> {
  const identities = new Map<number, ProcessIdentity>();
  for (const text of gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n")) {
    const { sample, processes, cgroups, had, ...line } = JSON.parse(text) as SceneLine;
    for (const [who, identity] of line.identities ?? []) identities.set(who, identity);
    yield {
      sample: defined({
        ...sample,
        memory: sample.memory && { ...sample.memory, fields: new Map<string, number>() },
        processes: processes && { ...processes, changed: processes.changed.map((reading) => withIdentity(reading, identities, path)) },
        cgroups: cgroups && { ...cgroups, usageSeconds: new Map(Object.entries(cgroups.usageSeconds)) },
        outcomes: [],
      }),
      had: new Map(Object.entries(had)),
    };
  }
}

function withIdentity(
  { who, ...reading }: Omit<ProcessReading, "identity"> & { who: number },
  identities: ReadonlyMap<number, ProcessIdentity>,
  path: string,
): ProcessReading {
  const identity = identities.get(who);
  if (identity === undefined) throw new Error(`the scene ${path} has a process whose identity it has not told`);
  return { ...reading, identity };
}

/** A tenth of a millisecond is enough. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Math.round(value * 1e4) / 1e4;
}
