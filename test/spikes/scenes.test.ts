import assert from "node:assert/strict";
import { drawScene } from "../../bench/scenes/drawn.ts";
import { fixedScenes } from "../../bench/scenes/fixed.ts";
import { playScene } from "../../bench/scenes/playScene.ts";
import { fileOfScene, recordedScenes } from "../../bench/scenes/recordedScenes.ts";
import { type Course, madeSeconds, type SceneSecond } from "../../bench/scenes/scene.ts";
import { readScene } from "../../bench/scenes/sceneFile.ts";
import { seeded } from "./support/madeMachine.ts";

function expectRight(scene: Course, seconds: Iterable<SceneSecond>): void {
  const { noticedAfter, findings } = playScene(scene, seconds);
  assert.ok(noticedAfter !== undefined && noticedAfter <= scene.withinSeconds, `noticed after ${noticedAfter} s`);
  assert.ok(findings.length >= 3);
  for (const { face, second, result, named, sentence } of findings)
    assert.equal(result, "right", `${face} at ${second} s names ${named.join(" and ") || "nobody"}: ${sentence}`);
}

describe("Whom the faces name on a machine whose cgroups keep the truth", () => {
  for (const [index, scene] of fixedScenes(seeded(7)).entries()) {
    it(`is right: ${scene.name}`, () => expectRight(scene, madeSeconds(scene, seeded(100 + index))));
  }

  for (const scene of recordedScenes) {
    it(`is right in what really happened: ${scene.name}`, () => expectRight(scene, readScene(fileOfScene(scene))));
  }

  it("is right in nineteen of twenty that are drawn", () => {
    const wrong = Array.from({ length: 20 }, (_unused, index) => index + 1).filter((seed) => {
      const scene = drawScene(seed, seeded(seed));
      return playScene(scene, madeSeconds(scene, seeded(seed + 5000))).findings.some(({ result }) => result !== "right");
    });
    assert.ok(wrong.length <= 1, `seeds ${wrong.join(", ")}`);
  }).timeout(200_000);
});
