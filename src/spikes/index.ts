/** The door of this folder. */
export { createJudge, type Judge, type JudgedTick, type JudgeOptions } from "./judge.ts";
export type { Judgement } from "./judgement.ts";
export { resourceNamed } from "./named.ts";
export { createSpikes, type SpikeFigures, type Spikes, type SpikesOptions, spikeResources } from "./spikes.ts";
export { figureText, lineText } from "./words.ts";
