/** Sizes as `512MiB`, `2GiB`, `100MB` or plain bytes. MiB counts in 1024, MB in 1000. */

const pattern = /^(\d+(?:\.\d+)?) ?(?:([kmgt])(i?))?b?$/i;
const powers = "kmgt";

/** Bytes of a written size; `undefined` when it is none. */
export function parseSizeBytes(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, number = "", prefix = "", binary = ""] = match;
  const power = prefix === "" ? 0 : powers.indexOf(prefix.toLowerCase()) + 1;
  const bytes = Number(number) * (binary === "" ? 1000 : 1024) ** power;
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : undefined;
}

/** The shortest exact way to write a size in binary units. */
export function formatSize(bytes: number): string {
  for (const [unit, power] of [
    ["TiB", 4],
    ["GiB", 3],
    ["MiB", 2],
    ["KiB", 1],
  ] as const) {
    if (bytes >= 1024 ** power && bytes % 1024 ** power === 0) return `${bytes / 1024 ** power}${unit}`;
  }
  return `${bytes}B`;
}
