/** The engine under test in a process of its own: one line of JSON a tick on stdout, until stdin ends. */
import { createEngine } from "./createEngine.ts";
import type { EngineTick } from "./engineOutput.ts";

const engine = createEngine({ ungated: process.argv[2] === "ungated" });
engine.sampler.subscribe(({ snapshot }) => {
  const indexes = new Map(snapshot.groups.map(({ id }, index) => [id, index]));
  const lineOf = (groupId: string) => indexes.get(groupId) ?? -1;
  const tick: EngineTick = {
    takenAtMs: snapshot.takenAtMs,
    elapsedSeconds: snapshot.elapsedSeconds ?? 0,
    busyCores: snapshot.host.cpu?.busyCores ?? 0,
    lines: snapshot.groups.map(({ kind, process, unit, container, user, usage }) => ({ kind, process, unit, container, user, usage })),
    processes: snapshot.processes.map(({ pid, parentPid, groupId }) => [pid, parentPid, lineOf(groupId)]),
    waits: snapshot.processes.flatMap(({ groupId, waitChannel }) => (waitChannel === undefined ? [] : [[lineOf(groupId), waitChannel]])),
    uninterruptible: snapshot.host.tasks?.uninterruptible ?? 0,
  };
  process.stdout.write(`${JSON.stringify(tick)}\n`);
});
engine.sampler.start();
process.stdin.resume().once("end", () => engine.sampler.stop());
