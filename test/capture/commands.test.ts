import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StartProgram } from "../../src/capture/making/command.ts";
import type { ProcessList } from "../../src/capture/making/processList.ts";
import type { DiagnosticCommand, OwnCommand } from "../../src/capture/parts/commandList.ts";
import { createParts } from "../../src/capture/parts/createParts.ts";
import type { PartOutcome } from "../../src/model/capture.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { openIn, smallProcessList } from "./support.ts";

const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };

/** Not PATH: a folder in it that may not be read makes every program that is not there a forbidden one. */
const searchPath = "/usr/sbin:/usr/bin:/sbin:/bin";

describe("the commands of a capture", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock();
  });

  interface Run {
    readonly commands?: readonly DiagnosticCommand[];
    readonly ownCommands?: readonly OwnCommand[];
    readonly table?: ProcessList;
    readonly start?: StartProgram;
    readonly afterCrash?: readonly DiagnosticCommand[];
    readonly by?: "person" | "trigger" | "crash";
  }

  /** What became of commands in a capture, by the name of the file. */
  async function captured(
    { commands = [], afterCrash = [], ownCommands = [], table = smallProcessList, start = spawn, by = "person" }: Run,
    winds = false,
  ) {
    const readProcessList = async () => table;
    const surroundings = { start, clock, searchPath };
    const capture = await openIn(await tempDirectory(), clock, {
      parts: createParts({ reads: directReads(), root, commands, afterCrash, ownCommands, surroundings, readProcessList }),
      readProcessList,
    });
    capture.start();
    const { id } = await (by === "person"
      ? capture.queue.request({})
      : capture.requestFor({ origin: by, name: "HighLoad", labels: {}, onsetMs: clock.wallMs(), incidentKey: "trigger-1" }));
    await (winds ? capture.finished(1) : capture.ended(1));
    const files = await capture.filesOf(id);
    const outcomes = ((await capture.manifestOf(id)).parts as PartOutcome[]).filter(({ part }) => part.startsWith("commands"));
    await capture.stop();
    return {
      names: outcomes.map(({ part }) => part),
      outcome: (name: string) => {
        const found = outcomes.find(({ part }) => part === name);
        assert.ok(found, `${name} is not in the manifest`);
        return { result: found.result, reason: found.reason, exitCode: found.exitCode };
      },
      durationSeconds: (name: string) => outcomes.find(({ part }) => part === name)?.durationSeconds,
      text: (name: string) => files.get(name)?.toString(),
    };
  }

  const command = (name: string, argv: DiagnosticCommand["argv"], changes: Partial<DiagnosticCommand> = {}): DiagnosticCommand => ({
    name,
    argv,
    timeLimitSeconds: 1000,
    sizeLimitBytes: 10_000,
    showsCommandLines: false,
    ...changes,
  });

  it("that fail give their complaint as the reason, without its secrets and in one line, and what they printed is kept", async () => {
    const script = "echo useful; printf 'no\\tdaemon\\n\\nat https://bob:h4nter2@example.org/\\n' >&2; exit 7";
    const { outcome, text } = await captured({ commands: [command("fails", ["sh", "-c", script])] });
    const { reason, ...facts } = outcome("commands/fails.txt");
    assert.deepEqual(facts, { result: "failed", exitCode: 7 });
    assert.match(reason ?? "", /^exit code 7: no\\x09daemon; at https:\/\/bob:\*+@example\.org\/$/);
    assert.match(text("commands/fails.txt") ?? "", /^useful\n--- standard error ---\nno\tdaemon\n\nat https:\/\/bob:\*+@example\.org\/\n$/);
  });

  it("that complain without end give a reason that has one", async () => {
    const { outcome } = await captured({ commands: [command("fails", ["sh", "-c", "seq 1 3000 >&2; exit 1"])] });
    const { reason = "" } = outcome("commands/fails.txt");
    assert.match(reason, /^exit code 1: 1; 2; 3; .*\.\.\.$/);
    assert.ok(reason.length < 1100);
  });

  it("that warn and succeed are ok", async () => {
    const { outcome, text } = await captured({ commands: [command("warns", ["sh", "-c", "echo careful >&2; echo fine"])] });
    assert.deepEqual(outcome("commands/warns.txt"), { result: "ok", reason: undefined, exitCode: 0 });
    assert.equal(text("commands/warns.txt"), "fine\n--- standard error ---\ncareful\n");
  });

  it("ask of the boot before in the archive of a crash alone", async () => {
    const lists = { commands: [command("usual", ["echo", "now"])], afterCrash: [command("before", ["echo", "then"])] };
    const ofCrash = await captured({ ...lists, by: "crash" });
    assert.deepEqual(ofCrash.names, ["commands/before.txt", "commands/usual.txt"]);
    assert.equal(ofCrash.text("commands/before.txt"), "then\n");
    assert.deepEqual((await captured(lists)).names, ["commands/usual.txt"]);
  });

  it("are replaced by their like where they are not installed", async () => {
    const none = command("none", ["culprit-no-such-docker"]);
    const { names, outcome, text } = await captured({
      commands: [
        { ...none, name: "docker-ps", orElse: command("podman-ps", ["echo", "podman's"]) },
        { ...none, name: "docker-stats", orElse: command("podman-stats", ["culprit-no-such-podman"]) },
        command("docker-broken", ["sh", "-c", "exit 1"], { orElse: command("podman-broken", ["echo", "not asked"]) }),
      ],
    });
    assert.deepEqual(names, ["commands/podman-ps.txt", "commands/docker-stats.txt", "commands/docker-broken.txt"]);
    assert.equal(text("commands/podman-ps.txt"), "podman's\n");
    assert.deepEqual(outcome("commands/docker-stats.txt"), {
      result: "missing",
      reason: "neither culprit-no-such-docker nor culprit-no-such-podman is installed",
      exitCode: undefined,
    });
    assert.equal(outcome("commands/docker-broken.txt").reason, "exit code 1");
  });

  describe("together", () => {
    const undying: StartProgram = () => ({ pid: undefined, stdout: null, stderr: null, once: () => undefined, unref: () => undefined });
    const commands = Array.from({ length: 8 }, (_, index) => command(`hangs-${index}`, ["df"]));

    for (const [by, seconds] of [
      ["trigger", 30],
      ["person", 10],
    ] as const) {
      it(`have ${seconds} s for a ${by}: what runs then is stopped, and what waits is left out`, async () => {
        const { outcome, durationSeconds } = await captured({ commands, start: undying, by }, true);
        assert.equal(durationSeconds("commands/hangs-0.txt"), seconds + 3, "with a second for SIGTERM, and two for SIGKILL");
        for (let index = 0; index < 6; index++) {
          const { reason } = outcome(`commands/hangs-${index}.txt`);
          assert.equal(reason, `all commands together had ${seconds} s, and it does not even die of SIGKILL`);
        }
        for (const index of [6, 7]) {
          assert.deepEqual(outcome(`commands/hangs-${index}.txt`), {
            result: "missing",
            reason: `not begun: all commands together had ${seconds} s`,
            exitCode: undefined,
          });
        }
      });
    }
  });

  describe("of the user's own", () => {
    const own = (name: string, argv: OwnCommand["argv"], changes: Partial<OwnCommand> = {}): OwnCommand => ({
      name,
      argv,
      timeoutSeconds: 1000,
      maxBytes: 10_000,
      ...changes,
    });

    it("stand behind the usual ones, with their limits, and without a shell", async () => {
      const { names, outcome, text } = await captured({
        commands: [command("usual", ["true"])],
        ownCommands: [own("mine", ["echo", "$HOME; $(id) *"]), own("long", ["seq", "1", "1000"], { maxBytes: 100 })],
      });
      assert.deepEqual(names, ["commands/usual.txt", "commands/mine.txt", "commands/long.txt"]);
      assert.equal(text("commands/mine.txt"), "$HOME; $(id) *\n");
      assert.equal(outcome("commands/long.txt").reason, "stopped: more than 100 bytes");
      assert.match(text("commands/long.txt") ?? "", /^1\n2\n[\d\n]*\n$/);
    });

    it("have their time", async () => {
      const undying: StartProgram = () => ({ pid: undefined, stdout: null, stderr: null, once: () => undefined, unref: () => undefined });
      const { outcome } = await captured({ ownCommands: [own("slow", ["df"], { timeoutSeconds: 5 })], start: undying }, true);
      assert.equal(outcome("commands/slow.txt").reason, "not done within 5 s, and it does not even die of SIGKILL");
    });

    it("may show their secrets to ps: those are hidden although no process has them any more", async () => {
      const seen = join(await tempDirectory(), "seen");
      await writeFile(seen, "root 7 sync --password=correct horse battery staple\n");
      const ownCommands = [own("sync", ["true", "--password=correct horse battery staple"])];
      const { text } = await captured({ commands: [command("like-ps", ["cat", seen])], ownCommands });
      assert.match(text("commands/like-ps.txt") ?? "", /^root 7 sync --password=\*+\n$/);
    });

    it("are withheld, complaints too, when the secrets of this machine are not known", async () => {
      const table = { ...smallProcessList, secretsComplete: false };
      const { outcome, text } = await captured({ ownCommands: [own("mine", ["sh", "-c", "echo secret >&2; exit 1"])], table });
      assert.match(outcome("commands/mine.txt").reason ?? "", /^withheld: /);
      assert.equal(text("commands/mine.txt"), undefined);
    });
  });
});
