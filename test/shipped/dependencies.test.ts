import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (name: string) => readFileSync(join(packageRoot(), name), "utf8");
const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
const locked = (JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> }).packages;
const text = read("docs/dependencies.md");
/** Those that an installation without development brings. */
const installed = Object.entries(locked).filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true);
const rows = new Map([...text.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name = "", licence = ""]) => [name, licence.trim()]));

describe("docs/dependencies.md", () => {
  it("has a line for every package that package.json names, with its licence, and for no other", () => {
    const named = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})];
    assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(named.map((name) => [name, locked[`node_modules/${name}`]?.license])));
  });

  it("lists all licences of what an installation brings", () => {
    const licences = [...new Set(installed.map(([, { license }]) => license ?? "none"))].sort();
    const listed = /An installation brings packages under (.+), and nothing else\./
      .exec(text)?.[1]
      ?.split(/, | and /)
      .sort();
    assert.deepEqual(licences, listed);
  });

  it("names the only package with a script at installation, and that script is not needed: what it fetches is a package of its own", () => {
    const scripted = Object.entries(locked).flatMap(([path, { hasInstallScript }]) => (hasInstallScript === true ? [path] : []));
    assert.deepEqual(scripted, ["node_modules/esbuild"]);
    assert.match(text, /only esbuild has one/);
    assert.ok(Object.keys(locked).includes(`node_modules/@esbuild/linux-x64`));
    // this checkout was installed without scripts, or at least works as one that was
    const program = join(packageRoot(), "node_modules", "@esbuild", `${process.platform}-${process.arch}`, "bin", "esbuild");
    assert.match(execFileSync(program, ["--version"], { encoding: "utf8" }), /^\d+\./);
  });

  it("is right that nothing that runs needs a script at installation", () => {
    assert.deepEqual(
      installed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path),
      [],
    );
  });
});
