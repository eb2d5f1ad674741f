/** Scenes that are drawn: who does what, when it begins, what was before, what runs beside it, who takes over. */
import { during, ordinary, reader, type Scene, usualSize } from "./scene.ts";
import type { Actor, Want, WorldSize } from "./world.ts";

const names = ["pg_dump", "ffmpeg", "java", "python3", "node", "rsync", "tar", "gzip", "clamscan", "mysqld", "restic", "cc1plus"];
const kinds = ["cpu", "cpu", "io", "memory", "forks"] as const;

type Kind = (typeof kinds)[number];

/** Draws one. */
export function drawScene(seed: number, random: () => number): Scene {
  const whole = (least: number, most: number) => Math.floor(least + random() * (most - least + 1));
  const pick = <One>(list: readonly One[]): One => list[Math.floor(random() * list.length)] as One;
  const size = { ...usualSize, cores: pick([2, 4, 8]) };
  const trouble = new Trouble(size, random);
  const onsetSecond = whole(310, 400);
  const lasts = whole(40, 120);
  const end = onsetSecond + lasts;
  const kind = pick(kinds);
  const [main = "", other = "", background = "", stranger = "", former = ""] = [...names].sort(() => random() - 0.5);
  const actors: Actor[] = [...ordinary(random), reader("redis")];
  if (random() < 0.6) actors.push(trouble.flutters(background));
  const turn = onsetSecond + Math.floor(lasts / 2);
  const course = kind === "memory" ? "alone" : pick(["alone", "beside", "handover"] as const);
  if (course === "handover") actors.push(trouble.of(kind, main, 1, onsetSecond, turn), trouble.of(kind, other, 1, turn, end));
  else actors.push(trouble.of(kind, main, 1, onsetSecond, end));
  if (course === "beside") actors.push(trouble.of(kind, other, 0.1 + 0.5 * random(), onsetSecond + whole(0, 15), end));
  // trouble of another kind, over before or at the same time, is nobody's business here
  const unlike = kinds.filter((one) => one !== kind && !(isCpu(one) && isCpu(kind)));
  const before = random() < 0.4;
  if (before) actors.push(trouble.of(pick(unlike), former, 0.8, onsetSecond - whole(40, 70), onsetSecond - whole(10, 30)));
  const meanwhile = random() < 0.3;
  if (meanwhile) actors.push(trouble.of(pick(unlike), stranger, 0.5, onsetSecond + whole(-5, 20), end));
  const resource = isCpu(kind) ? "cpu" : kind;
  const alert = { cpu: "HighCpuUsage", io: "DiskReadsHigh", memory: "MemoryHigh" }[resource];
  const what = [course, ...(before ? ["after something else"] : []), ...(meanwhile ? ["beside something else"] : [])].join(", ");
  return {
    ...{ name: `${seed}: ${kind}, ${what}`, size, actors, onsetSecond, resource, withinSeconds: kind === "memory" ? 6 : 3 },
    seconds: end + 10,
    asks: [{ resource, alert, atSecond: onsetSecond + Math.min(lasts - 2, 30) }],
    looks: course === "handover" ? [turn + 12] : [],
  };
}

function isCpu(kind: Kind): kind is "cpu" | "forks" {
  return kind === "cpu" || kind === "forks";
}

/** Makes actors that are trouble, or only noise. */
class Trouble {
  readonly #size: WorldSize;
  readonly #random: () => number;

  constructor(size: WorldSize, random: () => number) {
    this.#size = size;
    this.#random = random;
  }

  of(kind: Kind, name: string, strength: number, from: number, to: number): Actor {
    return kind === "memory" ? this.#memory(name, strength, from, to) : during(name, from, to, this.#want(kind, strength));
  }

  /** Busy for some seconds, then not, all the time. */
  flutters(name: string): Actor {
    const cores = this.#size.cores * (0.05 + 0.3 * this.#random());
    const period = 5 + Math.floor(this.#random() * 40);
    const busy = Math.floor(period * (0.3 + 0.7 * this.#random()));
    return { name, wants: (second) => ({ cores: second % period < busy ? cores : 0.01, tasks: Math.ceil(cores), residentBytes: 200e6 }) };
  }

  #want(kind: Exclude<Kind, "memory">, strength: number): Want {
    const { cores: all, diskBytes } = this.#size;
    if (kind === "io") return { cores: 0.2, readBytes: diskBytes * strength * (0.6 + this.#random()) };
    if (kind === "forks") {
      const count = 150 + Math.floor(this.#random() * 250);
      return { cores: 0.1, tasks: 1, children: { count, cpuSeconds: (strength * all * 0.4) / count } };
    }
    const cores = all * strength * (0.5 + 0.5 * this.#random());
    return { cores, tasks: Math.max(1, Math.ceil(cores)) };
  }

  #memory(name: string, strength: number, from: number, to: number): Actor {
    const most = this.#size.memoryBytes * strength * 0.5;
    return {
      name,
      wants: (second) => ({
        cores: 0.02,
        residentBytes: 60e6 + (second < to ? Math.min(most, Math.max(0, second - from) * 400e6) : 0),
      }),
    };
  }
}
