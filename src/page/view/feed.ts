/** The live feed: listens, notices when it is over, and comes back. */
import type { HostAnswer, StateEvent } from "../../api/answers.ts";
import { defined } from "../../model/defined.ts";
import { reasonOf } from "../../model/errors.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import { retryMs, silenceMs } from "../logic/link.ts";
import { ApiError, getJson } from "./api.ts";
import type { Model } from "./model.ts";

interface FeedListener {
  /** The server answers: what it is, before anything else. */
  onHost(host: HostAnswer): void;
  onSecond(second: RecordedSnapshot): void;
  onState(state: StateEvent): void;
}

/** Keeps the page connected. */
export class Feed {
  readonly #model: Model;
  readonly #listener: FeedListener;
  #source: EventSource | undefined;
  /** Which try to connect is the newest: what an older one brings is not wanted any more. */
  #try = 0;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #aliveAt = performance.now();

  constructor(model: Model, listener: FeedListener) {
    this.#model = model;
    this.#listener = listener;
    setInterval(() => this.#watch(), 1000);
    addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#source === undefined) this.retry();
    });
  }

  /** Connects now, whatever it was waiting for. */
  retry(): void {
    clearTimeout(this.#timer);
    this.#close();
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const own = ++this.#try;
    try {
      const host = await getJson<HostAnswer>("api/host");
      if (own !== this.#try) return;
      this.#model.setServerTime(host.nowMs);
      this.#listener.onHost(host);
      if (host.live) this.#listen(host.nowMs);
      else this.#model.patch({ link: { state: "recording" } });
    } catch (error) {
      if (own === this.#try) this.#lose(error);
    }
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #listen(serverNowMs: number): void {
    this.#close();
    const source = new EventSource("api/live");
    this.#source = source;
    this.#aliveAt = performance.now();
    // the first is the newest that there was, and may be old: it says nothing of the server's clock
    let isFirst = true;
    source.addEventListener("second", ({ data }: MessageEvent<string>) => {
      const second = parseRecorded({ takenAtMs: 0, line: data });
      if (second === undefined) return;
      this.#attempts = 0;
      this.#aliveAt = performance.now();
      const ageMs = isFirst ? Math.max(0, serverNowMs - second.takenAtMs) : 0;
      if (!isFirst) this.#model.setServerTime(second.takenAtMs);
      isFirst = false;
      this.#model.patch({ link: { state: "live", heardAtMs: Date.now() - ageMs }, newest: second });
      this.#listener.onSecond(second);
    });
    source.addEventListener("state", ({ data }: MessageEvent<string>) => this.#listener.onState(JSON.parse(data) as StateEvent));
    // the browser would try again by itself, but could not tell a logout from a restart
    source.addEventListener("error", () => {
      source.close();
      if (source !== this.#source) return;
      this.#source = undefined;
      this.#again("the stream ended");
    });
  }

  /** Silence counts as lost; much of it is ended, for nobody else would. */
  #watch(): void {
    this.#model.patch({ beat: this.#model.state.beat + 1 });
    const silentMs = performance.now() - this.#aliveAt;
    const longestMs = 3 * silenceMs(this.#model.state.host?.staleAfterSeconds);
    if (this.#source === undefined || silentMs < longestMs) return;
    this.#close();
    this.#again("the server is silent");
  }

  #lose(error: unknown): void {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      this.#patchLink("loggedOut", error.message);
      return;
    }
    this.#again(reasonOf(error));
  }

  #again(reason: string): void {
    this.#patchLink("lost", reason);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), retryMs(this.#attempts++));
  }

  #patchLink(state: "lost" | "loggedOut", reason: string): void {
    const { heardAtMs } = this.#model.state.link;
    this.#model.patch({ link: defined({ state, reason, heardAtMs }) });
  }
}
