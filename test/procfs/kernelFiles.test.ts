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

  const textOf = (path: string): string | undefined => {
    const text = files.read(path);
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

  it("are read whole whatever their length, and anew every time", async () => {
    const path = join(await newDirectory(), "long");
    for (const length of [300_000, 65_536, 65_535, 1, 0]) {
      writeFiles(join(path, ".."), { long: "x".repeat(length) });
      assert.equal(textOf(path)?.length, length);
    }
  });

  it("are undefined where there are none, and what else goes wrong is thrown", async () => {
    const directory = await newDirectory();
    assert.equal(files.read(join(directory, "missing")), undefined);
    assert.throws(() => files.read(directory), { code: "EISDIR" });
  });
});
