import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPids } from "../../src/procfs/pids.ts";

describe("the list of processes", () => {
  let procfs: string;
  beforeEach(() => {
    procfs = mkdtempSync(join(tmpdir(), "culprit-pids-"));
  });
  afterEach(() => rmSync(procfs, { recursive: true, force: true }));

  it("comes part by part, and holds numbers only", () => {
    const expected = Array.from({ length: 700 }, (_, index) => index + 1);
    for (const pid of expected) mkdirSync(join(procfs, String(pid)));
    for (const other of ["sys", "self", "0x1"]) mkdirSync(join(procfs, other));
    writeFileSync(join(procfs, "uptime"), "1 1\n");
    const parts = [...readPids({ procfs, sysfs: "/sys", rootfs: "/" })];
    assert.ok(parts.length >= 3 && parts.every((part) => part.length <= 256));
    assert.deepEqual(
      parts.flat().sort((a, b) => a - b),
      expected,
    );
  });

  it("is that of this machine", () => {
    assert.ok([...readPids({ procfs: "/proc", sysfs: "/sys", rootfs: "/" })].flat().includes(process.pid));
  });
});
