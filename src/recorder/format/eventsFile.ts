/** `events.json`, of a recording and of an archive: what happened to the machine, the oldest first. Another version may have written it. */
import { z } from "zod";
import { eventKinds, type MachineEvent } from "../../model/machineEvent.ts";
import { isMoment } from "./lineChecks.ts";

/** Its name in the recording's folder and in an archive. */
export const eventsFileName = "events.json";

const event: z.ZodType<MachineEvent> = z.object({
  id: z.string(),
  atMs: z.number().refine(isMoment),
  kind: z.enum(eventKinds),
  text: z.string(),
  detail: z.string().exactOptional(),
  unit: z.string().exactOptional(),
  by: z.string().exactOptional(),
});

const file = z.object({ schemaVersion: z.literal(1), events: z.array(z.unknown()) });

/** What is written. */
export function eventsFile(events: readonly MachineEvent[]): object {
  return { schemaVersion: 1, events };
}

/** What was written; one that is odd costs itself. @throws when it is no such file */
export function parseEventsFile(json: unknown): readonly MachineEvent[] {
  return soundEvents(file.parse(json).events);
}

/** Those of a list that are events. */
export function soundEvents(list: readonly unknown[]): readonly MachineEvent[] {
  return list.flatMap((one) => event.safeParse(one).data ?? []);
}
