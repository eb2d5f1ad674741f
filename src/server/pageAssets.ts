/** The live page's script and style, as the build has made them: their names hold a hash of their content. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** One file, as it is sent. */
export interface PageAsset {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly packed: Buffer;
}

/** What the page is made of; undefined where it was not built. */
export interface PageAssets {
  readonly script: PageAsset;
  readonly style: PageAsset;
}

const types: Readonly<Record<string, string>> = { mjs: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" };

/** Beside the compiled sources. */
function pageAssetsDirectory(): string {
  return fileURLToPath(new URL("../page-assets/", import.meta.url));
}

/** Reads and packs them once. */
export function readPageAssets(directory = pageAssetsDirectory()): PageAssets | undefined {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const [script, style] = ["mjs", "css"].map((ending) => {
    const name = names.find((one) => one.endsWith(`.${ending}`));
    return name === undefined ? undefined : readAsset(directory, name, types[ending] ?? "");
  });
  return script === undefined || style === undefined ? undefined : { script, style };
}

function readAsset(directory: string, name: string, type: string): PageAsset {
  const bytes = readFileSync(join(directory, name));
  return { name, type, bytes, packed: gzipSync(bytes, { level: 9 }) };
}
