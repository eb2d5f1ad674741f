import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type App, openApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import { LogRing } from "../../src/logs/logRing.ts";
import type { Archive } from "../../src/model/capture.ts";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import { kernelSeconds } from "../../src/procfs/kernelSeconds.ts";
import { eventsFile } from "../../src/recorder/format/eventsFile.ts";
import type { LeftBehind } from "../../src/wiring/storageClaim.ts";
import { untar } from "../capture/support.ts";
import { group, newRecorder, other, snapshotAt, t0 } from "../recorder/support.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const gib = 2 ** 30;
/** No process has this number. */
const pid = 2 ** 30;
const recordedSeconds = 240;
const lastMs = t0 + (recordedSeconds - 1) * 1000;

describe("A start after a run that had no orderly end [Linux]", () => {
  const tempDirectory = tempDirectories();
  let machine: FixtureMachine;
  let clock: ManualClock;
  let storage: string;
  let receiver: Server;
  let messages: string[];
  let app: App | undefined;
  let kernelLog: string;

  beforeEach(async () => {
    kernelLog = "";
    machine = new FixtureMachine();
    // it was off for three days
    clock = new ManualClock(lastMs + 3 * 86_400_000);
    storage = await tempDirectory();
    messages = [];
    receiver = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request.setEncoding("utf8")) text += chunk;
      messages.push(text);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
  });
  afterEach(async () => {
    await app?.stop();
    app = undefined;
    receiver.close();
    machine.remove();
  });

  /** Four minutes, in the last of which memory fills up. */
  async function record(): Promise<void> {
    const { recorder } = newRecorder(join(storage, "recording"));
    for (let second = 0; second < recordedSeconds; second++) {
      const javaBytes = second < 200 ? gib : gib * (1 + (second - 199) * 0.175);
      const groups = [group("java", { cpuCores: 1, residentBytes: javaBytes }), other({ residentBytes: gib, cpuCores: 0.1 })];
      const usedBytes = javaBytes + gib;
      const usual = snapshotAt(t0 + second * 1000, groups);
      const memory = { totalBytes: 10 * gib, availableBytes: 10 * gib - usedBytes, usageRatio: usedBytes / (10 * gib) };
      recorder.record({ ...usual, host: { ...usual.host, memory } }, groups);
    }
    await recorder.close();
  }

  async function start(leftBehind: LeftBehind | undefined) {
    const { procfs, sysfs } = machine.root;
    const directory = await tempDirectory();
    const rootfs = await tempDirectory();
    await writeFiles(rootfs, { "dev/kmsg": kernelLog });
    const { port } = receiver.address() as AddressInfo;
    await writeFiles(directory, {
      "culprit.yml": `identity: { names: [web1] }\nweb: { externalUrl: "https://web1.example/" }\nnotify: { webhook: { url: "http://127.0.0.1:${port}/" } }\ntriggers: []\n`,
    });
    const argv = [
      `--config.file=${join(directory, "culprit.yml")}`,
      "--web.listen-address=127.0.0.1:0",
      `--storage.path=${storage}`,
      `--path.procfs=${procfs}`,
      `--path.sysfs=${sysfs}`,
      `--path.rootfs=${rootfs}`,
    ];
    const config = loadConfig({ argv, env: {}, cwd: directory });
    const log = recordedLog();
    const claim = { path: join(storage, "running.json"), check: async () => undefined, leftBehind };
    app = await openApp(config, { log: log.log, logLines: new LogRing({ firstSequence: 1 }), clock, claim });
    const [url = ""] = app.reachable.urls;
    const { adminTokenPath } = app.reachable;
    const headers: Record<string, string> = { accept: "application/json" };
    if (adminTokenPath !== undefined) headers.authorization = `Bearer ${(await readFile(adminTokenPath, "utf8")).trim()}`;
    return {
      warnings: () => log.lines().flatMap(({ level, message }) => (level === "warn" ? [String(message)] : [])),
      /** Winds the clock until there is one. */
      async archive(): Promise<Archive> {
        for (let turn = 0; turn < 400; turn++) {
          const { archives } = (await (await fetch(`${url}archives`, { headers })).json()) as { archives: readonly Archive[] };
          const [first] = archives;
          if (first !== undefined) return first;
          await clock.advance(1);
        }
        throw new Error("no archive was made");
      },
      async message(): Promise<string> {
        for (let turn = 0; turn < 400 && messages.length === 0; turn++) {
          await clock.advance(1);
          await new Promise((resolve) => setImmediate(resolve));
        }
        return messages[0] ?? "";
      },
      pathOf: (archive: Archive) => join(storage, "archives", `${archive.id}.tar.gz`),
    };
  }

  it("makes an archive of the last recorded half hour, which ends where the run ended and names who had the memory", async () => {
    await record();
    const culprit = await start({ command: "serve", pid, isOfEarlierBoot: true });
    const archive = await culprit.archive();
    assert.deepEqual([archive.origin, archive.name, archive.process], ["crash", "unclean-end", "java"]);
    assert.deepEqual(archive.span, { fromMs: t0, toMs: lastMs });
    const files = await untar(culprit.pathOf(archive));
    assert.match(files.get("summary.txt")?.toString() ?? "", /Why +the run before had no orderly end/);
    assert.match(files.get("summary.txt")?.toString() ?? "", /stopped without a shutdown between 2026-11-21 10:03:59 and 10:04:00 UTC/);
  });

  it("tells people when it ended and who held the memory, with the archive's address", async () => {
    await record();
    const culprit = await start({ command: "serve", pid, isOfEarlierBoot: true });
    const said = /stopped without a shutdown between .*; before that memory rose to 9\d %, java held 8\d %/;
    assert.match(culprit.warnings().join("\n"), said);
    const message = await culprit.message();
    assert.match(message, said);
    const { id } = await culprit.archive();
    assert.ok(message.includes(`https://web1.example/archives/${id}.tar.gz`), message);
    assert.equal(messages.length, 1);
    await app?.stop();
    app = undefined;
    const audit = (await readFile(join(storage, "audit.jsonl"), "utf8")).split("\n");
    assert.ok(audit.some((line) => line.includes('"event":"unclean_end"') && line.includes(id)));
  });

  it("says that only Culprit ended where the machine went on", async () => {
    await record();
    const culprit = await start({ command: "serve", pid, isOfEarlierBoot: false });
    assert.match(culprit.warnings().join("\n"), /Culprit on .* was killed or crashed between/);
  });

  it("tells of a kill for memory just before, and not of one that was long before", async () => {
    await record();
    const kill = (id: string, secondsBefore: number, process: string): MachineEvent => ({
      ...{ id, kind: "oom_kill", atMs: lastMs - secondsBefore * 1000, text: `the kernel killed ${process} for memory` },
    });
    const file = eventsFile([kill("b", 61, "old"), kill("a", 12, "java (shop.service)")]);
    await writeFile(join(storage, "recording", "events.json"), JSON.stringify(file));
    const culprit = await start({ command: "serve", pid, isOfEarlierBoot: true });
    assert.match(
      culprit.warnings().join("\n"),
      /stopped without a shutdown between .* UTC; 12 s before, the kernel killed java \(shop\.service\) for memory; before that memory rose to/,
    );
  });

  it("says that the kernel has killed Culprit itself, where its log says so", async () => {
    await record();
    // it is started again at once
    clock = new ManualClock(lastMs + 5000);
    const microseconds = Math.round((kernelSeconds() - 4) * 1e6);
    kernelLog = `4,1,${microseconds},-;culprit invoked oom-killer: gfp_mask=0xcc0
3,2,${microseconds},-;Out of memory: Killed process ${pid} (culprit) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0\n`;
    const culprit = await start({ command: "serve", pid, isOfEarlierBoot: false });
    assert.match(culprit.warnings().join("\n"), /^Culprit on web1 was killed by the kernel for memory between /m);
  });

  it("asks for the same archive again, and not for another, when it is killed before its first second", async () => {
    await record();
    const [recording, asItWas] = [join(storage, "recording"), join(storage, "recording-before")];
    await cp(recording, asItWas, { recursive: true });
    await start({ command: "serve", pid });
    await app?.stop();
    // on a machine that is in no hurry it has recorded its first second by now
    await rm(recording, { recursive: true });
    await rename(asItWas, recording);
    const culprit = await start({ command: "serve", pid });
    const { id } = await culprit.archive();
    assert.match(id, /^20261124T1003/);
    for (let second = 0; second < 60; second++) await clock.advance(1);
    assert.equal((await culprit.archive()).id, id);
  });

  it("says nothing after an orderly end, after a capture that was killed, and where nothing is recorded", async () => {
    await start({ command: "serve", pid });
    await app?.stop();
    await record();
    for (const left of [undefined, { command: "capture", pid } as const]) {
      const culprit = await start(left);
      for (let second = 0; second < 30; second++) await clock.advance(1);
      assert.deepEqual(
        culprit.warnings().filter((line) => line.includes("killed or crashed")),
        [],
      );
      await app?.stop();
    }
    assert.deepEqual(messages, []);
  });
});
