/** What the archives and packages look like inside, as folders on disk. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../project.mjs";

/** @typedef {import("./program.mjs").Program} Program */
/** @typedef {import("../nodeBinaries.mjs").NodeBinary} NodeBinary */

/** Where packages have the program. */
const home = "usr/lib/culprit";

/**
 * An archive's folder: the command, its Node, the program, and what people read.
 *
 * @param {string} tree
 * @param {Program} program
 * @param {NodeBinary} node
 * @param {"culprit" | "culprit.cmd"} command
 */
export function makeArchiveTree(tree, program, node, command) {
  placeProgram(tree, program, node, command);
  cpSync(program.beside, tree, { recursive: true });
}

/**
 * The root file system of a package: what .deb and .rpm have in common.
 *
 * @param {string} tree
 * @param {Program} program
 * @param {NodeBinary} node
 * @param {string} licence where this kind of package has it
 */
export function makePackageTree(tree, program, node, licence) {
  placeProgram(join(tree, home), program, node, "culprit");
  const docs = join(tree, "usr/share/doc/culprit");
  cpSync(program.beside, docs, { recursive: true, filter: (path) => path !== join(program.beside, "LICENSE") });
  copy(join(program.beside, "LICENSE"), join(tree, licence));
  copy(join(root, "systemd", "culprit.yml"), join(tree, "etc/culprit/culprit.yml"));
  write(join(tree, "usr/lib/systemd/system/culprit.service"), packagedUnit(readFileSync(join(root, "systemd", "culprit.service"), "utf8")));
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  symlinkSync("../lib/culprit/culprit", join(tree, "usr/bin/culprit"));
}

/**
 * The shipped unit with the command of the package in place of Node and a checkout.
 *
 * @param {string} unit
 * @returns {string}
 */
export function packagedUnit(unit) {
  const packaged = unit
    .replace(
      /^# Culprit as a service of systemd\..*\n/,
      "# Culprit as a service of systemd. Changes go into a drop-in: systemctl edit culprit\n",
    )
    .replace(/^Documentation=.*$/m, "Documentation=file:///usr/share/doc/culprit/docs/deploy.md")
    .replace(/^ExecStart=\/usr\/bin\/env node .*\/opt\/culprit\/dist\/src\/main\.js /m, "ExecStart=/usr/bin/culprit ");
  if (packaged.includes("/opt/") || !packaged.includes("ExecStart=/usr/bin/culprit ")) {
    throw new Error("systemd/culprit.service does not start Culprit as scripts/lib/release/tree.mjs expects");
  }
  return packaged;
}

/**
 * Modes and times that do not depend on who builds, where and when: programs are those that say so in their first bytes.
 *
 * @param {string} tree
 * @param {number} epochSeconds
 */
export function settle(tree, epochSeconds) {
  for (const entry of readdirSync(tree, { withFileTypes: true })) {
    const path = join(tree, entry.name);
    if (entry.isDirectory()) settle(path, epochSeconds);
    if (!entry.isSymbolicLink()) chmodSync(path, entry.isDirectory() || isProgram(path) ? 0o755 : isPrivate(path) ? 0o640 : 0o644);
    lutimesSync(path, epochSeconds, epochSeconds);
  }
}

/** @param {string} path */
function isPrivate(path) {
  return path.endsWith("/etc/culprit/culprit.yml");
}

/** @param {string} path */
function isProgram(path) {
  const start = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  return start.toString("latin1", 0, 2) === "#!" || start.toString("latin1") === "\x7fELF";
}

/**
 * @param {string} folder
 * @param {Program} program
 * @param {NodeBinary} node
 * @param {"culprit" | "culprit.cmd"} command
 */
function placeProgram(folder, program, node, command) {
  cpSync(program.app, join(folder, "app"), { recursive: true });
  copy(node.path, join(folder, "node", command === "culprit" ? "node" : "node.exe"));
  if (node.license !== undefined) copy(node.license, join(folder, "node", "LICENSE"));
  copy(join(root, "deploy", "packages", command), join(folder, command));
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
