import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseListeners } from "../../src/procfs/listeners.ts";
import { describePortHolder } from "../../src/wiring/portHolder.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const headline = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

/** A line of /proc/net/tcp as the kernel writes it. */
const line = (local: string, state: string, userId: number, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${String(userId).padStart(5)}        0 ${inode} 1 0000000000000000 100 0 0 10 0`;

describe("Who has the port", () => {
  const tempDirectory = tempDirectories();

  const holderOf = async (files: Readonly<Record<string, string>>, address: string, port: number, links: Record<string, string> = {}) => {
    const folder = await tempDirectory();
    await writeFiles(folder, { "etc/passwd": "root:x:0:0::/root:/bin/sh\npostgres:x:26:26::/:/bin/sh\n", ...files });
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path));
    const root = { procfs: join(folder, "proc"), sysfs: join(folder, "sys"), rootfs: folder };
    return describePortHolder({ root, clock: new ManualClock(), reads: directReads() }, address, port);
  };

  const listening = {
    // connected, then listening on 127.0.0.2 and on all addresses
    "proc/self/net/tcp": `${[headline, line("0100007F:1F90", "01", 0, 1), line("0200007F:1F90", "0A", 0, 2), line("00000000:1F91", "0A", 26, 3)].join("\n")}\n`,
    "proc/self/net/tcp6": `${[headline, line("00000000000000000000000001000000:1F92", "0A", 26, 4)].join("\n")}\n`,
    "proc/77/comm": "MainThread\n",
    "proc/77/cmdline": "node\0/srv/app/server.js\0--password=hunter2\0",
    "proc/77/status": "Name:\tMainThread\nUid:\t26\t26\t26\t26\n",
    "proc/77/cgroup": "0::/\n",
    "proc/77/fd/0": "",
  };

  it("is a process by the name that a person knows it by, with nothing secret", async () => {
    const found = await holderOf(listening, "127.0.0.1", 0x1f91, { "proc/77/fd/7": "socket:[3]" });
    assert.equal(found, "node server.js (pid 77, user postgres)");
  });

  it("is told by address, and by who listens on all of them", async () => {
    const links = { "proc/77/fd/7": "socket:[2]", "proc/77/fd/8": "socket:[4]" };
    const ask = (address: string, port: number) => holderOf(listening, address, port, links);
    assert.match((await ask("127.0.0.2", 0x1f90)) ?? "", /^node server\.js \(pid 77, user root\)$/);
    assert.match((await ask("0.0.0.0", 0x1f90)) ?? "", /pid 77/);
    assert.match((await ask("::", 0x1f90)) ?? "", /pid 77/);
    assert.match((await ask("::1", 0x1f92)) ?? "", /pid 77/);
    // who listens on another address is in nobody's way, nor who is connected from that port
    assert.equal(await ask("127.0.0.1", 0x1f90), undefined);
    assert.equal(await ask("127.0.0.1", 0x1f99), undefined);
  });

  it("is only known by its user where the descriptors of others are hidden", async () => {
    assert.equal(await holderOf(listening, "127.0.0.1", 0x1f91), "a process of user postgres, whose name this user may not see");
  });

  it("is not known where there is no /proc, or nothing that can be read in it", async () => {
    assert.equal(await holderOf({}, "127.0.0.1", 80), undefined);
    assert.equal(await holderOf({ "proc/self/net/tcp": "no such thing\n\n" }, "127.0.0.1", 80), undefined);
    assert.deepEqual(parseListeners(`${headline}\n   0: 0100007F:1F90 00000000:0000 0A`), []);
  });
});
