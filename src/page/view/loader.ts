/** Fetches what is shown: the live window's past, ranges of the recording, and what happened. */
import type { ArchivesAnswer, CapturesAnswer, SnapshotsAnswer, SpikesAnswer, StateEvent, TriggersAnswer } from "../../api/answers.ts";
import { reasonOf } from "../../model/errors.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import { liveMs, overviewStepSeconds, recordedRange, type Stretch, stepSecondsFor } from "../logic/range.ts";
import { frameOf } from "../logic/snapshotsFrame.ts";
import { ApiError, getJson, isAborted } from "./api.ts";
import type { Model } from "./model.ts";

/** So many spikes are asked for at once. */
const spikesAtOnce = 300;

/** Keeps the model filled. */
export class Loader {
  readonly #model: Model;
  #range: AbortController | undefined;
  #rangeKey = "";
  #isRangeMissing = false;
  #isLiveFilled = false;
  /** There are older spikes than those that were told. */
  #hasOlderSpikes = false;
  /** What the feed has told of firings and archives; undefined until it tells for the first time after a connection. */
  #told: { readonly firing: string; readonly archives: string } | undefined;

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
      this.loadOverview(),
    ]);
  }

  /** A second came in. Where some are missing before it, they are asked for. */
  take(second: RecordedSnapshot): void {
    const { live, state } = this.#model;
    const newestMs = live.newestMs;
    // it was away for long, or its clock was set back
    if (live.length > 0 && (second.takenAtMs - live.toMs > liveMs || second.takenAtMs < live.fromMs)) live.clear();
    live.add(second);
    live.dropBefore(live.toMs - liveMs);
    if (state.range === undefined) this.#model.touch();
    const sinceMs = second.takenAtMs - (second.elapsedSeconds ?? 1) * 1000;
    if (newestMs !== undefined && sinceMs - newestMs > 2500) void this.fillLive();
  }

  /** Asks for the seconds of the live window that are not there. */
  async fillLive(): Promise<void> {
    const { live, nowMs } = this.#model;
    const toMs = Math.ceil(nowMs / 1000) * 1000;
    const fromMs = toMs - liveMs;
    await this.#attempt(async () => {
      const answer = await getJson<SnapshotsAnswer>(`api/snapshots?from=${fromMs}&to=${toMs}&step=1`);
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
    const { live, state } = this.#model;
    const range = asked ?? recordedRange(state.host);
    this.#rangeKey = range === undefined ? "" : `${range.fromMs}-${range.toMs}`;
    this.#isRangeMissing = false;
    if (range === undefined) {
      this.#model.patch({ range, frame: live, note: undefined, isLoading: !this.#isLiveFilled });
      this.#model.touch();
      return;
    }
    const known = live.slice(range.fromMs, range.toMs);
    const isKnown = known.length > 0 && live.fromMs <= range.fromMs && live.toMs >= range.toMs - 1000;
    this.#model.patch({ range, frame: known, note: undefined, isLoading: !isKnown });
    this.#model.touch();
    void this.#loadOlderSpikes();
    if (isKnown) return;
    const abort = new AbortController();
    this.#range = abort;
    try {
      const step = stepSecondsFor(range);
      const query = `from=${Math.floor(range.fromMs)}&to=${Math.ceil(range.toMs)}${step === undefined ? "" : `&step=${step}`}`;
      const answer = await getJson<SnapshotsAnswer>(`api/snapshots?${query}`, abort.signal);
      if (this.#rangeKey !== `${range.fromMs}-${range.toMs}`) return;
      const note = answer.covered === null ? "Nothing is recorded of this time." : undefined;
      this.#model.patch({ frame: frameOf(answer), note, isLoading: false });
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
    const { fromMs, toMs } = this.#model.stretch;
    const { spikes } = this.#model.state;
    const oldestMs = Math.min(...spikes.map(({ startMs }) => startMs));
    if (!this.#hasOlderSpikes || fromMs >= oldestMs) return;
    await this.#attempt(async () => {
      const query = `limit=${spikesAtOnce}&from=${Math.floor(fromMs)}&to=${Math.ceil(Math.min(oldestMs, toMs))}`;
      const older = await getJson<SpikesAnswer>(`api/spikes?${query}`);
      const known = new Set(this.#model.state.spikes.map(({ id }) => id));
      this.#model.patch({ spikes: [...this.#model.state.spikes, ...older.spikes.filter(({ id }) => !known.has(id))] });
    });
  }

  /** Triggers, how they stand, and what fired lately. */
  async loadTriggers(): Promise<void> {
    await this.#attempt(async () => {
      const { triggers, firings } = await getJson<TriggersAnswer>("api/triggers");
      this.#model.patch({ triggers, firings });
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
      const isOneDone = before.some(({ id }) => !pending.some((request) => request.id === id));
      if (isOneDone) await this.loadArchives();
      else this.#model.patch({ pending });
    });
  }

  /** The whole recording in a few hundred points. */
  async loadOverview(): Promise<void> {
    const { nowMs, state } = this.#model;
    const toMs = Math.ceil(nowMs);
    const fromMs = state.covered?.fromMs ?? state.host?.recordedFromMs ?? undefined;
    if (fromMs === undefined || fromMs >= toMs) return;
    await this.#attempt(async () => {
      const step = overviewStepSeconds(toMs - fromMs);
      const answer = await getJson<SnapshotsAnswer>(`api/snapshots?from=${fromMs}&to=${toMs}&step=${step}&groups=0`);
      if (answer.covered === null) return;
      this.#model.patch({ overview: frameOf(answer), covered: answer.covered });
    });
  }

  /** What lasts right now has changed. */
  takeState({ spikes, strained, firing, archives, notes }: StateEvent): void {
    const { state } = this.#model;
    if (state.host !== undefined && state.host.notes.join() !== notes.join()) this.#model.patch({ host: { ...state.host, notes } });
    const isNew = new Map(spikes.map((spike) => [spike.id, spike]));
    const ended = state.spikes.some(({ id, endMs }) => endMs === undefined && !isNew.has(id));
    this.#model.patch({ strained, spikes: [...spikes, ...state.spikes.filter(({ id }) => !isNew.has(id))] });
    const told = { firing: JSON.stringify(firing), archives: JSON.stringify(archives) };
    // the first is told with the connection, after which everything is asked for anyway
    const before = this.#told ?? told;
    this.#told = told;
    if (ended) void this.loadSpikes();
    if (told.firing !== before.firing) void this.loadTriggers();
    if (told.archives !== before.archives) void this.loadArchives();
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
