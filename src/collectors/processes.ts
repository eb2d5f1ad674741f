import type { ProcessKey, ProcessReading } from "../model/sample.ts";
import { readPids } from "../procfs/pids.ts";
import type { Collector } from "./collector.ts";
import { ProcessTable, type ProcessTableOptions } from "./processTable.ts";

/** Reads every process in every tick. `readerPid` is Culprit's own pid as the machine's /proc shows it. */
export function createProcessesCollector(options: ProcessTableOptions, readerPid: number | undefined): Collector<"processes"> {
  const table = new ProcessTable(options);
  return {
    part: "processes",
    collect(clock) {
      const nowSeconds = clock.monotonicSeconds();
      const changed: ProcessReading[] = [];
      const vanished: ProcessKey[] = [];
      const pids = readPids(options.root);
      table.reconcile(pids, nowSeconds, changed, vanished);
      for (const pid of pids) table.reread(pid, nowSeconds, changed, vanished);
      table.recheckChildren(changed, vanished);
      return {
        changed,
        vanished,
        total: table.size,
        read: table.size,
        denied: table.denied,
        ...(readerPid === undefined ? {} : { readerPid }),
      };
    },
    close: () => table.close(),
  };
}
