import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Busyness, flagsOf, HeapRoom } from "../../src/engineFlags.ts";

describe("What the engine is told [any OS]", () => {
  it("is what the engine knows: every flag of its line is among those that it lists", () => {
    const { stdout } = spawnSync(process.execPath, ["--v8-options"], { encoding: "utf8" });
    const { atStart, whenBusy, whenVeryBusy } = flagsOf(process.versions.v8);
    assert.ok(atStart.length > 0, `nothing was measured for ${process.version}; add its V8 ${process.versions.v8} to the table`);
    const names = [...atStart, ...whenBusy, ...whenVeryBusy].map((flag) => flag.replace(/^--(?:no-)?/, "").replace(/=.*$/, ""));
    for (const name of names) assert.match(stdout, new RegExp(`^ +--${name} `, "m"), name);
  });

  it("is taken without a word, whenever it comes", () => {
    const { atStart, whenBusy, whenVeryBusy } = flagsOf(process.versions.v8);
    const all = JSON.stringify([...atStart, ...whenBusy, ...whenVeryBusy, ...atStart]);
    const script = `const v8 = require("node:v8"); for (const flag of ${all}) v8.setFlagsFromString(flag);`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--eval", script], { encoding: "utf8" });
    assert.deepEqual([stdout, stderr, status], ["", "", 0]);
  });

  it("is nothing for an engine that nobody has tried", () => {
    for (const version of ["15.1.2", "11.8.172.17-node.20", "9.4.1", "1", "", "unknown"])
      assert.deepEqual(flagsOf(version), { atStart: [], whenBusy: [], whenVeryBusy: [] }, version);
  });

  it("is another thing for each line of Node", () => {
    assert.ok(flagsOf("11.3.244.8-node.30").atStart.includes("--interrupt-budget=50000000"));
    assert.deepEqual(flagsOf("12.4.254.21-node.57").whenBusy, ["--opt", "--sparkplug"]);
    for (const version of ["13.6.233.17-node.63", "14.6.202.34-node.40"])
      assert.deepEqual(flagsOf(version).whenBusy, ["--opt", "--maglev", "--sparkplug"]);
  });
});

describe("Whether compiling pays", () => {
  /** After how many seconds of so many cores it does. */
  function secondsUntilBusy(busyness: Busyness, cores: number): number {
    for (let seconds = 5; seconds <= 3600; seconds += 5) if (busyness.note(5, 5 * cores)) return seconds;
    return Number.POSITIVE_INFINITY;
  }

  it("is denied while a start and a little all the time is all there is", () => {
    const busyness = new Busyness();
    assert.equal(busyness.note(5, 1.5), false);
    assert.equal(secondsUntilBusy(busyness, 0.009), Number.POSITIVE_INFINITY);
    // a capture now and then
    assert.equal(busyness.note(5, 2.5), false);
    assert.equal(secondsUntilBusy(busyness, 0.009), Number.POSITIVE_INFINITY);
  });

  it("is found within minutes with thousands of processes, and at once in a long reading", () => {
    assert.ok(secondsUntilBusy(new Busyness(), 0.025) < 600);
    assert.ok(secondsUntilBusy(new Busyness(), 1) <= 5);
  });
});

describe("Whether the heap has room", () => {
  it("is so on a machine with many of everything, and no longer a minute after", () => {
    const room = new HeapRoom();
    const said: string[] = [];
    const pass = (seconds: number, cores: number) => {
      for (let passed = 0; passed < seconds; passed += 5) {
        const wanted = room.note(5, 5 * cores);
        if (wanted !== undefined) said.push(wanted);
      }
    };
    pass(3600, 0.05);
    assert.deepEqual(said, [], "thousands of processes alone are not so much");
    pass(120, 0.3);
    assert.deepEqual(said, ["roomy"]);
    pass(50, 0.01);
    pass(10, 0.3);
    pass(55, 0.01);
    assert.deepEqual(said, ["roomy"]);
    pass(10, 0.01);
    assert.deepEqual(said, ["roomy", "small"]);
    pass(120, 0.3);
    assert.deepEqual(said, ["roomy", "small", "roomy"]);
  });
});
