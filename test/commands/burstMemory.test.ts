import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BurstMemory } from "../../src/burstMemory.ts";

describe("Whether a burst has left garbage that is worth collecting", () => {
  const calm = 0.01;
  const busy = 0.5;

  function atRest(bytes: number): BurstMemory {
    const memory = new BurstMemory();
    assert.equal(memory.note(bytes, calm), true, "what starting took is collected");
    assert.equal(memory.note(bytes, calm), true, "and what that has emptied is given back");
    assert.equal(memory.note(bytes, calm), false);
    return memory;
  }

  it("waits until it is over", () => {
    const memory = atRest(80e6);
    for (let look = 0; look < 100; look++) assert.equal(memory.note(110e6, busy), false);
    assert.equal(memory.note(110e6, calm), true);
  });

  it("is asked twice: what is left afterwards is in use", () => {
    const memory = atRest(80e6);
    assert.equal(memory.note(110e6, calm), true);
    assert.equal(memory.note(108e6, calm), true);
    for (let look = 0; look < 100; look++) assert.equal(memory.note(105e6, calm), false);
    assert.equal(memory.note(114e6, calm), true);
  });

  it("is asked once where the first collection has given back enough", () => {
    const memory = atRest(80e6);
    assert.equal(memory.note(110e6, calm), true);
    assert.equal(memory.note(83e6, calm), false);
  });

  it("is measured by the least that it needs", () => {
    const memory = atRest(80e6);
    for (const again of [true, true, false]) assert.equal(memory.note(100e6, calm), again);
    assert.equal(memory.note(81e6, calm), false);
    assert.equal(memory.note(90e6, calm), true);
  });

  it("is asked again when another burst comes before it is known what the one before has left", () => {
    const memory = atRest(80e6);
    assert.equal(memory.note(110e6, calm), true);
    for (let look = 0; look < 100; look++) assert.equal(memory.note(150e6, busy), false);
    assert.equal(memory.note(130e6, calm), true);
    assert.equal(memory.note(85e6, calm), false);
  });

  it("is no question while memory goes up and down a little", () => {
    const memory = atRest(80e6);
    for (let look = 0; look < 100; look++) assert.equal(memory.note(80e6 + (look % 8) * 1e6, calm), false);
  });
});

describe("A process that is quiet [any OS]", () => {
  it("collects what nobody needs once it is brought to it", () => {
    const program = fileURLToPath(new URL("collecting.js", import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8", timeout: 90_000 });
    assert.deepEqual([stdout, stderr], ["collected", ""]);
  }).timeout(100_000);
});
