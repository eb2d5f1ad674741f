/** What the page knows, and who is told when that changes. */
import type { HostAnswer } from "../../api/answers.ts";
import type { ListedArchive, PendingCapture } from "../../api/archiveAnswers.ts";
import type { CompareAnswer } from "../../api/pastAnswers.ts";
import type { SilencesAnswer, TriggerAnswer } from "../../api/tellingAnswers.ts";
import type { Suffering } from "../../model/culprit.ts";
import type { MachineEvent } from "../../model/machineEvent.ts";
import type { Spike } from "../../model/spike.ts";
import type { TriggerFiring } from "../../model/trigger.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import type { Address } from "../logic/address.ts";
import type { Whole } from "../logic/charts.ts";
import type { Times } from "../logic/format.ts";
import { Frame } from "../logic/frame.ts";
import type { Link } from "../logic/link.ts";
import type { Drawn } from "../logic/notes.ts";
import { emptyPicture, type Picture, pictureOf } from "../logic/picture.ts";
import type { Stretch } from "../logic/range.ts";
import { noSearch, type Search } from "../logic/search.ts";

/** Everything that is shown. */
export interface State {
  readonly address: Address;
  readonly hidden: readonly string[];
  /** Where the mouse points at. */
  readonly hoverMs: number | undefined;
  /** Undefined is the live window. */
  readonly range: Stretch | undefined;
  /** What is drawn: the live window, or the range. */
  readonly frame: Frame;
  /** Rises with every change inside `frame`. */
  readonly revision: number;
  /** What is asked for has not come yet: nothing can be said of what is not there. */
  readonly isLoading: boolean;
  /** Why nothing, or not everything, is drawn. */
  readonly note: string | undefined;
  /** Before this only minutes are known of the range. */
  readonly minutesBeforeMs: number | undefined;
  readonly host: HostAnswer | undefined;
  readonly link: Link;
  readonly newest: RecordedSnapshot | undefined;
  readonly spikes: readonly Spike[];
  /** Whether the server has told of them. */
  readonly areSpikesKnown: boolean;
  readonly strained: Suffering | undefined;
  readonly triggers: readonly TriggerAnswer[];
  readonly firings: readonly TriggerFiring[];
  /** What happened to the machine. */
  readonly events: readonly MachineEvent[];
  /** What is silent, and the messages that wait; unknown of a recording. */
  readonly silences: SilencesAnswer | undefined;
  readonly archives: readonly ListedArchive[];
  readonly pending: readonly PendingCapture[];
  /** What differs between the two moments of the address, or why that is not known; undefined while it is asked for. */
  readonly comparison: CompareAnswer | { readonly problem: string } | undefined;
  /** What of the recording there is, downsampled to a few hundred points. */
  readonly overview: Frame | undefined;
  readonly covered: Stretch | undefined;
  /** The hour before the end of what is shown, in minutes: what the outlook of file systems rests on. */
  readonly hour: Frame | undefined;
  /** What was looked for, and what of it is found. */
  readonly search: Search;
  /** Once a second, for what shows an age. */
  readonly beat: number;
}

/** The names of what can change. */
export type Changed = ReadonlySet<keyof State>;

/** What the picture is made of. */
const pictured: readonly (keyof State)[] = ["frame", "revision", "spikes", "address", "host"];

/** The state of the page. */
export class Model {
  readonly live = new Frame(1000);
  readonly times: Times;
  state: State;
  readonly #listeners = new Set<(state: State, changed: Changed) => void>();
  #changed = new Set<keyof State>();
  #clockOffsetMs = 0;
  #picture: Picture = emptyPicture;

  constructor(address: Address, hidden: readonly string[], times: Times) {
    this.times = times;
    this.state = {
      ...{ address, hidden, frame: this.live, revision: 0, beat: 0, link: { state: "connecting" } },
      ...{
        hoverMs: undefined,
        range: undefined,
        note: undefined,
        minutesBeforeMs: undefined,
        isLoading: true,
        areSpikesKnown: false,
        host: undefined,
        newest: undefined,
        overview: undefined,
        strained: undefined,
        covered: undefined,
        hour: undefined,
        comparison: undefined,
        silences: undefined,
        search: noSearch,
      },
      ...{ spikes: [], triggers: [], firings: [], events: [], archives: [], pending: [] },
    };
  }

  /** Calls back, once per picture, after something has changed. */
  subscribe(listener: (state: State, changed: Changed) => void): void {
    this.#listeners.add(listener);
  }

  patch(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    if (this.#changed.size === 0) requestAnimationFrame(() => this.#tell());
    for (const name of Object.keys(change) as (keyof State)[]) this.#changed.add(name);
  }

  /** The live window or the range has new points. */
  touch(): void {
    this.patch({ revision: this.state.revision + 1 });
  }

  /** The server's clock, as far as it is known: the browser's may be wrong. In a recording time stands still at its end. */
  get nowMs(): number {
    const { host } = this.state;
    if (host?.live === false) return host.nowMs;
    return Date.now() + this.#clockOffsetMs;
  }

  setServerTime(nowMs: number): void {
    this.#clockOffsetMs = nowMs - Date.now();
  }

  /** The stretch that the charts show. */
  get stretch(): Stretch {
    const { range } = this.state;
    if (range !== undefined) return range;
    const toMs = this.live.length > 0 ? this.live.toMs : Math.ceil(this.nowMs / 1000) * 1000;
    return { fromMs: toMs - 20 * 60_000, toMs };
  }

  /** Where the cursor is: under the mouse, or pinned. */
  get cursorMs(): number | undefined {
    return this.state.hoverMs ?? this.state.address.at;
  }

  get cores(): number | undefined {
    return this.state.newest?.host.cpu?.cores ?? this.state.host?.cores ?? undefined;
  }

  get memoryTotalBytes(): number | undefined {
    return this.state.newest?.host.memory?.totalBytes ?? this.state.host?.memoryTotalBytes ?? undefined;
  }

  get whole(): Whole {
    return { cores: this.cores, memoryBytes: this.memoryTotalBytes };
  }

  /** What is drawn, and what is known of it. */
  get drawn(): Drawn {
    const { frame, range, isLoading, note, minutesBeforeMs } = this.state;
    return { frame, range, isLoading, note, minutesBeforeMs, stretch: this.stretch };
  }

  /** The layers of the charts and the colours of groups. */
  get picture(): Picture {
    return this.#picture;
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    if (pictured.some((name) => changed.has(name))) {
      const { frame, spikes, address } = this.state;
      this.#picture = pictureOf({ frame, spikes, process: address.process, whole: this.whole }, this.#picture);
    }
    for (const listener of this.#listeners) listener(this.state, changed);
  }
}
