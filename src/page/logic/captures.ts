/** Captures that are being made, and archives, in words. Pure. */

import type { PendingCapture } from "../../api/archiveAnswers.ts";
import type { CaptureOrigin, JoinedAlert } from "../../model/capture.ts";
import { defined } from "../../model/defined.ts";
import { durationText } from "../../text.ts";
import type { Times } from "./format.ts";

/** Why it is made: who asked, and what for. */
export function captureWhy({
  origin,
  name,
  reason,
}: {
  readonly origin: CaptureOrigin;
  readonly name: string;
  readonly reason?: string;
}): string {
  if (origin === "crash") return "the run before had no orderly end";
  if (origin !== "manual") return `${origin}: ${name}`;
  return reason === undefined ? "by hand" : `by hand: ${reason}`;
}

/** How many alerts have joined: ` 2 alerts joined`; empty where none has. */
export function joinedCount({ length }: readonly JoinedAlert[] = []): string {
  return length === 0 ? "" : ` ${length === 1 ? "1 alert" : `${length} alerts`} joined`;
}

/** An alert that joined, in a line: what sets it apart, since when, and what was judged of it. */
export function joinedLine({ name, labels, fingerprint, onsetMs, firstAtMs, judged }: JoinedAlert, times: Times): string {
  const others = Object.entries(labels).filter(([label]) => label !== "alertname");
  const what = others.map(([label, value]) => `${label}=${value}`).join(", ");
  const since = `since ${times.moment(onsetMs ?? firstAtMs)}`;
  return `${name}${what === "" ? "" : ` (${what})`}, ${since}, ${fingerprint}${judged === undefined ? "" : `: ${judged}`}`;
}

/** How far a capture is, with how much of it is done, 0..1; without a part as long as nobody can tell. */
export function captureProgress(
  request: PendingCapture,
  pending: readonly PendingCapture[],
  nowMs: number,
): { readonly text: string; readonly part?: number } {
  const seconds = durationText((nowMs - request.requestedAtMs) / 1000);
  if (request.state === "waiting") {
    const ahead = pending.findIndex(({ id }) => id === request.id);
    return { text: `Waiting behind ${ahead} ${ahead === 1 ? "other" : "others"}, for ${seconds}` };
  }
  const { progress } = request;
  if (progress === undefined) return { text: `Beginning, for ${seconds}` };
  const { step, done, of } = progress;
  return defined({ text: `${step}, for ${seconds}`, part: of > 0 ? done / of : undefined });
}

/** How a capture stands that was asked for here; `isAsking`: whether it is among those that are made is about to be told. */
export function captureStand(
  id: string,
  pending: readonly Pick<PendingCapture, "id">[],
  archives: readonly { readonly id: string }[],
  isAsking: boolean,
): "making" | "ready" | "unknown" | "failed" {
  if (pending.some((one) => one.id === id)) return "making";
  if (archives.some((one) => one.id === id)) return "ready";
  return isAsking ? "unknown" : "failed";
}
