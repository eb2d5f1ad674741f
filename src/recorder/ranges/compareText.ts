/** What differs, in a sentence for each resource. Pure. */
import { groupName, isNamed } from "../../model/group.ts";
import { type FigureUnit, type ResourceKey, resourceFigure } from "../../model/usage.ts";
import { listText, shortBytesText, wholePercent } from "../../text.ts";
import type { ComparedLine } from "./compared.ts";

const leastShareToTell = 0.2;
const mostTold = 3;

/** `CPU: 1.9 cores, 1.2 cores more than before: dd is new (0.9 cores, 71 %).` */
export function differenceText(
  resource: ResourceKey,
  { later, difference }: { readonly later: number; readonly difference: number },
  lines: readonly ComparedLine[],
  least: number,
): string {
  const { title, unit } = resourceFigure(resource);
  const name = `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
  const told = lines.filter(isNamed).slice(0, mostTold);
  if (Math.abs(difference) < least) {
    if (told.length === 0) return `${name}: ${amountText(later, unit)}, as before.`;
    return `${name}: ${amountText(later, unit)}, as before, but of others: ${listText(told.map((line) => changeText(line, unit)))}.`;
  }
  const head = `${name}: ${amountText(later, unit)}, ${amountText(Math.abs(difference), unit)} ${difference > 0 ? "more" : "less"} than before`;
  const main = told.filter(({ share = 0 }) => share >= leastShareToTell);
  if (main.length === 0 && told.length > 0 && told.every(({ share }) => share === undefined))
    return `${head}, and more than that has changed hands: ${listText(told.map((line) => changeText(line, unit)))}.`;
  if (main.length === 0) return `${head}; no single one has ${wholePercent(leastShareToTell)} % of that.`;
  return `${head}: ${listText(main.map((line) => changeText(line, unit)))}.`;
}

/** `` `dd` is new (1.2 cores, 71 %) ``, `` `nginx` has 0.3 cores more ``. */
function changeText(line: ComparedLine, unit: FigureUnit): string {
  const { change, difference, share } = line;
  const by = amountText(Math.abs(difference), unit);
  const part = share === undefined || share < 0 ? "" : `${Math.round(share * 100)} %`;
  const name = `\`${groupName(line)}\``;
  if (change === "new" || change === "gone") return `${name} is ${change} (${[by, part].filter(Boolean).join(", ")})`;
  return `${name} has ${by} ${change}${part === "" ? "" : ` (${part})`}`;
}

/** `1.2 cores`, `210 MB/s`, `3 tasks`. */
function amountText(value: number, unit: FigureUnit): string {
  switch (unit) {
    case "bytes":
      return shortBytesText(value);
    case "bytesPerSecond":
      return `${shortBytesText(value)}/s`;
    case "ratio":
      return `${wholePercent(value)} %`;
    case "cores":
    case "tasks": {
      const shown = Number(value.toFixed(value < 9.95 ? 2 : 1));
      return `${shown} ${shown === 1 ? unit.slice(0, -1) : unit}`;
    }
    case "load":
    case "loadPerCore":
      return String(Number(value.toFixed(2)));
  }
}
