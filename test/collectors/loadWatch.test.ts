import assert from "node:assert/strict";
import { LoadWatch } from "../../src/collectors/loadWatch.ts";

/** What /proc/loadavg shows second by second while the kernel counts so many tasks at each of its looks. */
function* loadOf(tasks: readonly number[], start = 0): Iterable<[number, number]> {
  let load = start;
  for (const [look, count] of tasks.entries()) {
    load = load * (1884 / 2048) + count * (1 - 1884 / 2048);
    for (let second = 0; second < 5; second++) yield [Math.round(load * 100) / 100, look * 5.004 + second];
  }
}

describe("the number of tasks behind the load", () => {
  it("comes back out of two values in a row, a little below the truth", () => {
    const watch = new LoadWatch();
    let last: number | undefined;
    for (const [load1, second] of loadOf([0, 0, 4, 4, 4, 4])) last = watch.observe(load1, second);
    assert.ok(last !== undefined && last > 3.7 && last <= 4.05, String(last));
  });

  it("falls as soon as the tasks are gone, long before the load does", () => {
    const watch = new LoadWatch();
    let last: number | undefined;
    for (const [load1, second] of loadOf([8, 8, 8, 8, 0, 0], 8)) last = watch.observe(load1, second);
    assert.ok(last !== undefined && last < 0.1, String(last));
  });

  it("is the load where that stands still", () => {
    const watch = new LoadWatch();
    let last: number | undefined;
    for (const [load1, second] of loadOf([2, 2, 2, 2], 2)) last = watch.observe(load1, second);
    assert.ok(last !== undefined && Math.abs(last - 1.87) < 0.01, String(last));
  });

  it("is unknown at first", () => {
    assert.equal(new LoadWatch().observe(5, 0), undefined);
  });
});
