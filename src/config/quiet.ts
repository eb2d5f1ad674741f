/** `notify.quiet`: the hours in which messages wait. */
import { z } from "zod";
import { defined } from "../model/defined.ts";
import { uncleanEndName } from "../model/notification.ts";
import { type QuietHours, type Weekday, weekdays } from "../model/quiet.ts";
import { checked, text, word } from "./fields.ts";
import { nearest } from "./nearest.ts";
import { defaultTriggers } from "./triggers.ts";

/** The days of `mon`, or from the first to the second of `fri-mon`; undefined when it is neither. */
function parseDays(text: unknown): readonly Weekday[] | undefined {
  if (typeof text !== "string") return undefined;
  const places = text.split("-").map((name) => weekdays.indexOf(name as Weekday));
  const [first = -1, last = first] = places;
  if (places.length > 2 || first < 0 || last < 0) return undefined;
  const count = ((last - first + weekdays.length) % weekdays.length) + 1;
  return Array.from({ length: count }, (_, index) => weekdays[(first + index) % weekdays.length] as Weekday);
}

const days = () =>
  z
    .array(checked(`a day such as mon, or days such as mon-fri (${weekdays.join(", ")})`, parseDays))
    .min(1)
    .transform((lists) => weekdays.filter((day) => lists.flat().includes(day)));

/** A time of day in minutes. Unquoted `22:00` is text in YAML 1.2, too. */
const timeOfDay = (example: string) =>
  text(`a time from "00:00" to "24:00", such as ${example}`, (value) => {
    const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(value) ?? [];
    const minute = Number(hours) * 60 + Number(minutes);
    return Number(minutes) < 60 && minute <= 1440 ? minute : undefined;
  });

const timeZone = () =>
  text("a time zone such as Europe/Berlin or UTC", (name) => {
    try {
      new Intl.DateTimeFormat("en-US", { timeZone: name });
      return name;
    } catch {
      return undefined;
    }
  });

/** The schema of the list. */
export const quietHours = () =>
  z.array(
    z
      .strictObject({
        days: days().optional(),
        from: timeOfDay('"22:00"'),
        to: timeOfDay('"06:00"'),
        timeZone: timeZone().optional(),
        triggers: z.array(word("the name of a trigger or an alert")).min(1).optional(),
        groups: z.array(word("the name of a process, a unit or a container")).min(1).optional(),
      })
      .superRefine(({ from, to }, context) => {
        const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
        if (from === to) complain("to", 'expected another time than from; the whole day is from "00:00" to "24:00"');
        if (from === 1440) complain("from", 'expected a time before "24:00"');
      })
      .transform(
        ({ days: written, from, to, timeZone: zone, triggers, groups }): QuietHours =>
          defined({ days: written ?? weekdays, fromMinute: from, toMinute: to, timeZone: zone, names: triggers, groups }),
      ),
  );

/** Names that no trigger has, where alerts are not told: nobody would be left alone. */
export function absentQuietNames(settings: {
  readonly triggers?: readonly { readonly name: string }[] | null | undefined;
  readonly webhook?: { readonly notify?: boolean | undefined } | null | undefined;
  readonly notify?: { readonly quiet?: readonly QuietHours[] | null | undefined } | null | undefined;
}): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const { triggers, webhook, notify } = settings;
  const told = { triggers: triggers ?? defaultTriggers, webhook: { notify: webhook?.notify === true } };
  return (notify?.quiet ?? []).flatMap((hours, index) =>
    (hours.names ?? []).flatMap((name, place) => {
      const message = absentNameProblem(name, told);
      return message === undefined ? [] : [{ path: ["notify", "quiet", index, "triggers", place], message }];
    }),
  );
}

/** Why nothing that is told can have this name; undefined where something may: the names of alerts are not known beforehand. */
export function absentNameProblem(
  name: string,
  { triggers, webhook }: { readonly triggers: readonly { readonly name: string }[]; readonly webhook: { readonly notify: boolean } },
): string | undefined {
  const names = [...triggers.map((one) => one.name), uncleanEndName];
  if (webhook.notify || names.includes(name)) return undefined;
  const meant = nearest(name, names);
  const hint =
    meant === undefined ? `expected one of ${names.join(", ")}, or an alert with webhook.notify: true` : `did you mean ${meant}?`;
  return `no trigger has the name ${JSON.stringify(name)}; ${hint}`;
}
