import assert from "node:assert/strict";
import { runProgram, SeldomReading } from "../../src/collectors/seldomProgram.ts";
import { clockPrograms, parseClockDiscipline } from "../../src/procfs/clockDiscipline.ts";
import { ManualClock } from "../support/manualClock.ts";
import { requireFree, requireServer } from "../support/servers.ts";

describe("a program that is asked seldom", () => {
  it("is run once a minute at most, and what it said holds until then, also that it said nothing", async () => {
    const clock = new ManualClock();
    let runs = 0;
    const seldom = new SeldomReading(async () => (++runs === 2 ? undefined : runs));
    assert.deepEqual([await seldom.read(clock), await seldom.read(clock)], [1, 1]);
    await clock.advance(59);
    assert.equal(await seldom.read(clock), 1);
    await clock.advance(1);
    assert.equal(await seldom.read(clock), undefined);
    await clock.advance(59);
    assert.equal(await seldom.read(clock), undefined);
    await clock.advance(2);
    assert.equal(await seldom.read(clock), 3);
    assert.equal(runs, 3);
  });

  it("gives what it prints, and nothing where it fails or is not there", async () => {
    assert.equal(await runProgram("echo", ["a b"]), "a b\n");
    assert.equal(await runProgram("false", []), undefined);
    assert.equal(await runProgram("there-is-no-such-program", []), undefined);
    // refused before it is begun, as by a machine that has no memory left
    assert.equal(await runProgram("no\0such", []), undefined);
  });
});

describe("adjtimex", () => {
  const line = (values: Readonly<Record<number, number>>) => Array.from({ length: 21 }, (_, index) => values[index] ?? 0).join(" ");

  it("is in seconds, whatever unit the clock's status says", () => {
    const micro = parseClockDiscipline(line({ 0: 5, 1: 1500, 2: 655360, 3: 16_000_000, 5: 64, 11: 10_000, 20: 37 }));
    assert.deepEqual(
      [micro.synchronised, micro.offsetSeconds, micro.frequencyRatio, micro.mostErrorSeconds, micro.tickSeconds, micro.taiOffsetSeconds],
      [false, 0.0015, 1.00001, 16, 0.01, 37],
    );
    const nano = parseClockDiscipline(line({ 1: 1500, 5: 0x2001, 13: 2000 }));
    assert.deepEqual([nano.synchronised, nano.offsetSeconds, nano.ppsJitterSeconds, nano.status], [true, 0.0000015, 0.000002, 0x2001]);
    assert.throws(() => parseClockDiscipline("5 0 x\n"), /adjtimex: expected 21 numbers/);
  });

  it("is known on no processor whose struct may be another", () => {
    assert.deepEqual(clockPrograms("arm"), []);
    assert.deepEqual(
      clockPrograms("arm64").map(({ program }) => program),
      ["perl", "python3"],
    );
  });

  it("is told alike by Perl and by Python", async function () {
    requireServer(this, "perl", "python3");
    requireFree(this, clockPrograms(process.arch).length === 0 ? "the processor must be x86-64 or arm64" : undefined);
    this.timeout(20_000);
    const [perl, python] = await Promise.all(clockPrograms(process.arch).map(({ program, args }) => runProgram(program, args)));
    const still = (output = "") => {
      const { mostErrorSeconds, estimatedErrorSeconds, offsetSeconds, ...rest } = parseClockDiscipline(output);
      return rest;
    };
    assert.deepEqual(still(perl), still(python));
    assert.ok(still(perl).tickSeconds > 0);
  });
});
