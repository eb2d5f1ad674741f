/** Every few minutes one line that says how the machine stands against its thresholds: so silence otherwise means that all is well. */
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { NotificationFigures } from "../model/notification.ts";
import type { TriggerStatus } from "../model/trigger.ts";
import type { Triggers } from "./engine.ts";
import { figureText, ruleText } from "./words.ts";

/** What the line is written with. */
interface ChecksOptions {
  /** 0: never. */
  readonly everySeconds: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly triggers: Pick<Triggers, "status">;
  readonly figures: () => NotificationFigures;
  /** The figures are not those of now: no sample came for a while. */
  readonly isStale: () => boolean;
}

/** Writes the line from now on, until cancelled. */
export function startChecks({ everySeconds, clock, log, triggers, figures, isStale }: ChecksOptions): Cancel {
  let cancel: Cancel = () => undefined;
  const again = () => {
    cancel = clock.after(everySeconds, () => {
      again();
      if (isStale()) return log.warn("check: unknown, there is no recent sample");
      const { answer, facts } = checkLine(figures(), triggers.status());
      log.info(`check: ${answer}`, facts);
    });
  };
  if (everySeconds > 0) again();
  return () => cancel();
}

/** The line: "ok", or which triggers are over their thresholds; the figures; the thresholds. */
export function checkLine(
  figures: NotificationFigures,
  triggers: readonly TriggerStatus[],
): { readonly answer: string; readonly facts: Readonly<Record<string, string>> } {
  const over = triggers.flatMap(({ rule, state, instances }) => {
    if (state !== "firing" && state !== "held" && state !== "pending") return [];
    const names = instances.filter((one) => one.state === state && one.instance !== "").map(({ instance }) => instance);
    return [
      `${rule.name}${names.length === 0 ? "" : ` (${names.join(", ")})`} is ${state === "pending" ? "over, but not for so long yet" : "over"}`,
    ];
  });
  const unknown = triggers.filter(({ state }) => state === "unknown").map(({ rule }) => rule.name);
  const { cpuRatio, memoryRatio, disk, load } = figures;
  return {
    answer: over.length === 0 ? "ok" : over.join(", "),
    facts: defined({
      load: load === undefined ? "unknown" : [load.load1, load.load5, load.load15].map((one) => figureText(one, "number")).join(" "),
      cpu: cpuRatio === undefined ? "unknown" : figureText(cpuRatio, "ratio"),
      memory: memoryRatio === undefined ? "unknown" : figureText(memoryRatio, "ratio"),
      disk: disk === undefined ? undefined : `${figureText(disk.ratio, "ratio")} of ${disk.mountpoint}`,
      thresholds: triggers.length === 0 ? "none" : triggers.map(({ rule, threshold }) => ruleText(rule, threshold)).join(", "),
      unknown: unknown.length === 0 ? undefined : unknown.join(", "),
    }),
  };
}
