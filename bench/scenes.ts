/**
 * Does every face name the right one? Twenty fixed scenes and two hundred drawn from seeds, on a made machine whose cgroups keep the truth.
 *
 *     npm run bench -- scenes [--drawn 200] [--seed 1] [--only NAME] [--verbose]
 *     npm run bench -- scenes --record NAME     lets that one happen here, and keeps it (root, cgroup v1, a quiet machine)
 *
 * Page and metric are asked three seconds after the spike was noticed and where the lead changes; mail and archive when an alert comes.
 */
import { parseArgs } from "node:util";
import { seeded } from "../test/spikes/support/madeMachine.ts";
import { drawScene } from "./scenes/drawn.ts";
import { fixedScenes } from "./scenes/fixed.ts";
import { type Finding, type Played, playScene } from "./scenes/playScene.ts";
import { fileOfScene, recordedScenes } from "./scenes/recordedScenes.ts";
import { recordScene } from "./scenes/recordScene.ts";
import { madeSeconds } from "./scenes/scene.ts";
import { readScene } from "./scenes/sceneFile.ts";

const { values } = parseArgs({
  options: {
    drawn: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    verbose: { type: "boolean", default: false },
    record: { type: "string" },
  },
});

if (values.record !== undefined) await record(values.record);
else play();

function play(): void {
  const wanted = (name: string) => values.only === undefined || name.includes(values.only);
  const fixed = fixedScenes(seeded(7))
    .filter(({ name }) => wanted(name))
    .map((scene, index) => playScene(scene, madeSeconds(scene, seeded(100 + index))));
  const first = Number(values.seed);
  const drawn = Array.from({ length: Number(values.drawn) }, (_unused, index) => first + index)
    .map((seed) => ({ scene: drawScene(seed, seeded(seed)), seed }))
    .filter(({ scene }) => wanted(scene.name))
    .map(({ scene, seed }) => playScene(scene, madeSeconds(scene, seeded(seed + 5000))));

  const recorded = recordedScenes.filter(({ name }) => wanted(name)).map((scene) => playScene(scene, readScene(fileOfScene(scene))));
  report("fixed", fixed);
  report("recorded", recorded);
  report("drawn", drawn);
}

async function record(name: string): Promise<void> {
  const scene = recordedScenes.find((one) => one.name === name);
  if (scene === undefined) {
    console.error(`expected one of ${recordedScenes.map((one) => one.name).join(", ")} after --record, not ${JSON.stringify(name)}`);
    process.exitCode = 2;
    return;
  }
  const { file, bytes } = await recordScene(scene);
  console.log(`${file}: ${Math.round(bytes / 1000)} kB`);
  report("recorded", [playScene(scene, readScene(file))]);
}

function report(name: string, played: readonly Played[]): void {
  if (played.length === 0) return;
  const late = played.filter(({ scene, noticedAfter }) => noticedAfter === undefined || noticedAfter > scene.withinSeconds);
  const all = played.flatMap(({ findings }) => findings);
  console.log(`\n${name}: ${played.length} scenes`);
  console.log(`  noticed in time: ${played.length - late.length} of ${played.length}`);
  for (const face of ["page", "metric", "mail", "archive"] as const) {
    const own = all.filter((one) => one.face === face);
    console.log(`  ${face}: ${own.filter(({ result }) => result === "right").length} of ${own.length} right`);
  }
  const right = played.filter(({ findings }) => findings.every(({ result }) => result === "right"));
  console.log(`  every face right: ${right.length} of ${played.length} scenes`);
  console.log(`  a wrong name said to be sure: ${all.filter(({ result }) => result === "wrong").length}`);
  for (const { scene, noticedAfter } of late)
    console.log(`  late: ${scene.name}: ${noticedAfter === undefined ? "never noticed" : `after ${noticedAfter} s`}`);
  for (const { scene, findings } of played)
    for (const finding of findings) if (values.verbose || finding.result !== "right") console.log(`  ${scene.name}: ${textOf(finding)}`);
}

function textOf({ face, second, named, result, sentence, truth }: Finding): string {
  const parts = truth
    .slice(0, 3)
    .map(([name, share]) => `${name} ${Math.round(share * 100)} %`)
    .join(", ");
  return `${result}, ${face} at ${second} s names ${named.join(" and ") || "nobody"}; truth: ${parts}\n      ${sentence}`;
}
