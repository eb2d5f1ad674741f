/** The machine at a moment, as messages, the audit and the check line show it. */
import { defined } from "../model/defined.ts";
import type { NotificationFigures } from "../model/notification.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { fullestDisk } from "./metrics.ts";
import { Smoother } from "./smoother.ts";

/** Follows the ticks; CPU is the mean over the same seconds that triggers look at, so that a message never contradicts its own reason. */
export class NewestFigures {
  readonly #cpu = new Smoother();
  #figures: NotificationFigures = {};

  /** The newest ones; what is unknown is absent. */
  get figures(): NotificationFigures {
    return this.#figures;
  }

  take({ host, gap, elapsedSeconds = 0 }: Pick<Snapshot, "host" | "gap" | "elapsedSeconds">): void {
    const { cpu, memory, load } = host;
    if (gap) this.#cpu.clear();
    else this.#cpu.push(cpu?.usageRatio, elapsedSeconds);
    // in the first seconds there is no mean yet
    const cpuRatio = this.#cpu.mean ?? cpu?.usageRatio;
    const disk = fullestDisk(host);
    this.#figures = defined({
      cpuRatio,
      memoryRatio: memory?.usageRatio,
      disk,
      load: load === undefined ? undefined : { load1: load.load1, load5: load.load5, load15: load.load15 },
      cores: cpu?.cores,
    });
  }
}
