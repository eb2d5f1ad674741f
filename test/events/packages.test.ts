import assert from "node:assert/strict";
import { appendFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageLogs, packagesEvent, transactionsOf } from "../../src/events/packageLines.ts";
import { PackageLogs } from "../../src/events/packageLogs.ts";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const utcMs = Date.UTC(2026, 10, 21, 10, 15, 0);
const localMs = new Date(2026, 10, 21, 10, 15, 0).getTime();

function parse(path: string, line: string) {
  return packageLogs.find((log) => log.path === path)?.parse(line);
}

describe("A line of a package manager's log", () => {
  for (const [path, line, expected] of [
    ["var/log/dpkg.log", "2026-11-21 10:15:00 upgrade nginx:amd64 1.18 1.20", [localMs, "upgraded", "nginx", "1.18 to 1.20"]],
    ["var/log/dpkg.log", "2026-11-21 10:15:00 install libc6:amd64 <none> 2.36", [localMs, "installed", "libc6", undefined]],
    ["var/log/dpkg.log", "2026-11-21 10:15:00 remove vim:amd64 9.0 <none>", [localMs, "removed", "vim", undefined]],
    [
      "var/log/dnf.rpm.log",
      "2026-11-21T10:15:00+0000 SUBDEBUG Upgrade: nginx-core-1:1.20-1.el9.x86_64",
      [utcMs, "upgraded", "nginx-core", "1:1.20-1.el9.x86_64"],
    ],
    [
      "var/log/dnf.rpm.log",
      "2026-11-21T12:15:00+0200 SUBDEBUG Installed: vim-2:8.2-1.el9.x86_64",
      [utcMs, "installed", "vim", "2:8.2-1.el9.x86_64"],
    ],
    [
      "var/log/dnf.rpm.log",
      "2026-11-21T10:15:00+0000 SUBDEBUG Erase: vim-2:8.2-1.el9.x86_64",
      [utcMs, "removed", "vim", "2:8.2-1.el9.x86_64"],
    ],
    ["var/log/zypp/history", "2026-11-21 10:15:00|install|nginx|1.20-1|x86_64||repo|abc|", [localMs, "installed", "nginx", "1.20-1"]],
    ["var/log/pacman.log", "[2026-11-21T10:15:00+0000] [ALPM] upgraded nginx (1.18 -> 1.20)", [utcMs, "upgraded", "nginx", "1.18 to 1.20"]],
  ] as const) {
    it(`is a change: ${line}`, () => {
      const change = parse(path, line);
      assert.deepEqual([change?.atMs, change?.action, change?.name, change?.versions], expected);
    });
  }

  for (const [path, line] of [
    ["var/log/dpkg.log", "2026-11-21 10:15:00 status installed nginx:amd64 1.20"],
    ["var/log/dpkg.log", "2026-11-21 10:15:00 startup archives unpack"],
    ["var/log/dpkg.log", "2026-99-21 10:15:00 upgrade nginx:amd64 1.18 1.20"],
    ["var/log/dnf.rpm.log", "2026-11-21T10:15:00+0000 SUBDEBUG Upgraded: nginx-1:1.18-1.el9.x86_64"],
    ["var/log/zypp/history", "# 2026-11-21 10:15:00 nginx-1.20 installed ok"],
    ["var/log/pacman.log", "[2026-11-21T10:15:00+0000] [PACMAN] Running 'pacman -Syu'"],
    ["var/log/dpkg.log", ""],
  ] as const) {
    it(`is none: ${line}`, () => assert.equal(parse(path, line), undefined));
  }

  it("belongs to those that follow each other closely, which are one event in words", () => {
    const change = (name: string, second: number, action: "upgraded" | "removed" = "upgraded") => ({
      ...{ name, action, atMs: utcMs + second * 1000 },
    });
    const transactions = transactionsOf([change("a", 0), change("b", 100), change("c", 200), change("d", 500)]);
    const events = transactions.map((one) => packagesEvent({ path: "x" }, one));
    assert.deepEqual(
      events.map(({ text, atMs }) => [text, atMs - utcMs]),
      [
        ["3 packages were upgraded (a, b and c)", 0],
        ["d was upgraded", 500_000],
      ],
    );
    const many = packagesEvent({ path: "x" }, [change("a", 0, "removed"), ...["b", "c", "d", "e"].map((name) => change(name, 1))]);
    assert.equal(many.text, "5 packages were changed (a, b, c and 2 more)");
    assert.equal(many.detail, "a removed, b upgraded, c upgraded, d upgraded, e upgraded");
  });
});

describe("The logs of package managers are followed", () => {
  const newDirectory = tempDirectories();
  let clock: ManualClock;
  let rootfs: string;
  let path: string;
  let events: Map<string, MachineEvent>;
  let told: number;
  let logs: PackageLogs;
  let log: ReturnType<typeof recordedLog>;
  let heard: () => void;

  beforeEach(async () => {
    clock = new ManualClock();
    rootfs = await newDirectory();
    path = join(rootfs, "var/log/dpkg.log");
    await mkdir(join(rootfs, "var/log"), { recursive: true });
    events = new Map();
    told = 0;
    log = recordedLog();
    heard = () => undefined;
    logs = new PackageLogs({
      ...{ rootfs, clock, log: log.log },
      onEvents(found) {
        told++;
        for (const event of found) events.set(event.id, event);
        heard();
      },
    });
  });
  afterEach(() => logs.stop());

  const line = (minute: number, name: string) => `2026-11-21 10:${String(minute).padStart(2, "0")}:00 upgrade ${name}:amd64 1 2\n`;
  const texts = () => [...events.values()].map(({ text }) => text);
  /** Lets it look until it has told of something. */
  const news = async (look: () => void | Promise<void>) => {
    const next = new Promise<void>((resolve) => {
      heard = resolve;
    });
    await look();
    await next;
  };
  /** Its looks are a minute apart, and begin when the one before has ended. */
  const minutes = async () => {
    const before = told;
    for (let turn = 0; turn < 1000 && told === before; turn++) {
      await clock.advance(60);
      await new Promise(setImmediate);
    }
  };

  it("from their last part on, each change once, also of a transaction that goes on, and over a rotation", async () => {
    await writeFile(path, `${line(1, "old")}2026-11-21 10:01:00 status installed old:amd64 2\n`);
    await news(() => logs.start());
    assert.deepEqual(texts(), ["old was upgraded"]);
    await appendFile(path, `${line(20, "nginx") + line(21, "lib")}2026-11-21 10:22:00 upg`);
    await news(minutes);
    assert.deepEqual(texts(), ["old was upgraded", "2 packages were upgraded (nginx and lib)"]);
    await appendFile(path, "rade half:amd64 1 2\n");
    await news(minutes);
    assert.deepEqual(texts(), ["old was upgraded", "3 packages were upgraded (nginx, lib and half)"]);
    await appendFile(path, line(40, "last"));
    await rename(path, `${path}.1`);
    await writeFile(path, line(50, "first"));
    await news(minutes);
    assert.deepEqual(texts().slice(2), ["last was upgraded", "first was upgraded"]);
  });

  it("which are long by their last part only, beginning with a whole line", async () => {
    await writeFile(path, line(1, "x".repeat(200)) + line(2, "padding").repeat(8000) + line(30, "nginx"));
    await news(() => logs.start());
    assert.deepEqual(texts().at(-1), "nginx was upgraded");
    assert.ok(!texts().some((text) => text.includes("xxx")));
    assert.deepEqual(log.lines(), []);
  });
});
