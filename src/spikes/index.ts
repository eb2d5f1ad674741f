/** The door of this folder. */
export { createJudge, type Judge, type JudgedTick, type JudgeOptions } from "./judge.ts";
export type { Judgement } from "./judgement.ts";
export { whoText } from "./sentence.ts";
export { createSpikes, type SpikeFigures, type Spikes, type SpikesOptions, type Strained, spikeResources } from "./spikes.ts";
export { alertDelayMs, hasEnded, type Named, rankSpikes, type Subject, subjectOf } from "./subject.ts";
export { figureText, lineText } from "./words.ts";
