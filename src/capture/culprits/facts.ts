/** `culprits.json`: the same for programs. */
import { defined } from "../../model/defined.ts";
import type { Findings } from "./findings.ts";
import { missingOf } from "./render.ts";
import type { WaitingTasks } from "./waiting.ts";

const mostTasks = 1000;
const mostMappedFiles = 40;

/** Plain JSON; `clean` takes the secrets out of a text. */
export function factsOf(all: readonly Findings[], waiting: WaitingTasks, takenAtMs: number, clean: (text: string) => string): unknown {
  return {
    schemaVersion: 1,
    takenAtMs,
    culprits: all.map((findings) => factsOfOne(findings, clean)),
    waiting: defined({
      looked: waiting.looked,
      count: waiting.tasks.length,
      tasks: waiting.tasks
        .slice(0, mostTasks)
        .map(({ pid, tid, comm, row, waitChannel }) => ({ pid, tid, process: row.process, thread: clean(comm), waitChannel })),
      cut: waiting.cut,
    }),
  };
}

function factsOfOne(findings: Findings, clean: (text: string) => string): unknown {
  const { chosen, parents, waitChannel, descriptors, sockets, memory } = findings;
  const { row, reasons } = chosen;
  return {
    ...row,
    reasons,
    waitChannel: waitChannel.value,
    parents: parents.map(({ pid, process, commandLine }) => ({ pid, process, commandLine })),
    descriptors: descriptors.value && {
      total: descriptors.value.total,
      kinds: Object.fromEntries([...descriptors.value.kinds].map(([kind, count]) => [clean(kind), count])),
    },
    sockets: sockets.value?.sockets.map(({ inode: _, ...socket }) => socket),
    memory: memory.value && {
      ...Object.fromEntries(memory.value.rollup),
      mapped: memory.value.files.slice(0, mostMappedFiles).map((file) => ({ ...file, name: clean(file.name) })),
    },
    missing: missingOf(findings),
  };
}
