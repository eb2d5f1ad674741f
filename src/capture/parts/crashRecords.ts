/**
 * `pstore/*`: what a kernel that crashed left behind for the next boot, in the firmware's memory or where systemd has put it since.
 *
 * Source: Documentation/admin-guide/pstore-blk.rst and systemd-pstore.service(8). Reading asks a driver, so a helper does it.
 */
import { join } from "node:path";
import type { ProcRoot } from "../../procfs/root.ts";
import type { Redactor } from "../../redact/redactor.ts";
import type { ListedEntry } from "../../slowReads/protocol.ts";
import { askAll, type SlowReads } from "../../slowReads/slowReads.ts";
import { answerReading } from "../culprits/readings.ts";
import { textContent } from "../making/content.ts";
import type { NowPart, PartFile } from "../making/part.ts";

const mostFiles = 20;
const mostEntries = 200;
const mostBytes = 256 * 1024;
const limitSeconds = 5;

interface Found {
  readonly path: string;
  /** Its name inside the archive. */
  readonly name: string;
}

/** The files, in the archive of a crash; nothing in all others. */
export function crashRecordsPart({ sysfs, rootfs }: ProcRoot, reads: SlowReads, redactor: Redactor): NowPart {
  const kept = join(rootfs, "var/lib/systemd/pstore");
  return {
    name: "pstore",
    when: "now",
    async run({ request }) {
      if (request.origin !== "crash") return [];
      const fresh = await list(reads, join(sysfs, "fs/pstore"));
      const moved = await list(reads, kept);
      const nested = await Promise.all(
        folders(moved.entries).map(async (folder) => (await list(reads, join(kept, folder))).entries.map(([name]) => `${folder}/${name}`)),
      );
      const found: readonly Found[] = [
        ...files(fresh.entries).map((name) => ({ path: join(sysfs, "fs/pstore", name), name })),
        ...[...files(moved.entries), ...nested.flat()].map((name) => ({ path: join(kept, name), name: name.replaceAll("/", "-") })),
      ];
      if (found.length === 0) return [{ name: "pstore", result: "missing", reason: fresh.missing ?? "the kernel has left nothing behind" }];
      return readAllOf(reads, found.slice(-mostFiles), redactor);
    },
  };
}

async function readAllOf(reads: SlowReads, found: readonly Found[], redactor: Redactor): Promise<readonly PartFile[]> {
  const answers = await askAll(
    reads,
    found.map(({ path }) => ({ path, operation: "read", most: mostBytes })),
    limitSeconds,
  );
  return found.map(({ name: file }, index) => {
    const { value, missing } = answerReading(answers[index], (bytes) => bytes.toString());
    const name = `pstore/${file}`;
    return value === undefined ? { name, result: "missing", reason: missing } : { name, content: textContent(redactor.text(value)) };
  });
}

async function list(reads: SlowReads, path: string): Promise<{ readonly entries: readonly ListedEntry[]; readonly missing?: string }> {
  const [answer] = await askAll(reads, [{ path, operation: "list", most: mostEntries }], limitSeconds);
  const { value, missing } = answerReading(answer, (bytes) => JSON.parse(bytes.toString()) as ListedEntry[]);
  return value === undefined ? { entries: [], missing } : { entries: value.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}

function files(entries: readonly ListedEntry[]): readonly string[] {
  return entries.flatMap(([name, isFile]) => (isFile ? [name] : []));
}

function folders(entries: readonly ListedEntry[]): readonly string[] {
  return entries.flatMap(([name, isFile]) => (isFile ? [] : [name]));
}
