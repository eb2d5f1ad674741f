/** Culprit as it is shipped, under the memory limit of its unit, and how it fares. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../lib/freePort.ts";
import { pause, Started } from "../lib/started.ts";

const mainPath = fileURLToPath(new URL("../../src/main.js", import.meta.url));
/** USER_HZ. */
const ticksPerSecond = 100;

/** How it is started. */
export interface VictimOptions {
  readonly storage: string;
  /** MemoryMax of the unit, in bytes. */
  readonly memoryBytes: number;
  /** `ulimit -n`. */
  readonly descriptors?: number;
}

/** What it has done so far. */
export interface Figures {
  readonly samples: number;
  readonly missed: number;
  readonly heapBytes: number;
}

/** A running Culprit. */
export class Victim {
  readonly port: number;
  readonly token: string;
  readonly #process: Started;
  readonly #cgroup: MemoryCgroup;

  private constructor(port: number, token: string, started: Started, cgroup: MemoryCgroup) {
    this.port = port;
    this.token = token;
    this.#process = started;
    this.#cgroup = cgroup;
  }

  static async start({ storage, memoryBytes, descriptors }: VictimOptions): Promise<Victim> {
    const port = await freePort();
    const config = join(storage, "culprit.yml");
    writeFileSync(config, "web: { auth: always }\nrecording: { maxBytes: 4GiB, maxAge: 30d }\n");
    const cgroup = new MemoryCgroup(memoryBytes);
    const program = [process.execPath, mainPath, `--config.file=${config}`, `--storage.path=${storage}`];
    const args = [`--web.listen-address=127.0.0.1:${port}`, "--log.level=error"];
    // the shell joins the cgroup and becomes Culprit: not a page of it is outside
    const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
    const script = `${limit}echo $$ > "$0"; exec "$@"`;
    const started = new Started(["/bin/sh", "-c", script, cgroup.processesPath, ...program, ...args]);
    for (let attempt = 0; attempt < 150; attempt++) {
      if ((await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok === true) break;
      if (started.ended) throw new Error("Culprit ended before it was ready");
      await pause(0.2);
    }
    return new Victim(port, readFileSync(join(storage, "tokens", "admin"), "utf8").trim(), started, cgroup);
  }

  get isAlive(): boolean {
    return !this.#process.ended;
  }

  /** How often the kernel has killed something for want of memory. */
  get oomKills(): number {
    return this.#cgroup.oomKills;
  }

  residentBytes(): number {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(this.#read("status"))?.[1] ?? 0) * 1024;
  }

  /** Percent of one CPU over the next so many seconds. */
  async cpuPercent(seconds: number): Promise<number> {
    const before = this.#cpuSeconds();
    const beganMs = performance.now();
    await pause(seconds);
    return ((this.#cpuSeconds() - before) / ((performance.now() - beganMs) / 1000)) * 100;
  }

  /** What its own metrics say. */
  async figures(): Promise<Figures> {
    const { text } = await this.ask("/metrics", 30);
    const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
    return {
      samples: value("culprit_samples_total"),
      missed: value("culprit_samples_missed_total"),
      heapBytes: value("nodejs_heap_size_used_bytes"),
    };
  }

  /** One request over a connection of its own; how long it took. @throws when it is not answered 200 within the limit */
  ask(path: string, limitSeconds: number): Promise<{ readonly seconds: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const beganMs = performance.now();
      const request = get({ host: "127.0.0.1", port: this.port, path, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve({ seconds: (performance.now() - beganMs) / 1000, text });
          else reject(new Error(`${path} was answered ${response.statusCode}`));
        });
      });
      request.on("error", reject);
      request.setTimeout(limitSeconds * 1000, () => request.destroy(new Error(`${path} was not answered within ${limitSeconds} s`)));
    });
  }

  async stop(): Promise<void> {
    await this.#process.end("SIGTERM");
    this.#cgroup.remove();
  }

  #cpuSeconds(): number {
    const stat = this.#read("stat");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return (user + system) / ticksPerSecond;
  }

  #read(file: string): string {
    try {
      return readFileSync(`/proc/${this.#process.pid}/${file}`, "utf8");
    } catch {
      return "";
    }
  }
}

/** A cgroup with a limit of memory, of either version. */
class MemoryCgroup {
  readonly #directory: string;
  readonly #isVersion2: boolean;

  constructor(bytes: number) {
    this.#isVersion2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
    this.#directory = join(this.#isVersion2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory", `culprit-bench-${process.pid}`);
    mkdirSync(this.#directory, { recursive: true });
    writeFileSync(join(this.#directory, this.#isVersion2 ? "memory.max" : "memory.limit_in_bytes"), String(bytes));
    process.once("exit", () => this.remove());
  }

  get processesPath(): string {
    return join(this.#directory, "cgroup.procs");
  }

  get oomKills(): number {
    const text = readFileSync(join(this.#directory, this.#isVersion2 ? "memory.events" : "memory.oom_control"), "utf8");
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  remove(): void {
    try {
      rmdirSync(this.#directory);
    } catch {
      // somebody is still in it, or it has gone
    }
  }
}
