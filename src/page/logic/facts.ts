/** The facts of the machine, in the head of the page. Pure. */
import { durationText } from "../../text.ts";

/** What is known of it. */
interface MachineFacts {
  readonly cores: number | undefined;
  readonly bootTimeSeconds: number | undefined;
  /** A recording has been up at some time, which is no fact of now. */
  readonly live: boolean;
  readonly os: string;
  readonly kernel: string;
}

/** `4 cores · up 3 d 2 h · Linux 6.18`. */
export function machineFacts({ cores, bootTimeSeconds, live, os, kernel }: MachineFacts, nowMs: number): string {
  const minutes = bootTimeSeconds === undefined || !live ? undefined : Math.floor((nowMs / 1000 - bootTimeSeconds) / 60);
  return [
    cores === undefined ? "" : `${cores} ${cores === 1 ? "core" : "cores"}`,
    minutes === undefined ? "" : `up ${durationText(minutes * 60)}`,
    `${os} ${kernel}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
