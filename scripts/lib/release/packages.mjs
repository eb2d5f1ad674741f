/** .deb by dpkg-deb, .rpm by rpmbuild: each system's own tool, both of which Debian and Ubuntu have as packages. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../project.mjs";
import { runQuietly } from "../run.mjs";
import { must } from "./programs.mjs";
import { makePackageTree, settle } from "./tree.mjs";

/** @typedef {import("./program.mjs").Program} Program */
/** @typedef {import("../nodeBinaries.mjs").NodeBinary} NodeBinary */

const descriptions = join(root, "deploy", "packages");

/**
 * @param {object} job
 * @param {string} job.work an empty folder
 * @param {Program} job.program
 * @param {NodeBinary} job.node
 * @param {"amd64" | "arm64"} job.architecture
 * @param {number} job.epochSeconds
 * @param {string} job.out the folder of the package
 */
export async function buildDeb({ work, program, node, architecture, epochSeconds, out }) {
  const tree = join(work, "deb");
  makePackageTree(tree, program, node, "usr/share/doc/culprit/copyright");
  const installedKib = Math.ceil(sizeOf(tree) / 1024);
  const control = join(tree, "DEBIAN");
  cpSync(join(descriptions, "deb"), control, { recursive: true });
  fill(join(descriptions, "deb", "control"), join(control, "control"), {
    VERSION: program.version,
    ARCHITECTURE: architecture,
    INSTALLED_KIB: String(installedKib),
  });
  writeFileSync(join(control, "conffiles"), "/etc/culprit/culprit.yml\n");
  settle(tree, epochSeconds);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) };
  const file = join(out, `culprit_${program.version}_${architecture}.deb`);
  // xz is what every dpkg knows; a higher level takes three times as long for a twentieth
  await must("dpkg-deb", runQuietly("dpkg-deb", ["--root-owner-group", "-Zxz", "-z1", "--build", tree, file], env));
}

/**
 * @param {object} job
 * @param {string} job.work an empty folder
 * @param {Program} job.program
 * @param {NodeBinary} job.node
 * @param {"x86_64" | "aarch64"} job.architecture
 * @param {number} job.epochSeconds
 * @param {string} job.out the folder of the package
 */
export async function buildRpm({ work, program, node, architecture, epochSeconds, out }) {
  const tree = join(work, "tree");
  makePackageTree(tree, program, node, "usr/share/licenses/culprit/LICENSE");
  settle(tree, epochSeconds);
  const spec = join(work, "culprit.spec");
  fill(join(descriptions, "culprit.spec"), spec, {
    VERSION: program.version.replaceAll("-", "~"),
    TREE: tree,
    DATE: changelogDate(epochSeconds),
  });
  const top = join(work, "rpmbuild");
  mkdirSync(top);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) };
  const target = `--target=${architecture}-linux`;
  await must("rpmbuild", runQuietly("rpmbuild", ["-bb", "--quiet", `--define=_topdir ${top}`, target, spec], env));
  const folder = join(top, "RPMS", architecture);
  for (const name of readdirSync(folder)) renameSync(join(folder, name), join(out, name));
}

/**
 * @param {string} from
 * @param {string} to
 * @param {Readonly<Record<string, string>>} values for what stands between @
 */
function fill(from, to, values) {
  const text = readFileSync(from, "utf8").replace(/@([A-Z_]+)@/g, (all, name) => values[name] ?? all);
  writeFileSync(to, text);
}

/** @param {number} epochSeconds @returns {string} as a changelog of RPM has it: Sun Nov 29 2026 */
function changelogDate(epochSeconds) {
  return new Date(epochSeconds * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) .*$/, "$1 $3 $2 $4");
}

/** @param {string} folder @returns {number} bytes of all files below it */
function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(path) : entry.isFile() ? statSync(path).size : 0);
  }, 0);
}
