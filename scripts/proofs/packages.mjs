/**
 * `npm run proof -- packages`: makes a release and installs each part of it where nothing of this project has ever been.
 *
 * Wants root, and of Debian: podman runc netavark mmdebstrap rpm rpmlint qemu-user-static. Base images are made of Debian's packages.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { carriedLine } from "../lib/nodeBinaries.mjs";
import { root } from "../lib/project.mjs";
import { must, requirePrograms } from "../lib/release/programs.mjs";
import { runQuietly } from "../lib/run.mjs";
import { proveArchive, proveArm64, proveNpmTarball } from "./packages/archives.mjs";
import { proveDeb } from "./packages/deb.mjs";
import { Machine } from "./packages/machine.mjs";
import { makeNextVersion } from "./packages/nextVersion.mjs";
import { proveRpm } from "./packages/rpm.mjs";

const needed = [
  { program: "podman", what: "containers", from: "apt-get install podman runc netavark" },
  { program: "mmdebstrap", what: "bare images", from: "apt-get install mmdebstrap" },
  { program: "rpm", what: "installing .rpm", from: "apt-get install rpm" },
  { program: "rpmlint", what: ".rpm", from: "apt-get install rpmlint" },
  { program: "qemu-aarch64-static", what: "arm64", from: "apt-get install qemu-user-static" },
];

/** @type {import("../lib/proofs.mjs").Proof} */
export const proof = {
  proves:
    "the npm tarball, the archives, .deb and .rpm install on bare Debian, run, scrape, capture, upgrade and go; the same commit gives the same bytes",
  async run({ args, folder, tell }) {
    requirePrograms(needed);
    assert.equal(process.getuid?.(), 0, "it must run as root");
    if (!args.includes("--keep-release")) await release(tell);
    const wanted = args.filter((arg) => !arg.startsWith("--"));
    const machine = await Machine.start(folder);
    try {
      const next = await makeNextVersion(join(folder, "next"));
      /** @type {readonly (readonly [string, () => Promise<string>])[]} */
      const parts = [
        ["deb", () => proveDeb(machine, next)],
        ["rpm", () => proveRpm(machine, next)],
        ["archive", () => proveArchive(machine)],
        ["npm", () => proveNpmTarball(machine)],
        ["arm64", () => proveArm64(folder)],
      ];
      const seen = [];
      for (const [name, prove] of parts) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        tell(`${name}...`);
        const said = await prove();
        tell(`${name}: ${said}`);
        seen.push(`${name}: ${said}`);
      }
      return [...seen, `Node ${carriedLine} inside; ${sizes()}`].join(". ");
    } finally {
      await machine.close();
    }
  },
};

/**
 * Twice, and the second must be what the first was.
 *
 * @param {(line: string) => void} tell
 */
async function release(tell) {
  const sums = [];
  for (const time of ["", ", again"]) {
    tell(`making the release${time}...`);
    await must("npm run release", runQuietly(process.execPath, [join(root, "scripts", "release.mjs")]));
    sums.push(readFileSync(join(root, "release", "SHA256SUMS"), "utf8"));
  }
  assert.equal(sums[1], sums[0], "a second release of the same commit has other bytes");
  await must("sha256sum", runQuietly("sh", ["-c", "cd release && sha256sum --check --strict SHA256SUMS"]));
}

function sizes() {
  const megabytes = (/** @type {string} */ name) => (readFileSync(join(root, "release", name)).length / 1e6).toFixed(1);
  const names = readdirSync(join(root, "release")).filter((name) => /\.(?:deb|rpm|gz|tgz)$/.test(name));
  return names.map((name) => `${name} ${megabytes(name)} MB`).join(", ");
}
