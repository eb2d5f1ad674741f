/** Fetches what is shown: the live window's past, ranges of the recording, and what happened. */
import type { ArchivesAnswer, CapturesAnswer, SnapshotsAnswer, SpikesAnswer, StateEvent, TriggersAnswer } from "../../api/answers.ts";
import { reasonOf } from "../../model/errors.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import { liveMs, recordedRange, type Stretch, stepSecondsFor } from "../logic/range.ts";
import { frameOf } from "../logic/thinned.ts";
import { ApiError, getJson, isAborted } from "./api.ts";
import type { Model } from "./model.ts";

const overviewMs = 90 * 86_400_000;

/** Keeps the model filled. */
export class Loader {
  readonly #model: Model;
  #range: AbortController | undefined;
  #rangeKey = "";
  #isRangeMissing = false;
  #told = "";

  constructor(model: Model) {
    this.#model = model;
  }

  /** Everything that does not come by itself, after a connection was made. */
  async refresh(): Promise<void> {
    if (this.#isRangeMissing) void this.showRange(this.#model.state.range);
    await Promise.all([this.fillLive(), this.loadEvents(), this.loadArchives(), this.loadOverview()]);
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
      if (this.#model.state.range === undefined) this.#model.touch();
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
      this.#model.patch({ range, frame: live, note: undefined });
      this.#model.touch();
      void this.loadEvents();
      return;
    }
    const known = live.slice(range.fromMs, range.toMs);
    const isKnown = known.length > 0 && live.fromMs <= range.fromMs && live.toMs >= range.toMs - 1000;
    this.#model.patch({ range, frame: known, note: isKnown ? undefined : "Loading…" });
    this.#model.touch();
    void this.loadEvents();
    if (isKnown) return;
    const abort = new AbortController();
    this.#range = abort;
    try {
      const step = stepSecondsFor(range);
      const query = `from=${Math.floor(range.fromMs)}&to=${Math.ceil(range.toMs)}${step === undefined ? "" : `&step=${step}`}`;
      const answer = await getJson<SnapshotsAnswer>(`api/snapshots?${query}`, abort.signal);
      if (this.#rangeKey !== `${range.fromMs}-${range.toMs}`) return;
      this.#model.patch({ frame: frameOf(answer), note: answer.covered === null ? "Nothing is recorded of this time." : undefined });
      this.#model.touch();
    } catch (error) {
      if (isAborted(error)) return;
      this.#isRangeMissing = true;
      this.#model.patch({ note: `This range could not be loaded: ${reasonOf(error)}` });
    }
  }

  /** Spikes of what is shown, triggers and their firings. */
  async loadEvents(): Promise<void> {
    const { fromMs, toMs } = this.#model.stretch;
    await this.#attempt(async () => {
      const [{ spikes }, { triggers, firings }] = await Promise.all([
        getJson<SpikesAnswer>(`api/spikes?limit=300`),
        getJson<TriggersAnswer>("api/triggers"),
      ]);
      const oldest = spikes.at(-1)?.startMs ?? 0;
      const older =
        spikes.length === 300 && fromMs < oldest
          ? await getJson<SpikesAnswer>(`api/spikes?limit=300&from=${Math.floor(fromMs)}&to=${Math.ceil(Math.min(oldest, toMs))}`)
          : { spikes: [] };
      const known = new Set(spikes.map(({ id }) => id));
      this.#model.patch({ spikes: [...spikes, ...older.spikes.filter(({ id }) => !known.has(id))], triggers, firings });
    });
  }

  /** Archives, and those that are being made. */
  async loadArchives(): Promise<void> {
    await this.#attempt(async () => {
      const [{ archives }, { pending }] = await Promise.all([getJson<ArchivesAnswer>("archives"), getJson<CapturesAnswer>("api/captures")]);
      this.#model.patch({ archives, pending });
    });
  }

  /** The whole recording in a few hundred points: first how far back it goes, then the points. */
  async loadOverview(): Promise<void> {
    const toMs = Math.ceil(this.#model.nowMs);
    await this.#attempt(async () => {
      const { covered } = await getJson<SnapshotsAnswer>(`api/snapshots?from=${toMs - overviewMs}&to=${toMs}&step=21600&groups=0`);
      if (covered === null) return;
      const lengthSeconds = (toMs - covered.fromMs) / 1000;
      const step = lengthSeconds <= 4 * 3600 ? Math.max(1, Math.ceil(lengthSeconds / 500)) : Math.ceil(lengthSeconds / 500 / 60) * 60;
      const answer = await getJson<SnapshotsAnswer>(`api/snapshots?from=${covered.fromMs}&to=${toMs}&step=${step}&groups=0`);
      this.#model.patch({ overview: frameOf(answer), covered: answer.covered ?? covered });
    });
  }

  /** What lasts right now has changed. */
  takeState({ spikes, strained, firing, archives, notes }: StateEvent): void {
    const { state } = this.#model;
    if (state.host !== undefined && state.host.notes.join() !== notes.join()) this.#model.patch({ host: { ...state.host, notes } });
    const isNew = new Map(spikes.map((spike) => [spike.id, spike]));
    const ended = state.spikes.some(({ id, endMs }) => endMs === undefined && !isNew.has(id));
    this.#model.patch({ strained, spikes: [...spikes, ...state.spikes.filter(({ id }) => !isNew.has(id))] });
    const told = JSON.stringify([firing, archives]);
    if (ended || told !== this.#told) void this.loadEvents();
    if (told !== this.#told) void this.loadArchives();
    this.#told = told;
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
