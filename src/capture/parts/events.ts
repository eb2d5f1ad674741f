/** `events.json`: what happened to the machine in the time of the archive, and in the hour before. */
import type { MachineEvent } from "../../model/machineEvent.ts";
import { eventsFile, eventsFileName } from "../../recorder/format/eventsFile.ts";
import { textContent } from "../making/content.ts";
import type { AfterPart } from "../making/part.ts";

const beforeMs = 3_600_000;

/** `between` gives those of a range. */
export function eventsPart(between: (fromMs: number, toMs: number) => readonly MachineEvent[]): AfterPart {
  return {
    name: "events",
    when: "after",
    async run({ asked: { fromMs, toMs } }) {
      const events = between(fromMs - beforeMs, toMs);
      return [{ name: eventsFileName, content: textContent(`${JSON.stringify(eventsFile(events), undefined, 2)}\n`) }];
    },
  };
}
