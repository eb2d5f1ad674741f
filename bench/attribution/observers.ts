/** What other tools say of who burnt the CPU, asked once a second: more often than anybody asks them in life. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath } from "../../test/support/servers.ts";
import { benchSources } from "../lib/compile.ts";
import { freePort } from "../lib/freePort.ts";
import { pythonWithPsutil } from "../lib/peers.ts";
import { pause, Started } from "../lib/started.ts";

/** CPU seconds by process name. */
export type SecondsByName = ReadonlyMap<string, number>;

/** One tool at work. */
export interface Observer {
  readonly name: string;
  /** Resolves when it knows the machine as it is. */
  start(): Promise<void>;
  stop(): Promise<SecondsByName>;
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
      return new Map(Object.entries(JSON.parse(last) as Record<string, number>));
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
      return sums;
    },
  };
}

/** Its own parseable output: ticks per interval and process; with process accounting also of processes that are gone. */
function atop(name: string, env: NodeJS.ProcessEnv): Observer {
  let started: Started | undefined;
  return {
    name,
    async start() {
      started = new Started(["atop", "-P", "PRC", "1"], { keepOutput: true, env: { ...process.env, ...env } });
      await pause(2);
    },
    async stop() {
      // its signal for a last sample and an orderly end
      await started?.end("SIGUSR2");
      const sums = new Map<string, number>();
      const sinceBoot = (started?.output ?? "").indexOf("\nSEP");
      for (const line of (started?.output ?? "").slice(Math.max(0, sinceBoot)).split("\n")) {
        // y: a process, not one of its threads, which have lines of their own
        const fields = /^PRC .*? \d+ \d+ \((.*)\) \S (\d+) (\d+) (\d+) (?:\S+ ){7}y /.exec(line);
        if (fields !== null) add(sums, fields[1] ?? "", (Number(fields[3]) + Number(fields[4])) / Number(fields[2]));
      }
      return sums;
    },
  };
}

/** A group for every name; its counters at the end less those at the start. */
function processExporter(): Observer {
  let directory = "";
  let started: Started | undefined;
  let url = "";
  let before: SecondsByName = new Map();
  let timer: NodeJS.Timeout | undefined;
  return {
    name: "process-exporter",
    async start() {
      const port = await freePort();
      url = `http://127.0.0.1:${port}/metrics`;
      directory = mkdtempSync(join(tmpdir(), "culprit-bench-"));
      before = new Map();
      const config = join(directory, "names.yml");
      writeFileSync(config, 'process_names:\n  - name: "{{.Comm}}"\n    cmdline: [".+"]\n');
      started = new Started([
        "prometheus-process-exporter",
        `-config.path=${config}`,
        `-web.listen-address=127.0.0.1:${port}`,
        "-threads=false",
      ]);
      for (let attempt = 0; attempt < 50 && before.size === 0; attempt++) {
        await pause(0.1);
        before = await scrape(url).catch(() => new Map<string, number>());
      }
      timer = setInterval(() => void scrape(url).catch(() => {}), 1000);
    },
    async stop() {
      clearInterval(timer);
      const after = await scrape(url);
      await started?.end("SIGTERM");
      rmSync(directory, { recursive: true, force: true });
      return new Map([...after].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
    },
  };
}

async function scrape(url: string): Promise<SecondsByName> {
  const sums = new Map<string, number>();
  for (const line of (await (await fetch(url)).text()).split("\n")) {
    const fields = /^namedprocess_namegroup_cpu_seconds_total\{groupname="(.*?)",mode="\w+"\} (\S+)$/.exec(line);
    if (fields !== null) add(sums, fields[1] ?? "", Number(fields[2]));
  }
  return sums;
}

function add(sums: Map<string, number>, name: string, seconds: number): void {
  sums.set(name, (sums.get(name) ?? 0) + seconds);
}
