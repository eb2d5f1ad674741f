/** Where Culprit pushes to: the settings of a sink, and how it fares. */

/** The kinds of sink. */
export const pushTypes = ["remoteWrite", "influxdb"] as const;

/** How a sink fares. */
export interface PushFigures {
  readonly sink: string;
  readonly pendingBatches: number;
  readonly pendingBytes: number;
  /** How old the oldest waiting batch is; 0 when none waits. */
  readonly lagSeconds: number;
  readonly sentBatches: number;
  readonly sentSamples: number;
  /** Given up for want of room, or because they could not be kept or read. */
  readonly droppedBatches: number;
  /** Refused by the server for good. */
  readonly refusedBatches: number;
  readonly failedAttempts: number;
  readonly lastSuccessMs?: number;
  readonly lastDurationSeconds?: number;
}

/** What InfluxDB wants to know beside its address. */
export type InfluxSettings =
  | { readonly version: 2; readonly org: string; readonly bucket: string }
  | { readonly version: 1; readonly database: string; readonly retentionPolicy?: string };
