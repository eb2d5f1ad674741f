/** What `culprit once` prints for a person: figures, verdict, table. Pure. */
import { pressureResources } from "../model/snapshot.ts";
import { resourceNames } from "../model/spikeResource.ts";
import { figureText } from "../spikes/words.ts";
import { durationText, utcSpanText, utcText } from "../text.ts";
import { visible } from "../visible.ts";
import { renderTable } from "./onceTable.ts";
import { secondsText, verdictTexts } from "./onceVerdict.ts";
import type { DeviceUse, OnceFigures, OnceView } from "./onceView.ts";
import { createPaint, fill, type Paint, type Tone, wrap } from "./terminalText.ts";

interface ReportStyle {
  readonly colour: boolean;
  /** Cells of the terminal; left out where it is no terminal. */
  readonly width?: number;
  /** How far local time lies behind UTC, as Date says it; left out, the past is told in UTC alone. */
  readonly offsetMinutesAt?: (ms: number) => number;
}

const labelWidth = 10;
const usualWidth = 100;
const widestText = 120;
const barCells = 20;
const leastWidthForBars = 72;
const warningRatio = 0.75;
const badRatio = 0.9;
const badPressure = 0.4;

/** The whole report. */
export function renderOnce(view: OnceView, { colour, width, offsetMinutesAt = () => 0 }: ReportStyle): string {
  const paint = createPaint(colour);
  const textWidth = Math.min(width ?? usualWidth, widestText);
  const bars = colour && (width ?? 0) >= leastWidthForBars;
  const lines = [
    titleOf(view, paint, offsetMinutesAt),
    "",
    ...figureLines(view.figures, paint, bars),
    "",
    ...verdictTexts(view).flatMap(({ text, tone }) => paragraph(text, tone, paint, textWidth)),
    "",
    ...renderTable(view.lines, { paint, resource: view.judgement?.resource ?? view.strained, width }),
  ];
  return `${lines.join("\n")}\n`;
}

function titleOf({ hostname, takenAtMs, seconds, lookBack }: OnceView, paint: Paint, offsetMinutesAt: (ms: number) => number): string {
  const when = lookBack === undefined ? ` to ${utcText(takenAtMs)}` : ` of ${spanText(lookBack.fromMs, takenAtMs, offsetMinutesAt)}`;
  const length = lookBack === undefined ? secondsText(seconds) : durationText(seconds);
  return `${paint(visible(hostname), "strong")}${paint(`, ${length}${when}`, "quiet")}`;
}

/** The past, as a clock on the wall would have shown it, too. */
function spanText(fromMs: number, toMs: number, offsetMinutesAt: (ms: number) => number): string {
  const [from, to] = [fromMs, toMs].map((ms) => ms - offsetMinutesAt(ms) * 60_000) as [number, number];
  const local = from === fromMs && to === toMs ? "" : ` (${utcSpanText(from, to).replaceAll(" UTC", "")} local time)`;
  return `${utcSpanText(fromMs, toMs)}${local}`;
}

function figureLines({ load, cpu, tasks, memory, disks = [], fullestFilesystem, pressure }: OnceFigures, paint: Paint, bars: boolean) {
  const cores = cpu?.cores;
  const lines: string[] = [];
  const add = (label: string, ratio: number | undefined, parts: readonly string[], heat = ratio) => {
    if (parts.length > 0) lines.push(`${fill(label, labelWidth)}${bars ? `${barOf(ratio, heat, paint)}  ` : ""}${parts.join(", ")}`);
  };
  if (load !== undefined) {
    const perCore = cores === undefined ? undefined : load.load1 / cores;
    const heat = perCore === undefined ? undefined : heatOf(perCore, 1);
    const averages = [load.load1, load.load5, load.load15].map((one) => one.toFixed(2)).join(" ");
    const on = cores === undefined ? [] : [`on ${countText(cores, "core")}`];
    add("Load", perCore, [toned(averages, heat, paint), ...on, ...taskParts(tasks)], heat);
  }
  if (cpu?.usageRatio !== undefined) {
    const { usageRatio, peakUsageRatio, busyCores } = cpu;
    const busy =
      busyCores === undefined || cpu.cores === undefined ? [] : [`${busyCores.toFixed(2)} of ${countText(cpu.cores, "core")} busy`];
    const peak = peakUsageRatio === undefined ? [] : [`at most ${percentText(peakUsageRatio)}`];
    add("CPU", usageRatio, [toned(percentText(usageRatio), usageRatio, paint), ...busy, ...peak]);
  }
  if (memory !== undefined) {
    const { usageRatio, totalBytes, availableBytes, swapTotalBytes = 0, swapUsedBytes } = memory;
    const used =
      totalBytes === undefined || availableBytes === undefined
        ? []
        : [`${amount(totalBytes - availableBytes)} of ${amount(totalBytes)} used`];
    const swap = swapTotalBytes > 0 && swapUsedBytes !== undefined ? [`swap ${amount(swapUsedBytes)} of ${amount(swapTotalBytes)}`] : [];
    add("Memory", usageRatio, [toned(percentText(usageRatio), usageRatio, paint), ...used, ...swap]);
  }
  const [device] = disks;
  if (device !== undefined) add("Disk", device.busyRatio, deviceParts(device, disks.length, paint));
  if (fullestFilesystem !== undefined) {
    const { mountpoint, ratio } = fullestFilesystem;
    add("Fullest", ratio, [`${visible(mountpoint)} ${toned(percentText(ratio), ratio, paint)}`]);
  }
  const stalls = pressureResources.flatMap((resource) => {
    const some = pressure[resource]?.some;
    return some === undefined ? [] : [{ text: `${resourceNames[resource]} ${percentText(some)}`, some }];
  });
  if (stalls.length > 0) {
    const most = Math.max(...stalls.map(({ some }) => some));
    const texts = stalls.map(({ text, some }) => toned(text, heatOf(some, badPressure), paint));
    add("Pressure", most, [texts.join(", ")], heatOf(most, badPressure));
  }
  return lines;
}

function taskParts(tasks: OnceFigures["tasks"]): readonly string[] {
  const { running, uninterruptible } = tasks ?? {};
  return [
    ...(running === undefined ? [] : [`${running.toFixed(1)} tasks run`]),
    ...(uninterruptible === undefined || uninterruptible < 0.05 ? [] : [`${uninterruptible.toFixed(1)} wait in D`]),
  ];
}

function deviceParts({ device, readBytesPerSecond, writtenBytesPerSecond, busyRatio }: DeviceUse, count: number, paint: Paint) {
  const name = `${visible(device)}${count > 1 ? ` (busiest of ${count})` : ""}`;
  const busy = busyRatio === undefined ? name : `${name} ${toned(percentText(busyRatio), busyRatio, paint)} busy`;
  return [busy, `${amount(readBytesPerSecond)}/s read`, `${amount(writtenBytesPerSecond)}/s written`];
}

function paragraph(text: string, tone: Tone, paint: Paint, width: number): readonly string[] {
  return text === "" ? [] : wrap(visible(text), width).map((line) => paint(line, tone));
}

function barOf(ratio: number | undefined, heat: number | undefined, paint: Paint): string {
  if (ratio === undefined) return " ".repeat(barCells);
  const cells = Math.min(barCells, Math.max(0, Math.round(ratio * barCells)));
  return `${paint("█".repeat(cells), toneOf(heat ?? ratio))}${paint("░".repeat(barCells - cells), "quiet")}`;
}

function toned(text: string, ratio: number | undefined, paint: Paint): string {
  return ratio === undefined ? text : paint(text, toneOf(ratio));
}

/** How bad a figure is on the scale of the others, where `bad` is. */
function heatOf(value: number, bad: number): number {
  return (value / bad) * badRatio;
}

function toneOf(ratio: number): Tone {
  return ratio >= badRatio ? "bad" : ratio >= warningRatio ? "warning" : "good";
}

function percentText(ratio: number): string {
  return figureText(Math.round(ratio * 100) / 100, "ratio");
}

function amount(bytes: number): string {
  return bytes < 0.5 ? "0 B" : figureText(bytes, "bytes");
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
