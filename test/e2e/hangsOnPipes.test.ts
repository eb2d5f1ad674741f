import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { goesOnWithSilentFiles } from "./hangs.ts";

describe("Culprit on a machine with files that never answer: a pipe that nobody writes to", function () {
  this.timeout(180_000);

  goesOnWithSilentFiles(async () => ({
    hang(path) {
      rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true });
      execFileSync("mkfifo", [path]);
    },
    close: async () => undefined,
  }));
});
