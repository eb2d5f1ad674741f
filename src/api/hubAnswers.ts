/** What a hub answers: to those who push, and about the hosts that it knows. See answers.ts for how names say their unit. */

/** `POST /ingest`: what became of a payload. A refusal of all of it is an ErrorAnswer that has this as well. */
export interface IngestAnswer {
  /** Seconds, spikes and firings that were new here and are kept. */
  readonly accepted: number;
  /** Seconds that were here already. */
  readonly repeated: number;
  readonly rejected: readonly RejectedItem[];
  /** How far the sender's clock is ahead of the hub's, where that is known and matters; negative where it is behind. Nothing was moved. */
  readonly skewSeconds?: number;
}

/** One item that cannot be used. */
export interface RejectedItem {
  /** Which one of the payload, from 0. */
  readonly index: number;
  readonly host?: string;
  readonly field: string;
  /** Names the field, and what was expected. */
  readonly reason: string;
}

/** `GET /api/hosts`: the hosts that push to this hub, by name. */
export interface HubHostsAnswer {
  /** Bytes that the recordings of all of them take, and may take. */
  readonly bytes: number;
  readonly maxBytes: number;
  readonly hosts: readonly HubHostAnswer[];
}

/** One of them. What is not known is absent. */
interface HubHostAnswer {
  readonly host: string;
  /** `culprit`: a Culprit that judges itself; `plain`: a script. */
  readonly kind: "culprit" | "plain";
  readonly version?: string;
  readonly firstSeenMs: number;
  readonly lastReceivedMs?: number;
  /** The newest second. */
  readonly newestMs?: number;
  /** How far back its recording reaches. */
  readonly recordedFromMs?: number;
  readonly bytes: number;
  readonly skewSeconds?: number;
}
