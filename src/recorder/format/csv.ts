/** CSV after RFC 4180, that a spreadsheet may open without running anything. */

/** A cell; what is not known is empty. */
type Cell = string | number | undefined;

/** One record with its line end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  // a process may call itself `=HYPERLINK(...)`, and spreadsheets run what begins so
  const inert = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
