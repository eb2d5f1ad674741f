/** Culprit's tick, the C reader and one other tool after the other, all at once, round by round. */
import { fileURLToPath } from "node:url";
import { compileC } from "../lib/compile.ts";
import { CpuClocks } from "../lib/cpuClocks.ts";
import { type Spread, spreadOf } from "../lib/numbers.ts";
import { pause, Started } from "../lib/started.ts";
import { familyOf, type Peer } from "./peers.ts";

const tickPath = fileURLToPath(new URL("./tick.js", import.meta.url));

/** How long to measure. */
export interface Patience {
  /** For Culprit, which runs for months: until V8 has compiled what runs once a second. */
  readonly tickWarmSeconds: number;
  readonly warmSeconds: number;
  readonly rounds: number;
  readonly roundSeconds: number;
}

/** What one tool costs. */
export interface Cost {
  readonly name: string;
  /** Percent of one core. */
  readonly percent: Spread | undefined;
  /** Against the C reader, and against Culprit's tick, each in the same seconds. */
  readonly perReader: Spread | undefined;
  readonly perTick: Spread | undefined;
}

interface Round {
  readonly seconds: number;
  readonly tick: number;
  readonly reader: number;
  readonly peer: number;
}

/** Measures all `peers` beside Culprit and the C reader. */
export async function measureSideBySide(peers: readonly Peer[], patience: Patience, directory: string): Promise<readonly Cost[]> {
  const clocks = new CpuClocks(directory);
  const reader = new Started([compileC("statReader", directory)]);
  const tick = new Started([process.execPath, tickPath], { keepOutput: true });
  try {
    await tick.waitFor(/^ready$/m, 60);
    await pause(patience.tickWarmSeconds);
    const alone = await rounds(clocks, tick, reader, undefined, patience);
    const costs: Cost[] = [costOf("C reader", alone, (round) => round.reader), costOf("Culprit's tick", alone, (round) => round.tick)];
    for (const peer of peers) {
      const started = peer.start(directory);
      await pause(patience.warmSeconds);
      if (!started.ended) costs.push(costOf(peer.name, await rounds(clocks, tick, reader, started, patience), (round) => round.peer));
      await started.end("SIGTERM");
    }
    return costs;
  } finally {
    await tick.end();
    await reader.end("SIGTERM");
    clocks.close();
  }
}

/** How long Culprit's tick holds the event loop, in milliseconds. */
export async function measureDelay(seconds: number): Promise<{ readonly p99: number; readonly p999: number; readonly most: number }> {
  const tick = new Started([process.execPath, tickPath, "--delay"], { keepOutput: true });
  await tick.waitFor(/^ready$/m, 60);
  await pause(seconds);
  await tick.end();
  return JSON.parse(tick.output.trim().split("\n").at(-1) ?? "");
}

async function rounds(
  clocks: CpuClocks,
  tick: Started,
  reader: Started,
  peer: Started | undefined,
  { rounds: count, roundSeconds }: Patience,
): Promise<readonly Round[]> {
  const family = peer === undefined ? [] : familyOf(peer.pid);
  // with the helper that makes its slow reads
  const ticking = familyOf(tick.pid);
  const look = async () => ({
    seconds: performance.now() / 1000,
    tick: await clocks.seconds(ticking),
    reader: await clocks.seconds([reader.pid]),
    peer: await clocks.seconds(family),
  });
  const measured: Round[] = [];
  let before = await look();
  for (let round = 0; round < count; round++) {
    await pause(roundSeconds);
    const now = await look();
    measured.push({
      seconds: now.seconds - before.seconds,
      tick: now.tick - before.tick,
      reader: now.reader - before.reader,
      peer: now.peer - before.peer,
    });
    before = now;
  }
  return measured;
}

function costOf(name: string, measured: readonly Round[], of: (round: Round) => number): Cost {
  return {
    name,
    percent: spreadOf(measured.map((round) => (100 * of(round)) / round.seconds)),
    perReader: spreadOf(measured.map((round) => of(round) / round.reader)),
    perTick: spreadOf(measured.map((round) => of(round) / round.tick)),
  };
}
