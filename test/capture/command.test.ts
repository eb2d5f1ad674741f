import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { type CommandSpec, type CommandSurroundings, runCommand, type StartProgram } from "../../src/capture/making/command.ts";
import { ManualClock } from "../support/manualClock.ts";
import { eventually } from "./support.ts";

/** Pids of living processes that have this word among their arguments. */
function livingWith(word: string): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "latin1").split("\0").includes(word) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

describe("an external command", () => {
  const never = new AbortController().signal;
  let clock: ManualClock;
  let surroundings: CommandSurroundings;
  let word: string;
  /** What programs have written so far: a clock that is advanced before that cuts off what was still on its way. */
  let heard: string;
  const start: StartProgram = (file, args, options) => {
    const program = spawn(file, args, options);
    program.stdout?.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
    });
    return program;
  };
  beforeEach(() => {
    clock = new ManualClock();
    heard = "";
    surroundings = { start, clock, searchPath: process.env.PATH ?? "" };
    word = `culprit-test-${Math.random().toString(36).slice(2)}`;
  });
  afterEach(() => {
    for (const pid of livingWith(word)) process.kill(pid, "SIGKILL");
  });

  const spec = (argv: CommandSpec["argv"], changes: Partial<CommandSpec> = {}): CommandSpec => ({
    name: "test",
    argv,
    timeLimitSeconds: 10,
    sizeLimitBytes: 100_000,
    ...changes,
  });
  const shell = (script: string, changes: Partial<CommandSpec> = {}) => spec(["/bin/sh", "-c", script, word], changes);
  const run = (one: CommandSpec, signal = never) => runCommand(one, surroundings, signal);

  it("gives its output and its exit code", async () => {
    assert.deepEqual(await run(shell("echo one; echo two")), {
      result: "ok",
      exitCode: 0,
      durationSeconds: 0,
      output: "one\ntwo\n",
      errorOutput: "",
    });
  });

  it("that fails keeps its output, and what it complained about", async () => {
    assert.deepEqual(await run(shell("printf half; echo no such thing >&2; exit 3")), {
      result: "failed",
      reason: "exit code 3",
      exitCode: 3,
      durationSeconds: 0,
      output: "half",
      errorOutput: "no such thing\n",
    });
  });

  it("sees nothing of Culprit's environment, an empty input, and no terminal", async () => {
    const { output } = await run(shell("/usr/bin/env | sort; cat; echo end"));
    const names = output.split("\n").map((line) => line.split("=")[0]);
    assert.deepEqual(names, ["HOME", "LC_ALL", "PATH", "PWD", "TERM", "end", ""]);
    assert.match(output, /^LC_ALL=C$/m);
  });

  it("that is not there is missing", async () => {
    const { result, reason, output } = await run(spec(["culprit-no-such-program"]));
    assert.deepEqual({ result, reason, output }, { result: "missing", reason: "not installed", output: "" });
  });

  it("that may not be run is missing, and says why", async () => {
    const { result, reason } = await run(spec(["/etc/passwd"]));
    assert.deepEqual({ result, reason }, { result: "missing", reason: "not allowed to run it: EACCES" });
  });

  it("that cannot be forked says so, whether the error comes at once or later", async () => {
    const error = Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" });
    const atOnce: StartProgram = () => {
      throw error;
    };
    const outcome = await runCommand(spec(["top"]), { ...surroundings, start: atOnce }, never);
    assert.deepEqual(outcome, { result: "failed", reason: "cannot fork: EAGAIN", durationSeconds: 0, output: "", errorOutput: "" });

    const program = Object.assign(new EventEmitter(), { stdout: null, stderr: null, unref: () => undefined });
    const later: StartProgram = () => {
      setImmediate(() => program.emit("error", error));
      return program;
    };
    assert.equal((await runCommand(spec(["top"]), { ...surroundings, start: later }, never)).reason, "cannot fork: EAGAIN");
  });

  it("that prints without end is cut at its limit, at the end of a line, and killed", async () => {
    const outcome = await run(shell(`yes ${word}`, { sizeLimitBytes: 5000 }));
    assert.equal(outcome.result, "truncated");
    assert.equal(outcome.reason, "stopped: more than 5000 bytes");
    assert.ok(outcome.output.length <= 5000 && outcome.output.length > 4900);
    assert.ok(outcome.output.endsWith(`${word}\n`));
    await eventually("all of its processes die", () => livingWith(word).length === 0);
  });

  it("that is cut in its only line keeps nothing of it", async () => {
    const { result, output } = await run(shell("head -c 6000 /dev/zero | tr '\\0' x; sleep 1000", { sizeLimitBytes: 5000 }));
    assert.deepEqual({ result, output }, { result: "failed", output: "" });
  });

  it("that writes a log keeps the end of it, from the beginning of a line", async () => {
    const outcome = await run(shell("seq 1 20000; printf last", { sizeLimitBytes: 5000, keepTail: true }));
    assert.equal(outcome.result, "truncated");
    assert.equal(outcome.reason, "only the last 5000 bytes are kept");
    assert.equal(outcome.exitCode, 0);
    const lines = outcome.output.split("\n");
    assert.equal(lines.at(-1), "last");
    assert.equal(lines.at(-2), "20000");
    assert.equal(Number(lines[0]), 20_002 - lines.length, "no line in between is missing");
    assert.ok(outcome.output.length <= 5000 && outcome.output.length > 4990);
  });

  it("that writes a short log is not cut", async () => {
    const { result, output } = await run(shell("seq 1 3", { sizeLimitBytes: 6, keepTail: true }));
    assert.deepEqual({ result, output }, { result: "ok", output: "1\n2\n3\n" });
    const whole = await run(shell("printf '12345\\n678\\n'", { sizeLimitBytes: 4, keepTail: true }));
    assert.equal(whole.output, "678\n", "a line that just fits is kept");
  });

  it("that writes a log without end is not read without end", async () => {
    const outcome = await run(shell(`yes ${word}`, { sizeLimitBytes: 5000, keepTail: true }));
    assert.equal(outcome.result, "truncated");
    assert.equal(outcome.reason, "stopped: more than 160000 bytes");
    assert.match(outcome.output, new RegExp(`^(${word}\n)+$`));
    assert.ok(outcome.output.length <= 5000 && outcome.output.length > 4900);
    await eventually("all of its processes die", () => livingWith(word).length === 0);
  });

  it("that takes too long is stopped, and what it said until then is kept without its last half line", async () => {
    const running = run(shell("echo said; printf 'half a sec'; sleep 1000"));
    await eventually("it has spoken", () => heard === "said\nhalf a sec");
    await clock.advance(10);
    assert.deepEqual(await running, {
      result: "truncated",
      reason: "stopped: not done within 10 s",
      durationSeconds: 10,
      output: "said\n",
      errorOutput: "",
    });
    await eventually("it dies", () => livingWith(word).length === 0);
  });

  it("that ignores SIGTERM, and its children, are killed a second later", async () => {
    const running = run(
      shell(`trap '' TERM; sh -c 'trap "" TERM; while :; do sleep 1; done' ${word} & echo ready; while :; do sleep 1; done`),
    );
    // a fork of the first that is not yet the second bears the word too
    await eventually("both run, and what was said has come", () => livingWith(word).length >= 2 && heard === "ready\n");
    await clock.advance(10);
    assert.ok(livingWith(word).length >= 2, "they have shrugged it off");
    await clock.advance(1);
    const { result, durationSeconds } = await running;
    assert.deepEqual({ result, durationSeconds }, { result: "truncated", durationSeconds: 11 });
    await eventually("all of them die", () => livingWith(word).length === 0);
  });

  it("that leaves a child with its output open is not waited for", async () => {
    const running = run(shell(`sh -c 'sleep 1000; :' ${word} & echo done`));
    await eventually("the parent is gone", () => livingWith(word).length === 1);
    let isOver = false;
    void running.then(() => {
      isOver = true;
    });
    await eventually("its end is noticed", async () => {
      await clock.advance(0.1);
      return isOver && livingWith(word).length === 0;
    });
    assert.deepEqual(
      { ...(await running), durationSeconds: 0 },
      {
        result: "ok",
        exitCode: 0,
        durationSeconds: 0,
        output: "done\n",
        errorOutput: "",
      },
    );
  });

  it("that does not even die of SIGKILL is left to itself", async () => {
    const undying: StartProgram = () => ({ pid: undefined, stdout: null, stderr: null, once: () => undefined, unref: () => undefined });
    const running = runCommand(spec(["df"]), { ...surroundings, start: undying }, never);
    await clock.advance(13);
    const { result, reason } = await running;
    assert.deepEqual({ result, reason }, { result: "failed", reason: "not done within 10 s, and it does not even die of SIGKILL" });
    assert.equal(clock.waiting, 0);
  });

  it("is stopped with the capture, and is not even begun long after", async () => {
    const controller = new AbortController();
    const running = run(shell("sleep 1000"), controller.signal);
    await eventually("it runs", () => livingWith(word).length > 0);
    controller.abort();
    assert.equal((await running).reason, "stopped: the capture was stopped");
    const { result, reason } = await run(shell("sleep 1000"), controller.signal);
    assert.deepEqual({ result, reason }, { result: "missing", reason: "not begun: the capture was stopped" });
    await eventually("all of them die", () => livingWith(word).length === 0);
    assert.equal(clock.waiting, 0, "no timer is left behind");
  });

  it("with broken UTF-8 in its output is text all the same", async () => {
    assert.equal((await run(shell("printf 'a\\377b\\n'"))).output, "a\ufffdb\n");
  });
});
