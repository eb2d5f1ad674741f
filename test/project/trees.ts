import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../support/paths.ts";

/** Small projects in temporary folders, for tests of what watches over this one. */
export class Trees {
  readonly #made: string[] = [];

  /** A new folder with these files. */
  make(files: Readonly<Record<string, string>>): string {
    const root = mkdtempSync(join(tmpdir(), "culprit-project-"));
    this.#made.push(root);
    writeTree(root, files);
    return root;
  }

  /** The same with this project's scripts in it and, unless it is to be installed, this project's node_modules. */
  makeWithScripts(files: Readonly<Record<string, string>>, modules: "linked" | "none"): string {
    const root = this.make(files);
    cpSync(join(packageRoot(), "scripts"), join(root, "scripts"), { recursive: true });
    if (modules === "linked") symlinkSync(join(packageRoot(), "node_modules"), join(root, "node_modules"));
    return root;
  }

  /** To be called after the tests. */
  remove(): void {
    for (const root of this.#made.splice(0)) rmSync(root, { recursive: true, force: true });
  }
}

/** Writes files below a folder. */
export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** What imports.mjs and rules.mjs find. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Loads a script of this project; scripts are not compiled, so a plain import would look for them in dist/. */
export async function importScript<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(join(packageRoot(), "scripts", name)).href)) as Module;
}

/** Problems as a person reads them. */
export function asLines(problems: readonly Problem[]): string[] {
  return problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
}
