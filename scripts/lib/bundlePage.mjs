/** Bundles the live page: one script and one style, named after their content, small enough to travel. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./project.mjs";

/** All of the page, packed, must stay below this. */
export const mostPackedBytes = 100_000;

/**
 * Writes the page's files into `<out>/src/page-assets`. The script ends in .mjs: what ends in .js there has to have a source beside it.
 *
 * @param {string} out the compiler's output folder
 * @returns {Promise<{ code: number, output: string, packedBytes: number }>}
 */
export async function bundlePage(out) {
  const { build } = await import("esbuild");
  const folder = join(out, "src", "page-assets");
  const { errors, outputFiles } = await build({
    entryPoints: { page: join(root, "src", "page", "view", "main.ts") },
    outdir: folder,
    entryNames: "[name]-[hash]",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome111", "firefox113", "safari16.4"],
    legalComments: "none",
    logLevel: "silent",
    write: false,
  }).catch((/** @type {import("esbuild").BuildFailure} */ failure) => ({ errors: failure.errors, outputFiles: [] }));
  if (errors.length > 0) {
    const output = errors.map(({ text, location }) => `${location?.file ?? "the page"}:${location?.line ?? 0}: ${text}\n`).join("");
    return { code: 1, output, packedBytes: 0 };
  }
  const packedBytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  if (packedBytes > mostPackedBytes) {
    return { code: 1, output: `the live page is ${packedBytes} bytes packed; expected at most ${mostPackedBytes}\n`, packedBytes };
  }
  mkdirSync(folder, { recursive: true });
  const names = new Set(outputFiles.map(({ path }) => path));
  await Promise.all(outputFiles.map(({ path, contents }) => writeWhole(path, contents)));
  for (const name of readdirSync(folder)) if (!names.has(join(folder, name))) rmSync(join(folder, name));
  return { code: 0, output: "", packedBytes };
}

/**
 * @param {string} path
 * @param {Uint8Array} contents
 */
async function writeWhole(path, contents) {
  const { rename, writeFile } = await import("node:fs/promises");
  await writeFile(`${path}.new`, contents);
  await rename(`${path}.new`, path);
}
