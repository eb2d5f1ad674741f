/** Requests that got no archive: the next archive that is made tells of them, so that none is lost silently. */
import type { CaptureRequest, JoinedAlert } from "../../model/capture.ts";
import { listText, utcText } from "../../text.ts";

const mostTold = 50;
const mostNames = 5;

/** Keeps them until an archive has told of them. */
export class AbandonedRequests {
  #notes: readonly string[] = [];
  #more = 0;

  add({ id, name, requestedAtMs }: CaptureRequest, joined: readonly JoinedAlert[], reason: string): void {
    const others = [...new Set(joined.map((alert) => alert.name))].filter((one) => one !== name);
    const more = others.length > mostNames ? [`${others.length - mostNames} more`] : [];
    const names = listText([name, ...others.slice(0, mostNames), ...more]);
    const note = `there is no archive of ${names} (${id}), asked for at ${utcText(requestedAtMs)}: ${reason}`;
    if (this.#notes.length < mostTold) this.#notes = [...this.#notes, note];
    else this.#more++;
  }

  /** For the notes of a manifest. */
  notes(): readonly string[] {
    return this.#more === 0 ? this.#notes : [...this.#notes, `and ${this.#more} more requests got no archive: see the log`];
  }

  /** An archive with so many of these notes is listed. */
  told(notes: readonly string[]): void {
    this.#notes = this.#notes.filter((note) => !notes.includes(note));
    if (notes.some((note) => note.startsWith("and "))) this.#more = 0;
  }
}
