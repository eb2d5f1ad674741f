/** The spikes of a time: those that are at hand, and before them those that were kept with the minutes of long gone days. */
import type { Spike } from "../model/spike.ts";
import type { ServerServices } from "./services.ts";

/** The newest first. Without a beginning those at hand will do: there may be a year of the others. */
export async function spikesBetween(
  { spikes, recording }: Pick<ServerServices, "spikes" | "recording">,
  fromMs: number,
  toMs: number,
): Promise<readonly Spike[]> {
  const atHand = spikes.overlapping(fromMs, toMs);
  if (recording.spikes === undefined || !Number.isFinite(fromMs)) return atHand;
  const known = new Set(atHand.map(({ id }) => id));
  const older = (await recording.spikes(fromMs, toMs)).filter(({ id }) => !known.has(id));
  return [...atHand, ...older].sort((a, b) => b.startMs - a.startMs);
}
