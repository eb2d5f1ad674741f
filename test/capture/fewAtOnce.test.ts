import assert from "node:assert/strict";
import { fewAtOnce } from "../../src/capture/making/fewAtOnce.ts";
import { ManualClock, settle } from "../support/manualClock.ts";

describe("a few at once", () => {
  const clock = () => new ManualClock();

  /** Work that lasts as long as the test says: 0 is done at once, Infinity never. */
  function work(time: ManualClock) {
    const begun: string[] = [];
    const ended: string[] = [];
    let running = 0;
    let most = 0;
    return {
      begun,
      ended,
      most: () => most,
      do: async (item: { readonly name: string; readonly seconds: number }) => {
        begun.push(item.name);
        most = Math.max(most, ++running);
        if (item.seconds > 0) {
          await new Promise<void>((resolve) => {
            if (Number.isFinite(item.seconds)) time.after(item.seconds, resolve);
          });
        }
        running--;
        ended.push(item.name);
        return item.name.toUpperCase();
      },
    };
  }

  const items = (...seconds: number[]) => seconds.map((length, index) => ({ name: String.fromCharCode(97 + index), seconds: length }));

  it("gives results in the order of the items, whoever is done first", async () => {
    const time = clock();
    const worker = work(time);
    const all = fewAtOnce(items(0.5, 0.1, 0.2, 0, 0.3), { clock: time, atOnce: 2, slowAfterSeconds: 1, atMost: 4 }, worker.do);
    await time.advance(2);
    assert.deepEqual(await all, ["A", "B", "C", "D", "E"]);
    assert.deepEqual(worker.begun, ["a", "b", "c", "d", "e"]);
    assert.equal(worker.most(), 2);
    assert.equal(time.waiting, 0, "no timer is left behind");
  });

  it("does not let the slow keep the fast waiting", async () => {
    const time = clock();
    const worker = work(time);
    const all = fewAtOnce(items(5, 5, 0, 0.1, 0), { clock: time, atOnce: 2, slowAfterSeconds: 1, atMost: 4 }, worker.do);
    await settle();
    assert.deepEqual(worker.begun, ["a", "b"]);
    await time.advance(1.2);
    assert.deepEqual(worker.ended, ["c", "e", "d"]);
    await time.advance(4);
    assert.equal((await all).length, 5);
  });

  it("has an end to that, too", async () => {
    const time = clock();
    const worker = work(time);
    void fewAtOnce(
      items(...Array<number>(9).fill(Number.POSITIVE_INFINITY)),
      { clock: time, atOnce: 2, slowAfterSeconds: 1, atMost: 5 },
      worker.do,
    );
    await time.advance(60);
    assert.equal(worker.most(), 5);
    assert.deepEqual(worker.begun, ["a", "b", "c", "d", "e"]);
  });

  it("is done at once when there is nothing to do", async () => {
    const time = clock();
    assert.deepEqual(await fewAtOnce([], { clock: time, atOnce: 2, slowAfterSeconds: 1, atMost: 5 }, work(time).do), []);
  });
});
