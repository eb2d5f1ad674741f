/** `oom-kills.txt`: what the kernel log still says of those that were killed for memory, from its first line to the victim's. */
import { join } from "node:path";
import type { ProcRoot } from "../../procfs/root.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { askAll, type SlowReads } from "../../slowReads/slowReads.ts";
import { subjectOf } from "../../spikes/subject.ts";
import { visible } from "../../visible.ts";
import { answerReading } from "../culprits/readings.ts";
import { textContent } from "../making/content.ts";
import type { NowPart } from "../making/part.ts";

const mostBytes = 256 * 1024;
const limitSeconds = 10;
const name = "oom-kills.txt";

/** The lines, in every archive of a machine where there are any. That there are none is said where somebody would look for them. */
export function oomKillsPart({ rootfs }: ProcRoot, reads: SlowReads, redactor: Redactor): NowPart {
  return {
    name: "oom-kills",
    when: "now",
    async run({ request }) {
      const [answer] = await askAll(reads, [{ path: join(rootfs, "dev/kmsg"), operation: "oomRecords", most: mostBytes }], limitSeconds);
      const { value = "", missing } = answerReading(answer, (bytes) => textOf(bytes.toString()));
      if (value !== "") return [{ name, content: textContent(redactor.text(value)) }];
      const isWanted = request.origin === "crash" || subjectOf(request)?.resource === "oom";
      return isWanted ? [{ name, result: "missing", reason: missing ?? "the kernel log has no line of it" }] : [];
    },
  };
}

/** As `dmesg` shows them: seconds since boot, and the text. */
function textOf(records: string): string {
  return records
    .split("\n")
    .flatMap((record) => {
      const [, microseconds, text] = /^\d+,\d+,(\d+)[^;]*;(.*)$/.exec(record) ?? [];
      return microseconds === undefined || text === undefined ? [] : [`[${(Number(microseconds) / 1e6).toFixed(6)}] ${visible(text)}\n`];
    })
    .join("");
}
