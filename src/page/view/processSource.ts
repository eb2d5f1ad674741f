/** Single processes come from the server: asked for while they are looked at, and not with every move of the mouse. */
import type { ProcessesAnswer } from "../../api/pastAnswers.ts";
import { reasonOf } from "../../model/errors.ts";
import type { Address } from "../logic/address.ts";
import type { Focus } from "../logic/focus.ts";
import { sortResource } from "../logic/processes.ts";
import { getJson, isAborted } from "./api.ts";
import type { Model } from "./model.ts";

const liveEveryMs = 2000;
const restMs = 120;

/** The processes of what is looked at. */
export class ProcessSource {
  answer: ProcessesAnswer | undefined;
  problem: string | undefined;
  readonly #model: Model;
  #changed: () => void = () => undefined;
  #query = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  onChange(callback: () => void): void {
    this.#changed = callback;
  }

  /** Asks for these soon; what was asked for before is given up. */
  want(focus: Focus, { sort, filter }: Pick<Address, "sort" | "filter">): void {
    const time = {
      now: "",
      moment: `at=${Math.round(focus.fromMs)}&`,
      range: `from=${Math.round(focus.fromMs)}&to=${Math.round(focus.toMs)}&`,
    }[focus.kind];
    const query = `${time}sort=${sortResource(sort)}${filter === "" ? "" : `&filter=${encodeURIComponent(filter)}`}`;
    if (query === this.#query) return;
    this.stop();
    this.#query = query;
    this.problem = undefined;
    this.#timer = setTimeout(() => void this.#ask(query, focus.kind === "now"), restMs);
  }

  /** Nobody looks any more. */
  stop(): void {
    this.#query = "";
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #ask(query: string, again: boolean): Promise<void> {
    const { host } = this.#model.state;
    // whose page this is comes first: a recording has no now
    if (again && host === undefined) this.#timer = setTimeout(() => void this.#ask(query, again), restMs);
    if (again && host?.live !== true) return;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      if (!again || !document.hidden) this.answer = await getJson<ProcessesAnswer>(`api/processes?${query}`, abort.signal);
      this.problem = undefined;
    } catch (error) {
      if (isAborted(error) || this.#query !== query) return;
      this.problem = reasonOf(error);
      if (!again) this.answer = undefined;
    }
    if (this.#query !== query) return;
    this.#changed();
    if (again) this.#timer = setTimeout(() => void this.#ask(query, again), liveEveryMs);
  }
}
