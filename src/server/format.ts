/** Figures and times for people. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A size such as `1.4 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

/** A moment as `2026-11-21 10:00:00Z`. */
export function formatTime(atMs: number): string {
  const time = new Date(atMs);
  return Number.isNaN(time.getTime()) ? "unknown" : `${time.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** Columns of text, each as wide as its widest cell; the last is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
