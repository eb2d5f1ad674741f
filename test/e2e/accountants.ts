/** Programs that do something for a dashboard to show, and keep account of it: what is shown is held against their own words. */
import { readFileSync, symlinkSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Running, TestMachine } from "./machine.ts";

/** Each says every 50 ms how much it has done since it began, as "<unix ms> <amount>". */
const account = `
const { writeSync } = require("node:fs");
const tell = (amount) => writeSync(1, Date.now() + " " + amount + "\\n");`;
const programs = {
  /** CPU seconds. */
  burner: `${account}
for (let next = 0; ; ) {
  const now = Date.now();
  if (now < next) continue;
  next = now + 50;
  const { user, system } = process.cpuUsage();
  tell((user + system) / 1e6);
}`,
  /** Resident bytes, which do not change any more. */
  holder: `${account}
const held = Buffer.alloc(600 * 2 ** 20, 1);
setInterval(() => tell(process.memoryUsage.rss() + 0 * held.length), 50);`,
  /**
   * Bytes written, to a disk, as many in every second: a slow disk must not make its pace, or what is shown of a stretch of time and the
   * account of one that began a second earlier would differ. The disk takes them beside it; a page counts again once it was taken.
   */
  writer: `${account}
const { fdatasync, openSync } = require("node:fs");
const file = openSync(process.argv[1], "w");
const block = Buffer.alloc(2 ** 17, 7);
const bytesPerMs = 10 * 2 ** 20 / 1000;
const begunMs = Date.now();
let written = 0;
const sync = () => fdatasync(file, () => setTimeout(sync, 100));
sync();
// often, for the bytes of who uses no CPU time are looked at late
setInterval(() => {
  for (; written < (Date.now() - begunMs) * bytesPerMs; written += block.length) {
    writeSync(file, block, 0, block.length, written % (256 * 2 ** 20));
  }
}, 10);
setInterval(() => tell(written), 50);`,
};

/** A program that keeps account of what it does, under a name that nobody else has. */
export class Accountant {
  readonly #machine: TestMachine;
  readonly #running: Running;

  constructor(machine: TestMachine, name: string, program: keyof typeof programs, args: readonly string[] = []) {
    this.#machine = machine;
    const path = machine.path(name);
    symlinkSync(process.execPath, path);
    this.#running = machine.start(path, ["-e", programs[program], ...args]);
  }

  get begun(): boolean {
    return this.#running.output().includes("\n");
  }

  /** Its own account at a moment. */
  at(ms: number): number {
    return between(
      this.#running
        .output()
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ").map(Number)),
      ms,
    );
  }

  async end(): Promise<void> {
    await this.#machine.stop(this.#running, "SIGKILL");
  }
}

/** How busy the machine was since a moment, in CPU seconds, by the kernel's idle time. */
export class MachineBusy {
  readonly #account: (readonly [ms: number, seconds: number])[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #startMs = Date.now();

  constructor() {
    this.#timer = setInterval(() => this.#take(), 100);
  }

  #take(): void {
    const [, , , , idle = 0, iowait = 0, , , steal = 0] = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "")
      .split(/\s+/)
      .map(Number);
    const nowMs = Date.now();
    const all = ((nowMs - this.#startMs) / 1000) * availableParallelism();
    this.#account.push([nowMs, all - (idle + iowait + steal) / 100]);
  }

  at(ms: number): number {
    return between(this.#account, ms);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** The amount at a moment, between the two entries around it. */
function between(account: readonly (readonly number[])[], ms: number): number {
  const before = account.findLast(([time = 0]) => time <= ms);
  const after = account.find(([time = 0]) => time >= ms);
  const [fromMs = 0, from = 0] = before ?? after ?? [];
  const [toMs = 0, to = 0] = after ?? before ?? [];
  return toMs === fromMs ? from : from + ((to - from) * (ms - fromMs)) / (toMs - fromMs);
}
