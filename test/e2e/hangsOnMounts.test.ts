import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { DeadMount } from "../support/deadMount.ts";
import { MadeMachine } from "../support/madeMachine.ts";
import { requireFuse } from "../support/servers.ts";
import { SilentMount } from "../support/silentMount.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { goesOnWithSilentFiles } from "./hangs.ts";
import { WholeCulprit } from "./wholeCulprit.ts";

describe("Culprit on a machine with files that never answer: a mount whose server takes the question and is silent", function () {
  this.timeout(180_000);
  before(function () {
    requireFuse(this);
  });

  goesOnWithSilentFiles(async (machine) => {
    const mount = await SilentMount.open(machine.path("proc/silent"));
    let count = 0;
    return {
      hang(path) {
        rmSync(path, { force: true });
        mkdirSync(dirname(path), { recursive: true });
        symlinkSync(mount.file(`file${count++}`), path);
      },
      close: () => mount.close(),
    };
  });
});

describe("Culprit on a machine with mounts whose servers are gone", function () {
  this.timeout(180_000);
  const newDirectory = tempDirectories();

  it("ends within ten seconds, and shows the others", async function () {
    requireFuse(this);
    const machine = new MadeMachine();
    const dead = [new DeadMount(), new DeadMount(), new DeadMount(), new DeadMount(), new DeadMount()];
    const silent = await SilentMount.open(machine.path("root/silent"));
    machine.makeDirectory("root/good");
    const lines = dead.map(({ path }, index) => {
      symlinkSync(path, machine.path(`root/dead${index}`));
      return `srv${index}:/x /dead${index} nfs4 rw 0 0\n`;
    });
    machine.write("proc/1/mounts", `${lines.join("")}srv8:/x /silent nfs4 rw 0 0\nsrv9:/x /good nfs4 rw 0 0\n`);
    const culprit = new WholeCulprit(machine, await newDirectory());
    try {
      await culprit.get("/-/healthy");
      await culprit.assertSecondsGoOn(8);
      assert.deepEqual(
        [...(await culprit.values("culprit_filesystem_size_bytes")).keys()].map((one) => /mountpoint="(.*?)"/.exec(one)?.[1]),
        ["/good"],
      );
      const seconds = await culprit.stop();
      assert.ok(seconds < 10, `it took ${seconds} s`);
    } finally {
      culprit.kill();
      for (const mount of dead) mount.remove();
      await silent.close();
      machine.remove();
    }
  });
});
