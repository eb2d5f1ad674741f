/** The self-contained archives. */
import { createWriteStream, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { runQuietly } from "../run.mjs";
import { must } from "./programs.mjs";

/**
 * Writes a folder as .tar.gz, the same bytes for the same content: sorted, everything root's, of one time.
 *
 * @param {string} tree the folder; its name is that of the archive's only folder
 * @param {string} name
 * @param {number} epochSeconds
 * @param {string} out
 */
export async function writeTarball(tree, name, epochSeconds, out) {
  const { pack } = await import("tar-stream");
  const tar = pack();
  const written = pipeline(tar, createGzip({ level: constants.Z_BEST_COMPRESSION }), createWriteStream(out));
  const common = { uid: 0, gid: 0, uname: "root", gname: "root", mtime: new Date(epochSeconds * 1000) };
  for (const path of ["", ...list(tree)]) {
    const stats = lstatSync(join(tree, path));
    const header = { ...common, name: join(name, path), mode: stats.mode & 0o777 };
    if (stats.isDirectory()) tar.entry({ ...header, mode: 0o755, type: "directory" });
    else if (stats.isSymbolicLink()) tar.entry({ ...header, type: "symlink", linkname: readlinkSync(join(tree, path)) });
    else tar.entry({ ...header, type: "file" }, readFileSync(join(tree, path)));
  }
  tar.finalize();
  await written;
}

/**
 * Writes a folder as .zip by the `tar` that Windows brings, which is bsdtar; elsewhere bsdtar must be installed.
 *
 * @param {string} parent
 * @param {string} name the folder below it
 * @param {string} out
 */
export async function writeZip(parent, name, out) {
  const bsdtar = process.platform === "win32" ? join(process.env.SystemRoot ?? "C:\\Windows", "System32", "tar.exe") : "bsdtar";
  await must("bsdtar", runQuietly(bsdtar, ["--format=zip", "-cf", out, "-C", parent, name]));
}

/** @param {string} folder @returns {string[]} all below it, folders before what they hold */
function list(folder, below = "") {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? [path, ...list(folder, path)] : [path];
    });
}
