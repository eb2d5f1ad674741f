/** Puts the reading of this machine together, as the settings say: for the server, and for the commands that need none. */
import { namesOfCgroup } from "../attribution/cgroupNames.ts";
import { nameByRules } from "../attribution/groupRules.ts";
import { ContainerNames, engineSockets } from "../collectors/containerNames.ts";
import { createLinuxCollectors, partsByFlag, withoutDisabled } from "../collectors/linux.ts";
import { createPortableSource, thisSystem, windowFor } from "../collectors/portable.ts";
import { listUserContainers } from "../collectors/userEngines.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { CommandLinePattern, GroupRule } from "../model/groupRule.ts";
import type { SourceName } from "../model/sample.ts";
import { KernelFiles } from "../procfs/kernelFiles.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { type KernelUnits, readKernelUnits } from "../procfs/units.ts";
import { createRedactor, type Redactor, type RedactSettings } from "../redact/redactor.ts";
import { Sampling } from "../sampler/sampling.ts";
import { HelperReads } from "../slowReads/helperReads.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";
import { shareDescriptors } from "./descriptors.ts";

/** The settings that reading depends on; a whole configuration has them. */
export interface SamplingSettings {
  readonly source: SourceName;
  readonly sample: { readonly intervalSeconds: number; readonly windowSeconds: number };
  readonly groups: readonly GroupRule[];
  readonly paths: ProcRoot;
  readonly collectors: {
    readonly disabled: readonly string[];
    /** Units of systemd to show although nothing is wrong with them. */
    readonly chosenUnits?: CommandLinePattern;
  };
  readonly redact: RedactSettings;
}

/** What it is made with besides. */
export interface SamplingSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly units?: KernelUnits;
  /** Made of the settings where it is left out. */
  readonly redactor?: Redactor;
}

/** The sampling of this machine, and what its collectors have learnt that others want to know. */
export interface MachineSampling {
  readonly sampling: Sampling;
  /** What its engine calls the container that a cgroup lies in, where it has told. */
  readonly containerName: (cgroupPath: string) => string | undefined;
  /** Makes reads that may never come back, for everybody. */
  readonly reads: SlowReads;
  /** The files of the whole machine, for everybody who reads them at once. */
  readonly files: KernelFiles;
  /** Closes what the readers hold open. */
  close(): Promise<void>;
}

/** Makes the sampling of this machine; nothing is read before its sampler is started. */
export function createSampling(
  settings: SamplingSettings,
  { log, clock, units = readKernelUnits(), redactor = createRedactor(settings.redact) }: SamplingSurroundings,
): MachineSampling {
  const { intervalSeconds, windowSeconds } = settings.sample;
  const surroundings = { clock, log, random: Math.random, nameByRules: nameByRules(settings.groups), hide: redactor.text };
  const reads = new HelperReads({ clock, log });
  const files = new KernelFiles(settings.paths);
  const close = async ({ sampler }: Sampling) => {
    const stopped = sampler.stop();
    // what a tick waits for would delay it
    reads.close();
    await stopped;
    files.close();
  };
  if (settings.source === "portable") {
    const source = createPortableSource({ system: thisSystem(), clock, log, redactor });
    const { collectors } = source;
    const sampling = new Sampling(
      { ...surroundings, collectors, source: "portable", pace: source, intervalSeconds: source.intervalSeconds },
      windowFor(windowSeconds, source.intervalSeconds),
    );
    return { sampling, containerName: () => undefined, reads, files, close: () => close(sampling) };
  }
  const root = settings.paths;
  const mostProcessDescriptors = shareDescriptors().processes;
  const disabled = new Set<string>(settings.collectors.disabled.flatMap((name) => partsByFlag[name] ?? []));
  const containerOf = (path: string) => namesOfCgroup(path).container;
  const containers = new ContainerNames({
    sockets: engineSockets(root.rootfs),
    listOfUser: (userId, signal) => listUserContainers({ rootfs: root.rootfs, reads }, userId, signal),
    containerOf,
    clock,
    log,
  });
  const { chosenUnits } = settings.collectors;
  const isChosenUnit = chosenUnits === undefined ? undefined : (name: string) => chosenUnits.exec(name) !== null;
  const collectors = withoutDisabled(
    createLinuxCollectors({ files, units, clock, mostProcessDescriptors, reads, containers, redactor, log, isChosenUnit }),
    disabled,
  );
  const sampling = new Sampling({ ...surroundings, collectors, source: "procfs", intervalSeconds }, windowSeconds);
  return { sampling, containerName: (path) => containers.nameOf(path), reads, files, close: () => close(sampling) };
}
