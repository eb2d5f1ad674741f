import assert from "node:assert/strict";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import type { Question } from "../../src/slowReads/slowReads.ts";
import { askAll } from "../../src/slowReads/slowReads.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { PlayedHelpers } from "../support/playedHelper.ts";
import { recordedLog } from "../support/recordedLog.ts";

describe("reads that may never come back", () => {
  let clock: ManualClock;
  let log: ReturnType<typeof recordedLog>;
  let hanging: Set<string>;
  let helpers: PlayedHelpers;
  let reads: HelperReads;
  beforeEach(() => {
    clock = new ManualClock();
    log = recordedLog();
    hanging = new Set();
    helpers = new PlayedHelpers((path) => {
      if (path === "/denied") throw Object.assign(new Error("no"), { code: "EACCES" });
      return hanging.has(path) ? undefined : Buffer.from(`says ${path}`);
    });
    reads = new HelperReads({ clock, log: log.log, start: helpers.start });
  });

  /** What has been answered by now, in the order of the questions: a text, an error's code, or that it is silent. */
  function ask(questions: readonly (string | Question)[], limitSeconds?: number): (string | undefined)[] {
    const said: (string | undefined)[] = questions.map(() => undefined);
    const asked = questions.map((one): Question => (typeof one === "string" ? { path: one } : one));
    void reads.ask(
      asked,
      ({ bytes, error, silent }, index) => {
        said[index] = bytes?.toString() ?? error?.code ?? `silent: ${silent}`;
      },
      limitSeconds,
    );
    return said;
  }

  const doubtful = (path: string): Question => ({ path, isDoubtful: true });

  it("start a helper only when something is asked", async () => {
    assert.equal(helpers.started, 0);
    await askAll(reads, []);
    assert.equal(helpers.started, 0);
    assert.deepEqual(ask(["/a", "/denied", "/b"]), ["says /a", "EACCES", "says /b"]);
    assert.equal(helpers.started, 1);
    assert.equal(helpers.orders.length, 1, "one order for all of one kind");
  });

  it("leave out what does not answer in time, say so once, and go on with the others", async () => {
    hanging.add("/dead");
    const said = ask([doubtful("/dead"), "/a", doubtful("/b")]);
    assert.deepEqual(said, [undefined, "says /a", "says /b"]);
    await clock.advance(1.1);
    assert.deepEqual(said, ["silent: it did not answer within 1 s", "says /a", "says /b"]);
    for (let again = 0; again < 3; again++) assert.deepEqual(ask([doubtful("/dead")]), ["silent: it did not answer before"]);
    assert.equal(helpers.orders.filter(({ paths }) => paths.includes("/dead")).length, 1, "it is not asked again");
    assert.equal(log.lines().filter((line) => String(line.message).includes("does not answer")).length, 1);
    assert.equal(helpers.killed, 0);
  });

  it("ask again what has answered at last", async () => {
    hanging.add("/dead");
    ask([doubtful("/dead")]);
    await clock.advance(1.1);
    hanging.clear();
    helpers.goOn();
    assert.deepEqual(ask([doubtful("/dead")]), ["says /dead"]);
    assert.equal(reads.silent, 0);
  });

  it("ask nothing more of a process or a mount that hangs", async () => {
    hanging.add("/1/maps");
    ask([{ path: "/1/maps", of: "1@5", isDoubtful: true }]);
    await clock.advance(1.1);
    assert.deepEqual(
      ask([
        { path: "/1/cmdline", of: "1@5" },
        { path: "/1/cmdline", of: "1@900" },
      ]),
      ["silent: it did not answer before", "says /1/cmdline"],
    );
  });

  it("give up a helper in which a read hangs that others wait behind, and find out which one it was", async () => {
    hanging.add("/dead");
    const said = ask(["/a", "/dead", "/b", "/c"]);
    const behind = ask(["/d"]);
    assert.deepEqual(said, ["says /a", undefined, undefined, undefined]);
    await clock.advance(2.1);
    assert.deepEqual([...said, ...behind], ["says /a", undefined, "says /b", "says /c", "says /d"]);
    assert.deepEqual([helpers.started, helpers.killed], [2, 1]);
    await clock.advance(1.1);
    assert.match(said[1] ?? "", /^silent/);
    assert.deepEqual(ask(["/e", "/dead", "/f"]), ["says /e", "silent: it did not answer before", "says /f"]);
    assert.equal(helpers.orders.at(-1)?.careful, true, "for a while no read waits behind another");
    await clock.advance(700);
    ask(["/e"]);
    assert.equal(helpers.orders.at(-1)?.careful, false);
  });

  it("do not take for silent who only waits behind one that hangs, or for a helper that starts slowly", async () => {
    hanging.add("/dead").add("/slow");
    const said = ask(["/dead", doubtful("/slow")]);
    await clock.advance(1.5);
    assert.deepEqual(said, [undefined, undefined]);
    hanging.delete("/slow");
    await clock.advance(0.6);
    assert.deepEqual(said, [undefined, "says /slow"], "it was asked again");
    helpers.startsAtOnce = false;
    hanging.add("/slow");
    helpers.end();
    await clock.advance(1.1);
    const later = ask([doubtful("/slow")]);
    await clock.advance(5);
    assert.deepEqual(later, [undefined]);
    hanging.clear();
    helpers.goOn();
    assert.deepEqual(later, ["says /slow"]);
  });

  it("do not take a helper for stuck that is merely slow", async () => {
    hanging.add("/slow");
    const said = ask(["/slow"]);
    await clock.advance(1.5);
    hanging.clear();
    helpers.goOn();
    hanging.add("/slower");
    const later = ask(["/slower"]);
    await clock.advance(1.5);
    assert.equal(helpers.killed, 0, "it has moved on in between");
    hanging.clear();
    helpers.goOn();
    assert.deepEqual([...said, ...later], ["says /slow", "says /slower"]);
  });

  it("do not take a helper for stuck because Culprit itself stood still", () => {
    let nowSeconds = 0;
    const promised: (() => void)[] = [];
    const lateClock = {
      wallMs: () => 0,
      monotonicSeconds: () => nowSeconds,
      after: (_seconds: number, callback: () => void) => {
        promised.push(callback);
        return () => undefined;
      },
    };
    hanging.add("/slow");
    reads = new HelperReads({ clock: lateClock, log: log.log, start: helpers.start });
    const said = ask(["/slow"]);
    // the process was stopped: its timer comes late, and before the answer that has been there for long
    nowSeconds = 60;
    promised.splice(0)[0]?.();
    assert.equal(helpers.killed, 0);
    hanging.clear();
    helpers.goOn();
    assert.deepEqual(said, ["says /slow"]);
    hanging.add("/dead");
    ask(["/dead"]);
    nowSeconds = 62.1;
    promised.splice(0)[0]?.();
    assert.equal(helpers.killed, 1, "a timer that is in time is believed");
  });

  it("answer everybody although a hundred hang", async () => {
    const dead = Array.from({ length: 100 }, (_, index) => `/dead${index}`);
    for (const path of dead) hanging.add(path);
    const said = ask([...dead.map(doubtful), doubtful("/a")]);
    await clock.advance(20);
    assert.equal(said.at(-1), "says /a");
    assert.ok(said.slice(0, -1).every((one) => one?.startsWith("silent")));
    assert.ok(helpers.started <= 5, `${helpers.started} helpers were started`);
    assert.deepEqual(ask(["/b", "/dead7"]), ["says /b", "silent: it did not answer before"]);
    assert.ok(log.lines().length < 30, "and not a line for each");
  });

  it("do not keep one waiting for the hundred of another", async () => {
    const dead = Array.from({ length: 100 }, (_, index) => `/dead${index}`);
    for (const path of dead) hanging.add(path);
    ask(dead.map(doubtful));
    const said = ask([doubtful("/a"), doubtful("/b")]);
    assert.deepEqual(said, ["says /a", "says /b"], "there is room for others from the start");
  });

  it("do not keep one waiting behind the hundred of another whose helper was given up", async () => {
    const dead = Array.from({ length: 100 }, (_, index) => `/dead${index}`);
    for (const path of dead) hanging.add(path);
    ask(dead);
    const said = ask(Array.from({ length: 50 }, (_, index) => `/a${index}`));
    await clock.advance(2.1);
    assert.equal(said.at(-1), "says /a49");
  });

  it("leave behind only a few helpers that nothing ends, and ask again when one of them comes back", async () => {
    helpers.diesOfKill = false;
    for (let index = 0; index < 200; index++) hanging.add(`/dead${index}`);
    ask([...hanging].map(doubtful));
    await clock.advance(60);
    assert.ok(helpers.started <= 4, `${helpers.started} helpers`);
    assert.deepEqual(ask(["/a"]), ["silent: too many reads do not come back"]);
    helpers.end();
    assert.deepEqual(ask(["/a"]), ["says /a"]);
  });

  it("start the helper again when it has ended, but not at once when it ends at once", async () => {
    assert.deepEqual(ask(["/a"]), ["says /a"]);
    helpers.end();
    assert.deepEqual(ask(["/a"]), ["silent: the helper that reads it is not there"]);
    await clock.advance(1.1);
    assert.deepEqual(ask(["/a"]), ["says /a"]);
    assert.equal(helpers.started, 2);
  });

  it("go on without a helper where none can be started", async () => {
    let tries = 0;
    const none = new HelperReads({
      clock,
      log: log.log,
      start() {
        tries++;
        throw new Error("spawn ENOMEM");
      },
    });
    for (let second = 0; second < 30; second++) {
      const [answer] = await askAll(none, [{ path: "/a" }]);
      assert.match(answer?.silent ?? "", /not there/);
      await clock.advance(1);
    }
    assert.ok(tries > 2 && tries < 8, `${tries} tries in half a minute`);
  });

  it("wait for nobody when Culprit ends", async () => {
    hanging.add("/dead").add("/first");
    const said = [ask([doubtful("/dead")]), ask(["/first", "/second"])];
    reads.close();
    assert.deepEqual(said.flat(), ["silent: Culprit ends", "silent: Culprit ends", "silent: Culprit ends"]);
    assert.equal(helpers.killed, 1);
    assert.deepEqual(ask(["/a"]), ["silent: Culprit ends"]);
    await clock.advance(10);
    await settle();
    assert.equal(helpers.started, 1);
  });

  it("say of what is silent whether somebody still waits for it", async () => {
    hanging.add("/dead");
    const [first] = await Promise.all([askAll(reads, [doubtful("/dead")]), clock.advance(1.1)]);
    assert.equal(first?.[0]?.silent !== undefined && first[0].isPending, true);
    helpers.end();
    const [again] = await askAll(reads, [doubtful("/dead")]);
    assert.equal(again?.silent !== undefined && again.isPending, false);
  });
});
