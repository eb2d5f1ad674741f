/** Where the labels of a chart's horizontal lines stand, so that none lies on another. Pure. */
import type { ThresholdLine } from "./thresholds.ts";

/** A label with its place, in pixels from the top of the plot. */
interface LineLabel {
  readonly line: ThresholdLine;
  readonly y: number;
  readonly textY: number;
  readonly side: "left" | "right";
}

const textPixels = 11;

/** Places the labels; one that finds no room is left out, its line stays. The cores are named at the other end. */
export function placeLineLabels(lines: readonly (readonly [line: ThresholdLine, y: number])[], height: number): readonly LineLabel[] {
  const placed: LineLabel[] = [];
  // what fires is named first
  const byWeight = [...lines].sort(([a], [b]) => Number(b.firing) - Number(a.firing));
  for (const [line, y] of byWeight) {
    const side = line.kind === "cores" ? "left" : "right";
    const textY = [y - 3, y + textPixels].find(
      (at) =>
        at - textPixels >= 0 && at <= height && placed.every((other) => other.side !== side || Math.abs(other.textY - at) >= textPixels),
    );
    if (textY !== undefined) placed.push({ line, y, textY, side });
  }
  return placed;
}
