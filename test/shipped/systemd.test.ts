import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { freePort, TestMachine, waitFor } from "../e2e/machine.ts";
import { mainPath, packageRoot } from "../support/paths.ts";
import { requireRoot, requireServer } from "../support/servers.ts";
import { shippedText } from "./support/rules.ts";

const unit = "systemd/culprit.service";

/** The values of a setting, in the order of the unit. */
function settings(name: string): readonly string[] {
  return [...shippedText(unit).matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value = ""]) => value);
}

function analyze(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { cwd: packageRoot(), encoding: "utf8" });
  return { status, output: stdout + stderr };
}

describe("the shipped unit for systemd", function () {
  this.timeout(60_000);

  it("leaves `systemd-analyze verify` nothing to say", function () {
    requireServer(this, "systemd-analyze");
    assert.deepEqual(analyze("verify", unit), { status: 0, output: "" });
  });

  it("is exposed by at most 3.0 of 10", function () {
    requireServer(this, "systemd-analyze");
    const { status, output } = analyze("security", "--offline=true", "--threshold=30", unit);
    assert.equal(status, 0, output);
    assert.match(output, /Overall exposure level for culprit\.service: (?:[0-2]\.\d|3\.0) /);
  });

  it("does not take away what a Node that looks at others needs", () => {
    const text = shippedText(unit);
    for (const name of ["MemoryDenyWriteExecute", "ProcSubset", "ProtectProc", "PrivateUsers", "PrivateNetwork", "PrivatePIDs"]) {
      assert.doesNotMatch(text, new RegExp(`^${name}=`, "m"), name);
    }
    assert.deepEqual(settings("AmbientCapabilities"), ["CAP_SYS_PTRACE CAP_DAC_READ_SEARCH"]);
    assert.deepEqual(settings("CapabilityBoundingSet"), settings("AmbientCapabilities"));
    assert.match(settings("Environment").join(), /MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=8192/);
    assert.deepEqual(settings("Restart"), ["always"]);
    assert.deepEqual(settings("StateDirectory"), ["culprit"]);
  });

  it("starts a Culprit that reads what root's processes write, with no more than the unit's capabilities", async function () {
    requireRoot(this);
    requireServer(this, "setpriv");
    const machine = new TestMachine();
    try {
      chmodSync(machine.directory, 0o755);
      const state = machine.path("state");
      // what systemd makes of StateDirectory=
      assert.equal(spawnSync("install", ["--directory", "--mode=0750", "--owner=65534", "--group=65534", state]).status, 0);
      const port = await freePort();
      const config = machine.write("culprit.yml", shippedText("systemd/culprit.yml").replace("10054", String(port)));
      const capabilities = settings("AmbientCapabilities").join().toLowerCase().replaceAll("cap_", "+").replace(" ", ",");
      const writer = machine.start("sh", ["-c", `while :; do echo x >>'${machine.path("written")}'; done`]);
      const culprit = machine.start(
        "setpriv",
        [
          "--reuid=65534",
          "--regid=65534",
          "--clear-groups",
          "--no-new-privs",
          `--bounding-set=-all,${capabilities}`,
          `--inh-caps=-all,${capabilities}`,
          `--ambient-caps=-all,${capabilities}`,
          process.execPath,
          mainPath(),
          `--config.file=${config}`,
        ],
        { PATH: process.env.PATH, STATE_DIRECTORY: state },
      );
      const line = await waitFor(
        "the bytes that root's shell writes",
        async () => {
          if (culprit.child.exitCode !== null) throw new Error(culprit.output());
          const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
          return /^culprit_process_written_bytes_per_second\{kind="process",process="sh",.*user="root"\} (?!0$)\S+$/m.exec(text)?.[0];
        },
        30,
      );
      assert.ok(line);
      assert.equal((await fetch(`http://127.0.0.1:${port}/archives`)).status, 401, "the loopback is not trusted");
      await machine.stop(writer, "SIGKILL");
    } finally {
      await machine.close();
    }
  });

  it("starts with a configuration that check-config accepts", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [mainPath(), "check-config", "--config.file=systemd/culprit.yml"], {
      cwd: packageRoot(),
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout + stderr);
  });
});
