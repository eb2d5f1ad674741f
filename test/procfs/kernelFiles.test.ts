import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

describe("files of the kernel", () => {
  const newDirectory = tempDirectories();
  let files: KernelFiles;

  beforeEach(() => {
    files = new KernelFiles({ procfs: "/proc", sysfs: "/sys", rootfs: "/" });
  });

  afterEach(() => {
    files.close();
  });

  const textOf = (path: string, way: "read" | "readAtOnce" = "read"): string | undefined => {
    const text = files[way](path);
    return text?.bytes.toString("latin1", 0, text.length);
  };

  it("are read to their end where the kernel gives them page by page, as it does mounts, interrupts and network interfaces", () => {
    // the one such file that is long on every machine: what this process has mapped
    for (let again = 0; again < 2; again++) {
      const lines = textOf("/proc/self/maps")?.trimEnd().split("\n") ?? [];
      assert.equal(lines.at(-1), readFileSync("/proc/self/maps", "latin1").trimEnd().split("\n").at(-1));
      assert.ok(lines.length > 100, `${lines.length} lines`);
    }
  });

  for (const way of ["read", "readAtOnce"] as const) {
    it(`are read whole whatever their length, and anew every time: ${way}`, async () => {
      const directory = await newDirectory();
      for (const length of [300_000, 65_536, 65_535, 1, 0]) {
        writeFiles(directory, { long: "x".repeat(length) });
        assert.equal(textOf(join(directory, "long"), way)?.length, length);
      }
    });
  }

  it("are undefined where there are none, and what else goes wrong is thrown", async () => {
    const directory = await newDirectory();
    assert.equal(files.read(join(directory, "missing")), undefined);
    assert.throws(() => files.read(directory), { code: "EISDIR" });
  });
});
