/** The twenty fixed scenes: what people have on their machines when they ask who it was. */
import { during, ordinary, reader, type Scene, smallSize, usualSize } from "./scene.ts";
import type { Actor } from "./world.ts";

/** Quiet until then. */
const quiet = 330;
const sudden = 3;
const gib = 1024 ** 3;

const cpuAlert = (atSecond: number) => ({ resource: "cpu", alert: "HighCpuUsage", atSecond }) as const;
const ioAlert = (atSecond: number) => ({ resource: "io", alert: "HighDiskIo", atSecond }) as const;
const memoryAlert = (atSecond: number) => ({ resource: "memory", alert: "HostOutOfMemory", atSecond }) as const;
const loadAlert = (atSecond: number) => ({ resource: "load", alert: "NodeLoadHigh", atSecond }) as const;

/** Memory that grows from one size to another. */
function grows(name: string, from: number, to: number, bytesPerSecond: number, most: number): Actor {
  return {
    name,
    wants: (second) => {
      if (second >= to) return undefined;
      return { cores: second >= from ? 0.15 : 0.01, residentBytes: 50e6 + Math.min(most, Math.max(0, second - from) * bytesPerSecond) };
    },
  };
}

/** Makes them anew; `random` is theirs. */
export function fixedScenes(random: () => number): readonly Scene[] {
  const usual = (name: string, actors: readonly Actor[], more: Partial<Scene> = {}): Scene => ({
    ...{ name, size: usualSize, seconds: quiet + 100, onsetSecond: quiet, resource: "cpu", withinSeconds: sudden },
    asks: [cpuAlert(quiet + 30)],
    actors: [...ordinary(random), ...actors],
    ...more,
  });
  const end = quiet + 90;
  return [
    usual("one burns", [during("pg_dump", quiet, end, { cores: 2, tasks: 2 })]),
    usual("two burn together", [during("ffmpeg", quiet, end, { cores: 1.5 }), during("x264", quiet, end, { cores: 1.2 })]),
    usual("one burns, another a little", [
      during("java", quiet, end, { cores: 2.4, tasks: 3 }),
      during("gzip", quiet, end, { cores: 0.6 }),
    ]),
    usual(
      "one hands over to another",
      [during("pg_dump", quiet, quiet + 60, { cores: 2 }), during("ffmpeg", quiet + 60, quiet + 120, { cores: 2.4 })],
      { asks: [cpuAlert(quiet + 30), cpuAlert(quiet + 85)], looks: [quiet + 72, quiet + 85] },
    ),
    usual(
      "three in turn",
      ["tar", "gpg", "rsync"].map((name, index) => during(name, quiet + 40 * index, quiet + 40 * (index + 1), { cores: 2 })),
      { seconds: quiet + 140, asks: [cpuAlert(quiet + 30)], looks: [quiet + 52, quiet + 92] },
    ),
    usual("full from the start", [during("stress-ng", 0, 200, { cores: 2, tasks: 2 })], {
      ...{ size: smallSize, seconds: 60, onsetSecond: 0, withinSeconds: 15, asks: [cpuAlert(40)], looks: [20] },
    }),
    usual(
      "a newcomer on a full machine",
      [during("boinc", 0, 600, { cores: 2, tasks: 2 }), during("cc1plus", quiet, end, { cores: 8, tasks: 8 })],
      { size: smallSize, resource: "load", withinSeconds: 15, asks: [loadAlert(quiet + 40)], looks: [quiet + 20] },
    ),
    usual("a fork loop", [during("sh", quiet, end, { cores: 0.2, tasks: 1, children: { count: 300, cpuSeconds: 0.004 } })]),
    usual(
      "a fork loop beside other load",
      [
        during("transcode", 0, 600, { cores: 1, tasks: 1 }),
        during("sh", quiet, end, { cores: 0.2, tasks: 1, children: { count: 400, cpuSeconds: 0.004 } }),
      ],
      { size: { ...usualSize, cores: 4 } },
    ),
    usual("a reader with victims", [reader("mysqld"), reader("redis"), during("restic", quiet, end, { cores: 0.3, readBytes: 600e6 })], {
      ...{ resource: "io", asks: [ioAlert(quiet + 30)] },
    }),
    usual("a writer", [during("dd", quiet, end, { cores: 0.4, writtenBytes: 300e6 })], {
      ...{ resource: "io", withinSeconds: 10, asks: [ioAlert(quiet + 40)] },
    }),
    usual(
      "a burst of writing, over, and then the CPU",
      [
        during("dd", quiet - 32, quiet - 25, { cores: 0.3, writtenBytes: 130e6 }),
        ...["a1", "a2", "a3"].map((name) => during(`burn-${name}`, quiet, end, { cores: 1, tasks: 1 })),
      ],
      { asks: [cpuAlert(quiet + 30), loadAlert(quiet + 40), { resource: "pressure", alert: "PressureCpu", atSecond: quiet + 30 }] },
    ),
    usual("a slow leak", [grows("java", quiet, quiet + 600, 20e6, 9e9)], {
      ...{ seconds: quiet + 420, resource: "memory", withinSeconds: 120, asks: [memoryAlert(quiet + 400)] },
    }),
    usual("memory at once", [grows("python3", quiet, quiet + 300, 1.2 * gib, 6 * gib)], {
      ...{ seconds: quiet + 60, resource: "memory", asks: [memoryAlert(quiet + 30)] },
    }),
    usual("tasks that hang on a dead server", [during("backup-agent", quiet, end, { hung: 40 })], {
      ...{ resource: "load", withinSeconds: 15, asks: [loadAlert(quiet + 60)] },
    }),
    usual(
      "many small ones at the full hour",
      "abcdefghij".split("").map((name) => during(`cron-${name}`, quiet, end, { cores: 0.3, tasks: 1 })),
    ),
    usual("one that always burns, and a new one", [
      during("miner", 0, 900, { cores: 1, tasks: 1 }),
      during("convert", quiet, end, { cores: 1.6, tasks: 2 }),
    ]),
    usual(
      "a reader and a burner at once",
      [during("restic", quiet, end, { cores: 0.2, readBytes: 380e6 }), during("python3", quiet, end, { cores: 2, tasks: 2 })],
      { asks: [cpuAlert(quiet + 30), ioAlert(quiet + 30)] },
    ),
    usual("one that burns for five seconds", [during("apt-check", quiet, quiet + 5, { cores: 2.5, tasks: 3 })], {
      ...{ seconds: quiet + 30, asks: [cpuAlert(quiet + 4)] },
    }),
    usual(
      "one that leads and goes while the rest goes on",
      [
        during("hog", quiet, quiet + 50, { cores: 2.4, tasks: 3 }),
        ...["x", "y"].map((name) => during(`worker-${name}`, quiet, quiet + 120, { cores: 0.5, tasks: 1 })),
      ],
      { seconds: quiet + 100, looks: [quiet + 80] },
    ),
  ];
}
