/** What is painted on a chart's canvas besides its series: bands, what is not recorded, layers, thresholds, the pinned moment. */
import type uPlot from "uplot";
import type { Frame } from "../logic/frame.ts";
import { placeLineLabels } from "../logic/lineLabels.ts";
import { unrecorded } from "../logic/notes.ts";
import type { Stretch } from "../logic/range.ts";
import type { Layer } from "../logic/stack.ts";
import type { ThresholdLine } from "../logic/thresholds.ts";
import type { Theme } from "./theme.ts";

/** A layer as it is painted. */
export interface PaintedLayer extends Layer {
  readonly colour: string;
  /** Another one is pointed at or pinned. */
  readonly isFaint: boolean;
}

/** What is painted. */
export interface Overlay {
  readonly frame: Frame;
  readonly stretch: Stretch;
  readonly isLoading: boolean;
  readonly layers: readonly PaintedLayer[];
  readonly bands: readonly (Stretch & { readonly strong: boolean })[];
  readonly lines: readonly ThresholdLine[];
  readonly pinnedMs: number | undefined;
}

/** Below the series. */
export function paintBehind(plot: uPlot, { frame, stretch, isLoading, bands }: Overlay, theme: Theme): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = theme.void;
  for (const { fromMs, toMs } of unrecorded({ frame, stretch, isLoading })) fillSpan(plot, fromMs, toMs);
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

/** Between the grid and the series: each layer from the top of the one below it. */
export function paintLayers(plot: uPlot, { frame, layers }: Overlay): void {
  const { ctx, bbox } = plot;
  const xOf = (ms: number) => plot.valToPos(ms, "x", true);
  const yOf = (value: number) => plot.valToPos(value, "y", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [index, { tops, colour, isFaint }] of layers.entries()) {
    const under = layers[index - 1]?.tops;
    ctx.fillStyle = colour;
    ctx.globalAlpha = isFaint ? 0.25 : 0.85;
    let start: number | undefined;
    for (let slot = 0; slot <= tops.length; slot++) {
      const isKnown = slot < tops.length && tops[slot] !== null && tops[slot] !== undefined;
      if (isKnown) start ??= slot;
      else if (start !== undefined) {
        fillRun(tops, under, start, slot);
        start = undefined;
      }
    }
  }
  ctx.restore();

  /** The slots from `start` up to `end`; the last one as wide as it is long, or a lone one could not be seen. */
  function fillRun(tops: Layer["tops"], under: Layer["tops"] | undefined, start: number, end: number): void {
    ctx.beginPath();
    for (let slot = start; slot < end; slot++) ctx.lineTo(xOf(frame.times[slot] ?? 0), yOf(tops[slot] ?? 0));
    const endX = xOf((frame.times[end - 1] ?? 0) + frame.stepMs);
    ctx.lineTo(endX, yOf(tops[end - 1] ?? 0));
    ctx.lineTo(endX, yOf(under?.[end - 1] ?? 0));
    for (let slot = end - 1; slot >= start; slot--) ctx.lineTo(xOf(frame.times[slot] ?? 0), yOf(under?.[slot] ?? 0));
    ctx.fill();
  }
}

/** Above them. */
export function paintOver(plot: uPlot, { lines, pinnedMs }: Overlay, theme: Theme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.font = `${10 * ratio}px system-ui, sans-serif`;
  const placed: (readonly [ThresholdLine, number])[] = [];
  for (const one of lines) {
    const y = Math.round(plot.valToPos(one.value, "y", true)) + 0.5;
    if (y < bbox.top - 1 || y > bbox.top + bbox.height) continue;
    colourFor(one);
    ctx.setLineDash(one.kind === "cores" ? [] : [5 * ratio, 4 * ratio]);
    line(bbox.left, y, bbox.left + bbox.width, y);
    placed.push([one, (y - bbox.top) / ratio]);
  }
  for (const { line: one, textY, side } of placeLineLabels(placed, bbox.height / ratio)) {
    const x = side === "left" ? bbox.left + 4 * ratio : bbox.left + bbox.width - 4 * ratio;
    const y = bbox.top + textY * ratio;
    ctx.textAlign = side;
    // over the layers it could not be read
    ctx.fillStyle = theme.card;
    ctx.globalAlpha = 0.75;
    const width = ctx.measureText(one.label).width;
    ctx.fillRect(side === "left" ? x - 2 : x - width - 2, y - 9 * ratio, width + 4, 12 * ratio);
    ctx.globalAlpha = 1;
    colourFor(one);
    ctx.fillText(one.label, x, y);
  }
  if (pinnedMs !== undefined) {
    const x = Math.round(plot.valToPos(pinnedMs, "x", true)) + 0.5;
    ctx.setLineDash([]);
    ctx.strokeStyle = theme.accent;
    if (x >= bbox.left && x <= bbox.left + bbox.width) line(x, bbox.top, x, bbox.top + bbox.height);
  }
  ctx.restore();

  function colourFor({ firing, kind }: ThresholdLine): void {
    ctx.strokeStyle = ctx.fillStyle = firing ? theme.accent : kind === "cores" ? theme.quiet : theme.threshold;
  }

  function line(fromX: number, fromY: number, toX: number, toY: number): void {
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.lineTo(toX, toY);
    ctx.stroke();
  }
}
