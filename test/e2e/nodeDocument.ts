import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";

/** How a family may differ from node_exporter's. */
export interface Difference {
  readonly family: RegExp;
  readonly kind: "missing" | "labels" | "values" | "newer";
  readonly why: string;
}

/** What docs/node.md promises. */
export interface NodeDocument {
  readonly offered: readonly string[];
  readonly differences: readonly Difference[];
  readonly notOffered: readonly { readonly collector: string; readonly why: string }[];
}

/** Reads the tables of docs/node.md. */
export function readNodeDocument(): NodeDocument {
  const text = readFileSync(join(packageRoot(), "docs", "node.md"), "utf8");
  const rows = (heading: string) => tableRows(text, heading);
  return {
    offered: rows("Collectors that are offered").map(([collector = ""]) => unquote(collector)),
    differences: rows("Differences").map(([family = "", kind = "", why = ""]) => {
      if (kind !== "missing" && kind !== "labels" && kind !== "values" && kind !== "newer")
        throw new Error(`docs/node.md: what kind of difference is "${kind}"?`);
      return { family: new RegExp(`^(?:${unquote(family)})$`), kind, why };
    }),
    notOffered: rows("Collectors that are not offered").map(([collector = "", why = ""]) => ({ collector: unquote(collector), why })),
  };
}

/** The cells of the first table below a heading, without its head. */
function tableRows(text: string, heading: string): string[][] {
  const section = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/node.md has no section "${heading}"`);
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function unquote(cell: string): string {
  return cell.replace(/^`|`$/g, "");
}
