import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ProcRoot } from "../../src/procfs/root.ts";
import { fixturePath } from "./paths.ts";

type Files = Readonly<Record<string, string>>;

/** A recorded machine, laid out as files; it moves on when a test says so. */
export class FixtureMachine {
  readonly root: ProcRoot;
  readonly #directory: string;
  readonly #ticks: readonly Files[];
  #shown: Files = {};

  /** Lays out the first recorded tick of test/fixtures/<name>.json. */
  constructor(name = "debian12-2cpu") {
    this.#directory = mkdtempSync(join(tmpdir(), "culprit-fixture-"));
    this.root = { procfs: join(this.#directory, "proc"), sysfs: join(this.#directory, "sys"), rootfs: fixturePath("rootfs") };
    this.#ticks = (JSON.parse(readFileSync(fixturePath(`${name}.json`), "utf8")) as { ticks: Files[] }).ticks;
    this.show(0);
  }

  /** Lays out another recorded tick, with changes of the test's own: undefined takes a file away. */
  show(tick: number, changes: Readonly<Record<string, string | undefined>> = {}): void {
    const files: Record<string, string> = { ...this.#ticks[tick] };
    for (const [path, content] of Object.entries(changes)) {
      if (content === undefined) delete files[path];
      else files[path] = content;
    }
    for (const path of Object.keys(this.#shown)) {
      const gone = /^\d+\//.test(path) && !Object.keys(files).some((other) => other.startsWith(`${path.split("/")[0]}/`));
      if (gone) rmSync(join(this.root.procfs, path.split("/")[0] ?? ""), { recursive: true, force: true });
      else if (!(path in files)) rmSync(join(this.root.procfs, path), { force: true });
    }
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    this.#shown = files;
  }

  /** Writes one file below /proc in place, so that a descriptor that is open on it sees the new text, as in life. */
  write(path: string, content: string): void {
    const absolute = join(this.root.procfs, path);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, Buffer.from(content, "latin1"));
  }

  /** What a recorded tick says at a path. */
  recorded(tick: number, path: string): string {
    const content = this.#ticks[tick]?.[path];
    if (content === undefined) throw new Error(`the fixture has no ${path} in tick ${tick}`);
    return content;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
