/** The live feed: listens, notices when it is over, and comes back. */
import type { Spike } from "../../model/spike.ts";
import { parseRecorded, type RecordedSnapshot } from "../../recorder/recorded.ts";
import { retryMs, silenceMs } from "../logic/link.ts";
import { ApiError, getJson } from "./api.ts";
import type { Host, Model } from "./model.ts";

/** What lasts right now, as the feed tells it. */
export interface LiveState {
  readonly spikes: readonly Spike[];
  readonly firing: readonly string[];
  readonly archives: { readonly pending: number; readonly count: number; readonly latest?: string };
}

/** Who is told. */
export interface FeedListener {
  /** The server answers: what it is, before anything else. */
  onHost(host: Host): void;
  onSecond(second: RecordedSnapshot): void;
  onState(state: LiveState): void;
}

/** Keeps the page connected. */
export class Feed {
  readonly #model: Model;
  readonly #listener: FeedListener;
  #source: EventSource | undefined;
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
    this.#source?.close();
    this.#source = undefined;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    try {
      const host = await getJson<Host>("api/host");
      this.#model.setServerTime(host.nowMs);
      this.#listener.onHost(host);
      if (host.live) this.#listen();
      else this.#model.patch({ link: { state: "recording" } });
    } catch (error) {
      this.#lose(error);
    }
  }

  #listen(): void {
    const source = new EventSource("api/live");
    this.#source = source;
    this.#aliveAt = performance.now();
    source.addEventListener("second", ({ data }: MessageEvent<string>) => {
      const second = parseRecorded({ takenAtMs: 0, line: data });
      if (second === undefined) return;
      this.#attempts = 0;
      this.#aliveAt = performance.now();
      this.#model.setServerTime(second.takenAtMs);
      this.#model.patch({ link: { state: "live", heardAtMs: Date.now() }, newest: second });
      this.#listener.onSecond(second);
    });
    source.addEventListener("state", ({ data }: MessageEvent<string>) => this.#listener.onState(JSON.parse(data) as LiveState));
    // the browser would try again by itself, but could not tell a logout from a restart
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      source.close();
      this.#source = undefined;
      this.#again("the stream ended");
    });
  }

  /** Silence counts as lost; much of it is ended, for nobody else would. */
  #watch(): void {
    this.#model.patch({ beat: this.#model.state.beat + 1 });
    const silentMs = performance.now() - this.#aliveAt;
    if (this.#source === undefined || silentMs < 3 * silenceMs) return;
    this.#source.close();
    this.#source = undefined;
    this.#again("the server is silent");
  }

  #lose(error: unknown): void {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      this.#patchLink("loggedOut", error.message);
      return;
    }
    this.#again(error instanceof Error ? error.message : "the server does not answer");
  }

  #again(reason: string): void {
    this.#patchLink("lost", reason);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), retryMs(this.#attempts++));
  }

  #patchLink(state: "lost" | "loggedOut", reason: string): void {
    const { heardAtMs } = this.#model.state.link;
    this.#model.patch({ link: { state, reason, ...(heardAtMs === undefined ? {} : { heardAtMs }) } });
  }
}
