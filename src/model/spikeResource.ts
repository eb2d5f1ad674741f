/** The resources that can spike, their sides, and what each is called. */

/** What is watched for spikes by figures that leave their own baseline. */
export const measuredResources = ["cpu", "load", "memory", "io", "pressure"] as const;

/** One of them. */
export type MeasuredResource = (typeof measuredResources)[number];

/** What can spike: these, and processes that the kernel kills for memory. */
export const spikeResources = [...measuredResources, "oom"] as const;

/** One of them. */
export type SpikeResource = (typeof spikeResources)[number];

/** Which sides a resource has: the direction of I/O, or what tasks were stalled for. */
export const spikeAspects = ["reads", "writes", "cpu", "memory", "io"] as const;

/** One of them: the side that has moved. */
export type SpikeAspect = (typeof spikeAspects)[number];

/** What a spike's figures are counted in. */
export const spikeUnits = ["cores", "tasks", "bytes", "bytes_per_second", "ratio"] as const;

/** One of them. */
export type SpikeUnit = (typeof spikeUnits)[number];

/** What each is called in a sentence. */
export const resourceNames: Readonly<Record<SpikeResource, string>> = {
  cpu: "CPU",
  load: "load",
  memory: "memory",
  io: "I/O",
  pressure: "pressure",
  oom: "OOM kill",
};

/** The sides by name: each belongs to one resource. */
export const aspectNames: Readonly<Record<SpikeAspect, string>> = {
  reads: "disk reads",
  writes: "disk writes",
  cpu: "CPU pressure",
  memory: "memory pressure",
  io: "I/O pressure",
};
