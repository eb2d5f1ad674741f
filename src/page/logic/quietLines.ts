/** What is silent, and which messages wait until when, in lines. Pure. */
import type { SilencesAnswer } from "../../api/tellingAnswers.ts";
import { quietText } from "../../model/quiet.ts";
import type { Times } from "./format.ts";

/** A line for each; none where nothing is held back. */
export function quietLines(answer: SilencesAnswer | undefined, times: Times): readonly string[] {
  if (answer === undefined) return [];
  const { silences, quiet, held } = answer;
  return [
    ...quiet.map((one) => `Quiet hours hold ${quietText(one)} back until ${times.moment(one.untilMs)}.`),
    ...silences.map(({ by, reason, endsAtMs, ...one }) => {
      const why = reason === undefined ? "" : `: ${reason}`;
      return `A silence holds ${quietText(one)} back until ${times.moment(endsAtMs)} (${by})${why}`;
    }),
    ...held.map(({ title, status, sinceMs, untilMs }) => {
      const what = status === "firing" ? title : `The end of ${title}`;
      return `${what} waits since ${times.moment(sinceMs)}, until ${times.moment(untilMs)}.`;
    }),
  ];
}
