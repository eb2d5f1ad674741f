/**
 * What one look of the portable source costs, children included, beside a tick of the procfs source: node dist/bench/portable.js [rounds]
 *
 * The children's CPU is read from this process' own /proc/self/stat (what its dead and waited-for children had burnt).
 */

import { readFileSync } from "node:fs";
import { collectSample, prepareSample } from "../src/collectors/collectSample.ts";
import { createLinuxCollectors } from "../src/collectors/linux.ts";
import { createPortableSource, thisSystem } from "../src/collectors/portable.ts";
import { silentLog } from "../src/log.ts";
import { KernelFiles } from "../src/procfs/kernelFiles.ts";
import { readKernelUnits } from "../src/procfs/units.ts";
import { systemClock } from "../src/sampler/clock.ts";
import { HelperReads } from "../src/slowReads/helperReads.ts";

const rounds = Number(process.argv[2] ?? 20);
const units = readKernelUnits();

/** CPU milliseconds of this process, and of its children that are gone. */
function burntMs(): { readonly own: number; readonly children: number } {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const fields = readFileSync("/proc/self/stat", "latin1").split(") ")[1]?.split(" ") ?? [];
  return { own: (userCPUTime + systemCPUTime) / 1000, children: ((Number(fields[13]) + Number(fields[14])) * 1000) / units.ticksPerSecond };
}

function tell(name: string, looks: number, before: ReturnType<typeof burntMs>, processes: number): void {
  const after = burntMs();
  const [own, children] = [(after.own - before.own) / looks, (after.children - before.children) / looks];
  console.log(
    `${name}: ${(own + children).toFixed(2)} ms CPU (own ${own.toFixed(2)}, children ${children.toFixed(1)}), ${processes} processes`,
  );
}

async function measurePortable(): Promise<void> {
  const source = createPortableSource({ system: thisSystem(), clock: systemClock, log: silentLog, intervalSeconds: 1 });
  let before = burntMs();
  let processes = 0;
  await new Promise<void>((resolve) => {
    let looks = -1;
    source.start(() => {
      processes = collectSample(source.collectors, "portable", systemClock).processes?.total ?? 0;
      // the first look loads the library and primes it
      if (++looks === 0) before = burntMs();
      if (looks === rounds) resolve();
    });
  });
  tell("portable round", rounds, before, processes);
  await source.stop();
}

async function measureProcfs(): Promise<void> {
  const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
  const collectors = createLinuxCollectors({
    reads: new HelperReads({ clock: systemClock, log: silentLog }),
    files: new KernelFiles(root),
    units,
    clock: systemClock,
    mostProcessDescriptors: 4096,
  });
  const look = async () => collectSample(collectors, "procfs", systemClock, await prepareSample(collectors, systemClock));
  const warm = 50;
  const looks = rounds * 20;
  for (let index = 0; index < warm; index++) await look();
  const before = burntMs();
  let processes = 0;
  for (let index = 0; index < looks; index++) processes = (await look()).processes?.total ?? 0;
  tell("procfs tick", looks, before, processes);
  for (const collector of collectors) collector.close?.();
}

await measureProcfs();
await measurePortable();
