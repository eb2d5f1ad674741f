/**
 * What a request to `POST /ingest` brings: one JSON object, a list of them, or one a line. Each is a script's payload, what `culprit once
 * --json` prints, or a line of a Culprit (a head, a second, a spike, a firing). One that cannot be used costs itself only. Pure.
 */
import { defined } from "../model/defined.ts";
import type { Spike } from "../model/spike.ts";
import type { RecordedSnapshot } from "../recorder/format/line.ts";
import { parseRecorded } from "../recorder/format/parseLine.ts";
import { roundNumbers } from "../recorder/format/rounding.ts";
import { parseSpikeLine } from "../recorder/format/spikeLine.ts";
import { readOnceJson } from "./onceJson.ts";
import { readPlainPayload } from "./plainPayload.ts";
import { isSender, readFiring, readSender, type Sender, type SentFiring } from "./pushLines.ts";
import { FieldProblem, type Fields, mostNameCharacters, readHostname } from "./readings.ts";
import { splitPayload } from "./splitPayload.ts";

/** A second to be recorded. */
export interface SentSecond {
  readonly kind: "second";
  readonly host: string;
  readonly snapshot: RecordedSnapshot;
  /** As the recording holds it. */
  readonly line: string;
  /** It comes from a script, and nobody has judged it. */
  readonly isPlain: boolean;
}

/** What was understood of one item. */
export type SentItem =
  | SentSecond
  | { readonly kind: "sender"; readonly host: string; readonly sender: Sender }
  | { readonly kind: "spike"; readonly host: string; readonly spike: Spike }
  | { readonly kind: "firing"; readonly host: string; readonly sent: SentFiring };

/** One that cannot be used. */
interface Refusal {
  /** Which one of the payload, from 0. */
  readonly index: number;
  readonly field: string;
  readonly reason: string;
  /** Where it is known. */
  readonly host?: string;
}

/** Undefined entries are of nobody's concern: an empty line. */
interface Payload {
  readonly items: readonly { readonly index: number; readonly item: SentItem }[];
  readonly refusals: readonly Refusal[];
}

/** So many may one request have. */
const mostItems = 5000;
const mostGroups = 1000;
const itemsPerTurn = 10;

/** Understands a whole body, a few items between two turns of the event loop. `host` is whose it is where the items do not say. */
export async function readPayload(text: string, host: string | undefined, pace: () => Promise<unknown>): Promise<Payload> {
  const items: { index: number; item: SentItem }[] = [];
  const refusals: Refusal[] = [];
  let current = host;
  let index = 0;
  for (const { read } of splitPayload(text)) {
    let named: unknown = current;
    try {
      if (index >= mostItems) throw new FieldProblem("body", `expected at most ${mostItems} items in one request`);
      const { fields, line } = read();
      named = fields.hostname ?? current;
      for (const item of readItem(fields, line, current)) {
        if (item.kind === "sender") current = item.host;
        items.push({ index, item });
      }
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error;
      const from = typeof named === "string" ? named.slice(0, mostNameCharacters) : undefined;
      refusals.push(defined({ index, field: error.field, reason: error.message, host: from }));
      if (error.field === "body") break;
    }
    if (++index % itemsPerTurn === 0) await pace();
  }
  return { items, refusals };
}

function readItem(fields: Fields, line: string | undefined, host: string | undefined): readonly SentItem[] {
  if (isSender(fields)) {
    const sender = readSender(fields);
    return [{ kind: "sender", host: sender.host.hostname, sender }];
  }
  if (fields.spike !== undefined) return [readSpike(fields, host)];
  if (fields.firing !== undefined) return [{ kind: "firing", host: known(host), sent: readFiring(fields) }];
  if (fields.hostname === undefined && fields.takenAtMs !== undefined && Array.isArray(fields.lines)) {
    const name = readHostname(fields.host, "host");
    const { spikes, ...second } = readOnceJson(fields);
    return [
      { kind: "second", host: name, ...second, isPlain: false },
      ...spikes.map((spike) => ({ kind: "spike", host: name, spike }) as const),
    ];
  }
  if (fields.takenAtMs !== undefined && fields.host !== undefined && Array.isArray(fields.groups)) return [readSecond(fields, line, host)];
  const name = readHostname(fields.hostname ?? host, "hostname");
  const snapshot = readPlainPayload(fields);
  return [{ kind: "second", host: name, snapshot, line: JSON.stringify(snapshot, roundNumbers), isPlain: true }];
}

function readSecond(fields: Fields, line: string | undefined, host: string | undefined): SentItem {
  const text = line?.startsWith('{"takenAtMs":') === true ? line : JSON.stringify({ takenAtMs: fields.takenAtMs, ...fields });
  const snapshot = parseRecorded({ takenAtMs: 0, line: text });
  if (snapshot === undefined)
    throw new FieldProblem("line", "expected a second of a recording: takenAtMs, host and groups, each as docs/api.md has them");
  if (snapshot.groups.length > mostGroups) throw new FieldProblem("groups", `expected at most ${mostGroups} groups`);
  return { kind: "second", host: known(host), snapshot, line: text, isPlain: false };
}

function readSpike(fields: Fields, host: string | undefined): SentItem {
  const read = parseSpikeLine(JSON.stringify({ schemaVersion: 1, atMs: 0, ...fields }));
  if (read === undefined) throw new FieldProblem("spike", "expected a spike as GET /api/spikes/<id> has it");
  return { kind: "spike", host: known(host), spike: read.spike };
}

function known(host: string | undefined): string {
  return readHostname(host, "hostname");
}
