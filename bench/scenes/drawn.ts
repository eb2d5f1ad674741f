/** Scenes that are drawn: who does what, when it begins, what runs beside it, who takes over. */
import { during, ordinary, reader, type Scene, usualSize } from "./scene.ts";
import type { Actor, Want } from "./world.ts";

const names = ["pg_dump", "ffmpeg", "java", "python3", "node", "rsync", "tar", "gzip", "clamscan", "mysqld", "restic", "cc1plus"];
const kinds = ["cpu", "cpu", "io", "memory", "forks"] as const;

/** Draws one. */
export function drawScene(seed: number, random: () => number): Scene {
  const from = (least: number, most: number) => least + random() * (most - least);
  const whole = (least: number, most: number) => Math.floor(from(least, most + 1));
  const pick = <One>(list: readonly One[]): One => list[Math.floor(random() * list.length)] as One;
  const onsetSecond = whole(310, 400);
  const lasts = whole(40, 120);
  const kind = pick(kinds);
  const size = { ...usualSize, cores: pick([2, 4, 8]) };
  const [main, other, background] = [...names].sort(() => random() - 0.5);
  const wantOf = (strength: number): Want => {
    if (kind === "io") return { cores: 0.2, readBytes: size.diskBytes * strength * from(0.6, 1.5) };
    if (kind === "forks") return { cores: 0.1, tasks: 1, children: { count: whole(150, 400), cpuSeconds: (strength * size.cores) / 600 } };
    const cores = size.cores * strength * from(0.5, 1);
    return { cores, tasks: Math.max(1, Math.ceil(cores)) };
  };
  const memory = (name: string, strength: number, start: number): Actor => ({
    name,
    wants: (second) => ({
      cores: 0.02,
      residentBytes: 60e6 + Math.min(size.memoryBytes * strength * 0.5, Math.max(0, second - start) * 400e6),
    }),
  });
  const actor = (name = "x", strength = 1, start = onsetSecond, end = onsetSecond + lasts): Actor =>
    kind === "memory" ? memory(name, strength, start) : during(name, start, end, wantOf(strength));
  const actors: Actor[] = [...ordinary(random), reader("redis")];
  if (random() < 0.5) actors.push(during(background ?? "y", 0, 9999, { cores: size.cores * from(0.1, 0.4), tasks: whole(1, 2) }));
  const turn = onsetSecond + Math.floor(lasts / 2);
  const course = kind === "memory" ? "alone" : pick(["alone", "alone", "beside", "handover"] as const);
  if (course === "handover") actors.push(actor(main, 1, onsetSecond, turn), actor(other, 1, turn, onsetSecond + lasts));
  else {
    actors.push(actor(main, 1));
    if (course === "beside") actors.push(actor(other, from(0.1, 0.6), onsetSecond + whole(0, 15)));
  }
  const resource = kind === "io" ? "io" : kind === "memory" ? "memory" : "cpu";
  const alert = { cpu: "HighCpuUsage", io: "DiskReadsHigh", memory: "MemoryHigh" }[resource];
  return {
    ...{ name: `${seed}: ${kind}, ${course}`, size, actors, onsetSecond, resource, withinSeconds: kind === "memory" ? 6 : 3 },
    seconds: onsetSecond + lasts + 10,
    asks: [{ resource, alert, atSecond: onsetSecond + Math.min(lasts - 2, 30) }],
    ...(course === "handover" ? { looks: [turn + 12] } : {}),
  };
}
