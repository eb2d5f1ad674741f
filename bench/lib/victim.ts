/** A whole Culprit as it is shipped, perhaps within limits, and how it fares. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./freePort.ts";
import { LimitedCgroup } from "./limitedCgroup.ts";
import { pause, Started } from "./started.ts";

const mainPath = fileURLToPath(new URL("../../src/main.js", import.meta.url));
/** USER_HZ. */
const ticksPerSecond = 100;

/** How it is started. */
export interface VictimOptions {
  readonly storage: string;
  /** As MemoryMax of the unit, in bytes. */
  readonly memoryBytes?: number;
  /** So many processes and threads there may be. */
  readonly processes?: number;
  /** `ulimit -n`. */
  readonly descriptors?: number;
  /** Further lines of the configuration. */
  readonly yaml?: string;
}

/** What the unit allows. */
export const unitMemoryBytes = 512 * 2 ** 20;

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
  readonly #cgroup: LimitedCgroup;

  private constructor(port: number, token: string, started: Started, cgroup: LimitedCgroup) {
    this.port = port;
    this.token = token;
    this.#process = started;
    this.#cgroup = cgroup;
  }

  /** Starts one, and waits until it answers and its token is there. */
  static async start({ storage, descriptors, yaml = "", ...limits }: VictimOptions): Promise<Victim> {
    const port = await freePort();
    // the storage's own disk may take nothing
    const folder = mkdtempSync(join(tmpdir(), "culprit-bench-config-"));
    const config = join(folder, "culprit.yml");
    writeFileSync(config, `web: { auth: always }\nrecording: { maxBytes: 4GiB, maxAge: 30d }\n${yaml}`);
    const cgroup = new LimitedCgroup(limits);
    const program = [process.execPath, mainPath, `--config.file=${config}`, `--storage.path=${storage}`];
    const args = [`--web.listen-address=127.0.0.1:${port}`, "--log.level=error"];
    // the shell joins the cgroup and becomes Culprit: not a page of it is outside
    const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
    const joining = cgroup.processesPaths.map((path) => `echo $$ > '${path}'; `).join("");
    const started = new Started(["/bin/sh", "-c", `${limit}${joining}exec "$@"`, "sh", ...program, ...args], {
      // as the unit sets it
      env: { ...process.env, MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "8192", NODE_ENV: "production" },
    });
    for (let attempt = 0; ; attempt++) {
      if ((await fetch(`http://127.0.0.1:${port}/-/healthy`).catch(() => undefined))?.ok === true) break;
      if (started.ended || attempt > 300) throw new Error("Culprit did not start");
      await pause(0.1);
    }
    // it is read at the start and never again
    rmSync(folder, { recursive: true, force: true });
    return new Victim(port, readFileSync(join(storage, "tokens", "admin"), "utf8").trim(), started, cgroup);
  }

  get pid(): number {
    return this.#process.pid;
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

  /** One request with the administrator's token. */
  send(path: string, more: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" };
    return fetch(`http://127.0.0.1:${this.port}${path}`, { headers, signal: AbortSignal.timeout(60_000), ...more });
  }

  /** What one of its own metrics says; NaN when there is none. */
  async metric(name: string): Promise<number> {
    const { text } = await this.ask("/metrics", 30);
    return Number(new RegExp(`^${name.replace(/[{}"]/g, "\\$&")} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  }

  /** Nothing of it is told beforehand. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.#process.over();
    this.#cgroup.remove();
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
