/** Units of systemd: asked of `systemctl` once a minute, apart from the tick. */
import { existsSync } from "node:fs";
import type { Cancel, Clock } from "../model/clock.ts";
import type { UnitReading } from "../model/units.ts";
import { kernelSeconds } from "../procfs/kernelSeconds.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { parseUnits, showUnits } from "../procfs/systemdUnits.ts";
import type { Collector } from "./collector.ts";
import type { RunProgram } from "./seldomProgram.ts";
import { UnitHistory } from "./unitHistory.ts";

const restSeconds = 60;

interface SystemdUnitsOptions {
  /** Whether systemd runs the machine that is looked at; sd_booted(3) unless a test says otherwise. */
  readonly isBooted?: () => boolean;
  /** The clock from which systemd counts. */
  readonly bootSeconds?: () => number;
  /** Whether a unit is shown although nothing is wrong with it; none is unless told. */
  readonly isChosen?: ((name: string) => boolean) | undefined;
}

/** Makes the collector. */
export function createSystemdUnitsCollector(
  root: ProcRoot,
  run: RunProgram,
  { isBooted = () => runsHere(root), bootSeconds = kernelSeconds, isChosen }: SystemdUnitsOptions = {},
): Collector<"units"> {
  const history = new UnitHistory(isChosen);
  let known: readonly UnitReading[] | undefined;
  let isSilent = false;
  let askedSeconds = Number.NEGATIVE_INFINITY;
  let cancel: Cancel = () => undefined;

  async function ask(clock: Clock): Promise<void> {
    const isThere = isBooted();
    const output = isThere ? await run("systemctl", showUnits) : undefined;
    isSilent = isThere && output === undefined;
    known = output === undefined ? undefined : history.take(parseUnits(output), { bootSeconds: bootSeconds(), wallMs: clock.wallMs() });
  }

  return {
    part: "units",
    collect(clock: Clock) {
      const now = clock.monotonicSeconds();
      if (now - askedSeconds >= restSeconds) {
        askedSeconds = now;
        // starting a program takes a while: not within the tick
        cancel = clock.after(0, () => void ask(clock));
      }
      if (isSilent) throw new Error("systemctl show failed, or gave no answer in time");
      return known;
    },
    close: () => cancel(),
  };
}

/** In a container `systemctl` would ask the container's, if any. */
function runsHere({ rootfs }: ProcRoot): boolean {
  return rootfs === "/" && existsSync("/run/systemd/system");
}
