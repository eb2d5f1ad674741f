/** Asks the server for what is looked for: once over the whole recording, and for what the timeline shows. */
import type { SearchAnswer } from "../../api/pastAnswers.ts";
import { reasonOf } from "../../model/errors.ts";
import type { Stretch } from "../logic/range.ts";
import { noSearch, type Search } from "../logic/search.ts";
import { getJson, isAborted } from "./api.ts";
import type { Model, State } from "./model.ts";

/** What is being recorded is looked at again so often while it is shown. */
const everyBeats = 60;

/** Keeps the search of the model up to date. */
export class SearchSource {
  readonly #model: Model;
  #abort: AbortController | undefined;
  #asked = "";

  constructor(model: Model) {
    this.#model = model;
    model.subscribe((state, changed) => {
      if (changed.has("beat") && state.beat % everyBeats === 0 && state.host?.live === true && !document.hidden) this.#asked = "";
      this.#askWhereNew(state);
    });
  }

  #askWhereNew({ address: { find }, range, host, search }: State): void {
    if (host === undefined) return;
    const key = find === "" ? "none" : JSON.stringify([find, range]);
    if (key === this.#asked) return;
    this.#asked = key;
    this.#abort?.abort();
    if (find === "") {
      if (search !== noSearch) this.#model.patch({ search: noSearch });
      return;
    }
    const known: Search = find === search.query ? search : { ...noSearch, query: find };
    this.#model.patch({ search: { ...known, problem: undefined, isLoading: true } });
    this.#abort = new AbortController();
    void this.#ask(find, this.#model.stretch, this.#abort.signal);
  }

  async #ask(query: string, { fromMs, toMs }: Stretch, signal: AbortSignal): Promise<void> {
    const path = `api/search?q=${encodeURIComponent(query)}`;
    try {
      const shown = await getJson<SearchAnswer>(`${path}&limit=100&from=${Math.floor(fromMs)}&to=${Math.ceil(toMs)}`, signal);
      const whole = await getJson<SearchAnswer>(path, signal);
      this.#model.patch({ search: { query, whole, shown, problem: undefined, isLoading: false } });
    } catch (error) {
      if (isAborted(error) || signal.aborted) return;
      this.#model.patch({ search: { ...this.#model.state.search, problem: reasonOf(error), isLoading: false } });
    }
  }
}
