/** What other tools say of who burnt the CPU and moved the bytes, asked once a second: more often than anybody asks them in life. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath } from "../../test/support/servers.ts";
import { benchSources } from "../lib/compile.ts";
import { freePort } from "../lib/freePort.ts";
import { pythonWithPsutil } from "../lib/peers.ts";
import { pause, Started } from "../lib/started.ts";

/** An amount by process name. */
export type AmountByName = ReadonlyMap<string, number>;

/** What can be compared: CPU seconds, and bytes read from storage and written to it. */
export type Quantity = "cpu" | "read" | "written";

/** What a tool has seen; a quantity is absent where it has no figure for it. */
export type Seen = Readonly<Partial<Record<Quantity, AmountByName>>>;

/** What atop calls a sector. */
const sectorBytes = 512;

/** One tool at work. */
export interface Observer {
  readonly name: string;
  /** Resolves when it knows the machine as it is. */
  start(): Promise<void>;
  stop(): Promise<Seen>;
}

/** The tools that are installed, and the names of those that are not. */
export function findObservers(): { readonly observers: readonly Observer[]; readonly missing: readonly string[] } {
  const python = pythonWithPsutil();
  const found: Record<string, Observer | undefined> = {
    psutil: python === undefined ? undefined : psutil(python),
    top: programPath("top") === undefined ? undefined : top(),
    atop: programPath("atop") === undefined ? undefined : atop("atop", { ATOPACCT: "" }),
    "atop + acct": programPath("atop") === undefined ? undefined : atop("atop + acct", {}),
    "process-exporter": programPath("prometheus-process-exporter") === undefined ? undefined : processExporter(),
  };
  return {
    observers: Object.values(found).filter((observer) => observer !== undefined),
    missing: Object.keys(found).filter((name) => found[name] === undefined),
  };
}

function psutil(python: string): Observer {
  let started: Started | undefined;
  return {
    name: "psutil",
    async start() {
      started = new Started([python, join(benchSources, "python", "attribute.py")], { keepOutput: true });
      await started.waitFor(/^ready$/m);
    },
    async stop() {
      await started?.end();
      const last = started?.output.trim().split("\n").at(-1) ?? "{}";
      const byQuantity = JSON.parse(last) as Record<Quantity, Record<string, number>>;
      return Object.fromEntries(Object.entries(byQuantity).map(([quantity, amounts]) => [quantity, new Map(Object.entries(amounts))]));
    },
  };
}

/** %CPU of every second times that second; its first list is the average since boot. */
function top(): Observer {
  let started: Started | undefined;
  return {
    name: "top",
    async start() {
      // no toprc: columns are as they come
      started = new Started(["top", "-b", "-d", "1", "-w", "512"], { keepOutput: true, env: { ...process.env, HOME: "/nonexistent" } });
      await started.waitFor(/^top - /m);
      await pause(1);
    },
    async stop() {
      await started?.end("SIGTERM");
      const sums = new Map<string, number>();
      for (const list of (started?.output ?? "").split(/^top - /m).slice(2)) {
        for (const line of list.split("\n")) {
          const fields = /^\s*\d+(?:\s+\S+){7}\s+([\d.]+)\s+[\d.]+\s+\S+\s+(.*)$/.exec(line);
          if (fields !== null) add(sums, (fields[2] ?? "").trim(), Number(fields[1]) / 100);
        }
      }
      return { cpu: sums };
    },
  };
}

/** Its own parseable output: ticks and sectors per interval and process; with process accounting also of processes that are gone. */
function atop(name: string, env: NodeJS.ProcessEnv): Observer {
  let started: Started | undefined;
  return {
    name,
    async start() {
      started = new Started(["atop", "-P", "PRC,PRD", "1"], { keepOutput: true, env: { ...process.env, ...env } });
      await pause(2);
    },
    async stop() {
      // its signal for a last sample and an orderly end
      await started?.end("SIGUSR2");
      const seen = { cpu: new Map<string, number>(), read: new Map<string, number>(), written: new Map<string, number>() };
      const sinceBoot = (started?.output ?? "").indexOf("\nSEP");
      for (const line of (started?.output ?? "").slice(Math.max(0, sinceBoot)).split("\n")) {
        // y: a process, not one of its threads, which have lines of their own
        const fields = /^PRC .*? \d+ \d+ \((.*)\) \S (\d+) (\d+) (\d+) (?:\S+ ){7}y /.exec(line);
        if (fields !== null) add(seen.cpu, fields[1] ?? "", (Number(fields[3]) + Number(fields[4])) / Number(fields[2]));
        const disk = /^PRD .*? \d+ \d+ \((.*)\) \S n y \d+ (\d+) \d+ (\d+) \d+ \d+ n y$/.exec(line);
        if (disk === null) continue;
        add(seen.read, disk[1] ?? "", Number(disk[2]) * sectorBytes);
        add(seen.written, disk[1] ?? "", Number(disk[3]) * sectorBytes);
      }
      return seen;
    },
  };
}

/** A group for every name; its counters at the end less those at the start. */
function processExporter(): Observer {
  let directory = "";
  let started: Started | undefined;
  let url = "";
  let before: Seen | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    name: "process-exporter",
    async start() {
      const port = await freePort();
      url = `http://127.0.0.1:${port}/metrics`;
      directory = mkdtempSync(join(tmpdir(), "culprit-bench-"));
      before = undefined;
      const config = join(directory, "names.yml");
      writeFileSync(config, 'process_names:\n  - name: "{{.Comm}}"\n    cmdline: [".+"]\n');
      started = new Started([
        "prometheus-process-exporter",
        `-config.path=${config}`,
        `-web.listen-address=127.0.0.1:${port}`,
        "-threads=false",
        // a third figure of memory, which costs more than all others together
        "-gather-smaps=false",
      ]);
      for (let attempt = 0; attempt < 300 && before === undefined; attempt++) {
        await pause(0.1);
        if (started.ended) throw new Error("process-exporter has ended");
        before = await scrape(url).catch(() => undefined);
      }
      if (before === undefined) throw new Error("process-exporter does not listen");
      timer = setInterval(() => void scrape(url).catch(() => {}), 1000);
    },
    async stop() {
      clearInterval(timer);
      const after = await scrape(url);
      await started?.end("SIGTERM");
      rmSync(directory, { recursive: true, force: true });
      return Object.fromEntries(quantities.map((quantity) => [quantity, riseOf(before?.[quantity], after[quantity])]));
    },
  };
}

const quantities: readonly Quantity[] = ["cpu", "read", "written"];
const series = /^namedprocess_namegroup_(cpu_seconds|read_bytes|write_bytes)_total\{groupname="(.*?)"(?:,mode="\w+")?\} (\S+)$/;

async function scrape(url: string): Promise<Seen> {
  const seen = { cpu: new Map<string, number>(), read: new Map<string, number>(), written: new Map<string, number>() };
  for (const line of (await (await fetch(url)).text()).split("\n")) {
    const [, family = "", name = "", value] = series.exec(line) ?? [];
    if (family === "") continue;
    add(family === "cpu_seconds" ? seen.cpu : family === "read_bytes" ? seen.read : seen.written, name, Number(value));
  }
  return seen;
}

function riseOf(before: AmountByName = new Map(), after: AmountByName = new Map()): AmountByName {
  return new Map([...after].map(([name, amount]) => [name, amount - (before.get(name) ?? 0)]));
}

function add(sums: Map<string, number>, name: string, amount: number): void {
  sums.set(name, (sums.get(name) ?? 0) + amount);
}
