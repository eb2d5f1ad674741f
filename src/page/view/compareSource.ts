/** Asks for what differs, whenever the address names two other moments. */
import type { CompareAnswer } from "../../api/pastAnswers.ts";
import { reasonOf } from "../../model/errors.ts";
import { compareQuery } from "../logic/comparison.ts";
import { getJson, isAborted } from "./api.ts";
import type { Model } from "./model.ts";

/** Who moves the cursor by keys is not asked for at every point. */
const calmMs = 250;

/** Keeps the comparison true to the address. */
export function followComparison(model: Model): void {
  let asked: string | undefined;
  let abort: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(query: string): Promise<void> {
    abort = new AbortController();
    const { signal } = abort;
    try {
      const comparison = await getJson<CompareAnswer>(query, signal);
      if (asked === query) model.patch({ comparison });
    } catch (error) {
      if (isAborted(error) || asked !== query) return;
      model.patch({ comparison: { problem: `This could not be compared: ${reasonOf(error)}.` } });
    }
  }

  model.subscribe(({ address, host }, changed) => {
    if (!changed.has("address") && !changed.has("host")) return;
    const query = host === undefined ? undefined : compareQuery(address);
    if (query === asked) return;
    const isFirst = asked === undefined;
    asked = query;
    abort?.abort();
    clearTimeout(timer);
    if (query === undefined) return;
    if (isFirst) model.patch({ comparison: undefined });
    timer = setTimeout(() => void ask(query), isFirst ? 0 : calmMs);
  });
}
