/** `culprits/*` and `tasks-in-d.txt`: a close look at the processes that matter now, and at all tasks that are stuck. Environments are never read. */
import type { Clock } from "../../model/clock.ts";
import { defined } from "../../model/defined.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { readCgroupHierarchies } from "../../procfs/cgroupFiles.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import type { Redactor } from "../../redact/redactor.ts";
import type { SlowReads } from "../../slowReads/slowReads.ts";
import { visibleLines } from "../../visible.ts";
import { type Chosen, chooseCulprits } from "../culprits/choose.ts";
import { factsOf } from "../culprits/facts.ts";
import { type AskedFindings, askAbout, CgroupReader, type Findings, type QuickFindings, readQuick } from "../culprits/findings.ts";
import { reading } from "../culprits/readings.ts";
import { missingOf, renderFindings } from "../culprits/render.ts";
import { mostDetailed, renderWaiting } from "../culprits/renderWaiting.ts";
import { readSocketsOf } from "../culprits/sockets.ts";
import { findWaiting, readStacks } from "../culprits/waiting.ts";
import { jsonContent, nextTurn, textContent } from "../making/content.ts";
import { fewAtOnce } from "../making/fewAtOnce.ts";
import { cleanText } from "../making/hideSecrets.ts";
import { maskOf } from "../making/knownSecrets.ts";
import type { NowPart, PartFile } from "../making/part.ts";
import type { ProcessList } from "../making/processList.ts";

/** What is known of the moment beside the list of processes. */
export interface CulpritSources {
  /** The newest few Snapshots, oldest first; none where nothing is sampled. */
  recentSnapshots(): readonly Snapshot[];
  /** Processes that the Verdict of a spike of now names, the first first. */
  namedPids(): readonly number[];
}

interface CulpritsPartOptions {
  readonly root: ProcRoot;
  readonly clock: Clock;
  /** Makes the reads that a process may keep waiting for ever. */
  readonly reads: SlowReads;
  readonly sources: CulpritSources;
  readonly redactor: Redactor;
}

/** For everything together, from the list of processes on. */
const allWithinSeconds = 5;
const mostFileCharacters = 256 * 1024;

/** The close look. */
export function culpritsPart(options: CulpritsPartOptions): NowPart {
  return {
    name: "culprits",
    when: "now",
    async run({ processList }, signal) {
      const list = await processList();
      const { clock } = options;
      const limit = new AbortController();
      const cancel = clock.after(allWithinSeconds, () => limit.abort(new Error(`all of them together had ${allWithinSeconds} s`)));
      try {
        return await lookClosely(options, list, AbortSignal.any([signal, limit.signal]));
      } finally {
        cancel();
      }
    },
  };
}

async function lookClosely({ root, clock, reads, sources, redactor }: CulpritsPartOptions, list: ProcessList, signal: AbortSignal) {
  const { rows } = list;
  const over = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const chosen = chooseCulprits({ rows, recent: sources.recentSnapshots(), named: sources.namedPids() });
  // what waits now may go on in a moment
  const waitingAtMs = clock.wallMs();
  const waiting = await findWaiting(root, list, reads, signal, over);
  const readingStacks = readStacks(root, waiting.tasks.slice(0, mostDetailed), list.keys, reads, over);
  const quick: QuickFindings[] = [];
  const cgroups = new CgroupReader(
    root,
    reading(() => readCgroupHierarchies(root)),
  );
  for (const one of chosen) {
    quick.push(readQuick(root, one, rows, cgroups));
    await nextTurn();
  }
  const asking = fewAtOnce(chosen, pace(clock), (one: Chosen) => askAbout(root, one, keyOf(list, one.row.pid), reads, over));
  const [stacks, asked] = await Promise.all([readingStacks, asking]);
  const known = quick.map((findings, index) => ({ ...findings, ...(asked[index] as AskedFindings) }));
  const sockets = await readSocketsOf(root, known, signal);
  const all = known.map((findings): Findings => {
    return { ...findings, sockets: sockets.get(findings.chosen.row.pid) ?? withoutSockets(findings) };
  });
  const cleaner = cleanerOf(list, redactor);
  const files: PartFile[] = [];
  for (const findings of all) files.push(await fileOf(findings, waitingAtMs, cleaner));
  const text = await cleaner(renderWaiting(root, waiting, stacks, waitingAtMs));
  const cut = waiting.cut ?? stacks.cut;
  return [
    ...files,
    { name: "culprits/culprits.json", content: jsonContent(factsOf(all, waiting, waitingAtMs, plainCleanerOf(list, redactor))) },
    defined({
      name: "tasks-in-d.txt",
      content: textContent(text),
      result: cut === undefined ? undefined : "truncated",
      reason: cut,
    }),
  ];
}

const pace = (clock: Clock) => ({ clock, atOnce: 3, slowAfterSeconds: 0.5, atMost: 10 });

/** The identity of a process in questions about its files, the same as in every tick. */
function keyOf({ keys }: ProcessList, pid: number): string {
  return keys?.get(pid) ?? `process ${pid}`;
}

/** Nobody has asked for sockets of a process that has none. */
function withoutSockets({ descriptors }: AskedFindings): Findings["sockets"] {
  if (descriptors.value === undefined) return { missing: "its descriptors are not known" };
  return { value: { sockets: [], cut: false } };
}

async function fileOf(findings: Findings, takenAtMs: number, clean: (text: string) => Promise<string>): Promise<PartFile> {
  const { pid, process } = findings.chosen.row;
  const text = await clean(renderFindings(findings, takenAtMs));
  const wasCut = text.length > mostFileCharacters;
  const missing = [...missingOf(findings), ...(wasCut ? [`only ${mostFileCharacters} characters are kept`] : [])];
  return defined({
    name: `culprits/${pid}-${process.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 40)}.txt`,
    content: textContent(wasCut ? text.slice(0, text.lastIndexOf("\n", mostFileCharacters) + 1) : text),
    result: missing.length === 0 ? undefined : wasCut ? "truncated" : "ok",
    reason: missing.length === 0 ? undefined : missing.join("; "),
  });
}

/** Without the secrets of any running process, and without what could move a terminal's cursor. */
function cleanerOf({ secrets }: ProcessList, redactor: Redactor): (text: string) => Promise<string> {
  const mask = maskOf(secrets);
  return async (text) => visibleLines(await cleanText(text, mask, redactor));
}

function plainCleanerOf({ secrets }: ProcessList, redactor: Redactor): (text: string) => string {
  const mask = maskOf(secrets);
  return (text) => redactor.text(mask(text));
}
