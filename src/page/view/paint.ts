/** What is painted on a chart's canvas besides its series: bands, what is not recorded, thresholds, the pinned moment. */
import type uPlot from "uplot";
import type { Frame } from "../logic/frame.ts";
import type { Stretch } from "../logic/range.ts";
import type { ThresholdLine } from "../logic/thresholds.ts";
import type { Theme } from "./theme.ts";

/** What is painted. */
export interface Overlay {
  readonly frame: Frame;
  readonly stretch: Stretch;
  readonly bands: readonly (Stretch & { readonly strong: boolean })[];
  readonly lines: readonly ThresholdLine[];
  readonly pinnedMs: number | undefined;
}

/** Below the series. */
export function paintBehind(plot: uPlot, { frame, stretch, bands }: Overlay, theme: Theme): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = theme.void;
  for (const { fromMs, toMs } of unrecorded(frame, stretch)) fillSpan(plot, fromMs, toMs);
  ctx.fillStyle = theme.accentSoft;
  for (const { fromMs, toMs, strong } of bands) {
    ctx.globalAlpha = strong ? 1 : 0.35;
    fillSpan(plot, fromMs, toMs);
  }
  ctx.restore();

  function fillSpan({ valToPos }: uPlot, fromMs: number, toMs: number): void {
    const left = Math.max(bbox.left, valToPos(fromMs, "x", true));
    const right = Math.min(bbox.left + bbox.width, valToPos(toMs, "x", true));
    if (right > left) ctx.fillRect(left, bbox.top, Math.max(right - left, 1), bbox.height);
  }
}

/** Above them. */
export function paintOver(plot: uPlot, { lines, pinnedMs }: Overlay, theme: Theme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.font = `${10 * ratio}px system-ui, sans-serif`;
  for (const { value, label, firing, kind } of lines) {
    const y = Math.round(plot.valToPos(value, "y", true)) + 0.5;
    if (y < bbox.top - 1 || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = ctx.fillStyle = firing ? theme.accent : kind === "cores" ? theme.quiet : theme.threshold;
    ctx.setLineDash(kind === "cores" ? [] : [5 * ratio, 4 * ratio]);
    line(bbox.left, y, bbox.left + bbox.width, y);
    const isHigh = y - bbox.top < 14 * ratio;
    // two lines may lie on each other: the cores are named at the other end
    ctx.textAlign = kind === "cores" ? "left" : "right";
    ctx.fillText(
      label,
      kind === "cores" ? bbox.left + 4 * ratio : bbox.left + bbox.width - 4 * ratio,
      isHigh ? y + 11 * ratio : y - 3 * ratio,
    );
  }
  if (pinnedMs !== undefined) {
    const x = Math.round(plot.valToPos(pinnedMs, "x", true)) + 0.5;
    ctx.setLineDash([]);
    ctx.strokeStyle = theme.accent;
    if (x >= bbox.left && x <= bbox.left + bbox.width) line(x, bbox.top, x, bbox.top + bbox.height);
  }
  ctx.restore();

  function line(fromX: number, fromY: number, toX: number, toY: number): void {
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.lineTo(toX, toY);
    ctx.stroke();
  }
}

/** The parts of a stretch of which nothing is recorded. */
function* unrecorded(frame: Frame, { fromMs, toMs }: Stretch): Iterable<Stretch> {
  let since: number | undefined = fromMs;
  for (const [slot, startMs] of frame.times.entries()) {
    if (frame.isRecorded(slot)) {
      if (since !== undefined && startMs > since) yield { fromMs: since, toMs: startMs };
      since = undefined;
    } else since ??= startMs;
  }
  // the newest second is always on its way
  const endMs = frame.length === 0 ? fromMs : frame.toMs;
  if (since !== undefined) yield { fromMs: since, toMs };
  else if (toMs - endMs > 3000) yield { fromMs: endMs, toMs };
}
