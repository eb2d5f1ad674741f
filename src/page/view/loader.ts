/** Fetches what is shown: the live window's past, ranges of the recording, and what happened. */
import type { StateEvent } from "../../api/answers.ts";
import type { ArchivesAnswer, CapturesAnswer } from "../../api/archiveAnswers.ts";
import type { SnapshotsAnswer } from "../../api/pastAnswers.ts";
import type { EventsAnswer, SilencesAnswer, SpikesAnswer, TriggersAnswer } from "../../api/tellingAnswers.ts";
import { reasonOf } from "../../model/errors.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import {
  changesOf,
  continuation,
  holds,
  isOneDone,
  merged,
  olderSpikesQuery,
  snapshotsQuery,
  spikesAtOnce,
  type Told,
} from "../logic/loading.ts";
import { liveMs, overviewFrom, overviewStepSeconds, recordedRange, type Stretch, stepSecondsFor } from "../logic/range.ts";
import { frameOf } from "../logic/snapshotsFrame.ts";
import { ApiError, getJson, isAborted } from "./api.ts";
import type { Model } from "./model.ts";

const hourMs = 3_600_000;
const hourStepMs = 60_000;

/** Keeps the model filled. */
export class Loader {
  readonly #model: Model;
  #range: AbortController | undefined;
  #isRangeMissing = false;
  #isLiveFilled = false;
  /** There are older spikes than those that were told. */
  #hasOlderSpikes = false;
  /** Undefined until the feed tells for the first time after a connection. */
  #told: Told | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Everything that does not come by itself, after a connection was made. */
  async refresh(): Promise<void> {
    this.#told = undefined;
    if (this.#isRangeMissing) void this.showRange(this.#model.state.range);
    const live = this.#model.state.host?.live === true;
    await Promise.all([
      live ? this.fillLive() : undefined,
      this.loadSpikes(),
      this.loadTriggers(),
      this.loadArchives(),
      this.loadEvents(),
      this.loadOverview(),
      this.loadHour(),
    ]);
  }

  /** A second came in. Where some are missing before it, they are asked for. */
  take(second: RecordedSnapshot): void {
    const { live, state } = this.#model;
    const { beginsAnew, lacksSome } = continuation(live, second);
    if (beginsAnew) live.clear();
    live.add(second);
    live.dropBefore(live.toMs - liveMs);
    if (state.range === undefined) this.#model.touch();
    if (lacksSome) void this.fillLive();
  }

  /** Asks for the seconds of the live window that are not there. */
  async fillLive(): Promise<void> {
    const { live, nowMs } = this.#model;
    const toMs = Math.ceil(nowMs / 1000) * 1000;
    await this.#attempt(async () => {
      const answer = await getJson<SnapshotsAnswer>(snapshotsQuery({ fromMs: toMs - liveMs, toMs }, 1));
      live.fill(frameOf(answer));
      live.dropBefore(live.toMs - liveMs);
      this.#isLiveFilled = true;
      if (this.#model.state.range !== undefined) return;
      this.#model.patch({ isLoading: false });
      this.#model.touch();
    });
  }

  /** Brings the range into view that the state asks for. */
  async showRange(asked: Stretch | undefined): Promise<void> {
    this.#range?.abort();
    this.#range = undefined;
    const { live, state } = this.#model;
    const range = asked ?? recordedRange(state.host);
    this.#isRangeMissing = false;
    if (overviewFrom(range, state.host) !== overviewFrom(state.range, state.host)) queueMicrotask(() => void this.loadOverview());
    if (range === undefined) {
      this.#model.patch({ range, frame: live, note: undefined, minutesBeforeMs: undefined, isLoading: !this.#isLiveFilled });
      this.#model.touch();
      if (this.#isLiveFilled) void this.loadHour();
      return;
    }
    const known = live.slice(range.fromMs, range.toMs);
    const isKnown = known.length > 0 && holds(live, range);
    this.#model.patch({ range, frame: known, note: undefined, minutesBeforeMs: undefined, isLoading: !isKnown });
    this.#model.touch();
    void this.#loadOlderSpikes();
    void this.loadHour();
    if (isKnown) return;
    const abort = new AbortController();
    this.#range = abort;
    try {
      const answer = await getJson<SnapshotsAnswer>(snapshotsQuery(range, stepSecondsFor(range)), abort.signal);
      if (this.#range !== abort) return;
      const note = answer.covered === null ? "Nothing is recorded of this time." : undefined;
      this.#model.patch({ frame: frameOf(answer), note, minutesBeforeMs: answer.minutesBeforeMs ?? undefined, isLoading: false });
      this.#model.touch();
    } catch (error) {
      if (isAborted(error)) return;
      this.#isRangeMissing = true;
      this.#model.patch({ isLoading: false, note: `This range could not be loaded: ${reasonOf(error)}` });
    }
  }

  /** The newest spikes, and those of what is shown. */
  async loadSpikes(): Promise<void> {
    await this.#attempt(async () => {
      const { spikes } = await getJson<SpikesAnswer>(`api/spikes?limit=${spikesAtOnce}`);
      this.#hasOlderSpikes = spikes.length === spikesAtOnce;
      this.#model.patch({ spikes, areSpikesKnown: true });
    });
    await this.#loadOlderSpikes();
  }

  /** Spikes of a stretch that lies before all that are known. */
  async #loadOlderSpikes(): Promise<void> {
    const { stretch, state } = this.#model;
    const isBeforeSeconds = stretch.fromMs < (state.host?.secondsFromMs ?? 0);
    const query = this.#hasOlderSpikes || isBeforeSeconds ? olderSpikesQuery(stretch, state.spikes) : undefined;
    if (query === undefined) return;
    await this.#attempt(async () => {
      const older = await getJson<SpikesAnswer>(query);
      this.#model.patch({ spikes: merged(this.#model.state.spikes, older.spikes) });
    });
  }

  /** Triggers, how they stand, and what fired lately. */
  async loadTriggers(): Promise<void> {
    await this.#attempt(async () => {
      const { triggers, firings } = await getJson<TriggersAnswer>("api/triggers");
      this.#model.patch({ triggers, firings });
      // a recording tells nobody anything
      if (this.#model.state.host?.live === true) this.#model.patch({ silences: await getJson<SilencesAnswer>("api/silences") });
    });
  }

  /** What happened to the machine: all that is kept. */
  async loadEvents(): Promise<void> {
    await this.#attempt(async () => {
      const { events } = await getJson<EventsAnswer>("api/events?limit=5000");
      this.#model.patch({ events });
    });
  }

  /** Archives, and those that are being made. */
  async loadArchives(): Promise<void> {
    await this.#attempt(async () => {
      const [{ archives }, { pending }] = await Promise.all([getJson<ArchivesAnswer>("archives"), getJson<CapturesAnswer>("api/captures")]);
      this.#model.patch({ archives, pending });
    });
  }

  /** Those that are being made, and how far they are; when one is done, the archives as well. */
  async loadPending(): Promise<void> {
    const before = this.#model.state.pending;
    await this.#attempt(async () => {
      const { pending } = await getJson<CapturesAnswer>("api/captures");
      if (isOneDone(before, pending)) await this.loadArchives();
      else this.#model.patch({ pending });
    });
  }

  /** The seconds of the recording in a few hundred points, or where the range begins before them the minutes as well. */
  async loadOverview(): Promise<void> {
    const { nowMs, state } = this.#model;
    const toMs = Math.ceil(nowMs);
    const fromMs = overviewFrom(state.range, state.host);
    if (fromMs === undefined || fromMs >= toMs) return;
    await this.#attempt(async () => {
      const answer = await getJson<SnapshotsAnswer>(snapshotsQuery({ fromMs, toMs }, overviewStepSeconds(toMs - fromMs), 0));
      if (answer.covered === null) return;
      this.#model.patch({ overview: frameOf(answer), covered: answer.covered });
    });
  }

  /** The hour before the end of what is shown. */
  async loadHour(): Promise<void> {
    const toMs = Math.floor(this.#model.stretch.toMs / hourStepMs) * hourStepMs;
    await this.#attempt(async () => {
      const answer = await getJson<SnapshotsAnswer>(snapshotsQuery({ fromMs: toMs - hourMs, toMs }, hourStepMs / 1000));
      this.#model.patch({ hour: answer.covered === null ? undefined : frameOf(answer) });
    });
  }

  /** What lasts right now has changed. */
  takeState(event: StateEvent): void {
    const { spikes, strained, notes } = event;
    const { state } = this.#model;
    if (state.host !== undefined && state.host.notes.join() !== notes.join()) this.#model.patch({ host: { ...state.host, notes } });
    this.#model.patch({ strained, spikes: merged(spikes, state.spikes) });
    const { told, hasEnded, triggers, archives, events } = changesOf(event, state.spikes, this.#told);
    this.#told = told;
    if (hasEnded) void this.loadSpikes();
    if (triggers) void this.loadTriggers();
    if (archives) void this.loadArchives();
    if (events) void this.loadEvents();
  }

  /** What cannot be had now is asked for again with the next connection; the link says that it is lost. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400) this.#model.patch({ note: `The server refused: ${error.message}` });
      else if (!(error instanceof ApiError)) throw error;
    }
  }
}
