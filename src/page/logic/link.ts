/** The connection to the server: what is known of it, in words, and when it is tried again. Pure. */
import { durationText } from "../../text.ts";

/** How the connection stands. */
export interface Link {
  readonly state: "connecting" | "live" | "lost" | "loggedOut" | "recording";
  /** When the newest second was new, on this browser's clock. */
  readonly heardAtMs?: number;
  readonly reason?: string;
}

/** After so long without a second the connection counts as lost, whatever the browser says of it; what comes slowly has its time. */
export function silenceMs(staleAfterSeconds: number | null | undefined): number {
  return 1000 + 1000 * Math.max(5, staleAfterSeconds ?? 0);
}

/** What the page says of it. */
export function linkWords(
  { state, heardAtMs, reason }: Link,
  nowMs: number,
  longestSilenceMs: number,
): { readonly text: string; readonly bad: boolean } {
  const age = heardAtMs === undefined ? "" : `; what is shown is ${durationText((nowMs - heardAtMs) / 1000)} old`;
  switch (state) {
    case "connecting":
      return { text: `Connecting${age}`, bad: false };
    case "recording":
      return { text: "Recording", bad: false };
    case "loggedOut":
      return { text: `Logged out${age}`, bad: true };
    case "lost":
      return { text: `Connection lost${reason === undefined ? "" : ` (${reason})`}${age}`, bad: true };
    case "live":
      if (heardAtMs !== undefined && nowMs - heardAtMs > longestSilenceMs) return { text: `No news${age}`, bad: true };
      return { text: "Live", bad: false };
  }
}

/** How long to wait before the next try: soon at first, never longer than ten seconds. */
export function retryMs(attempts: number): number {
  return Math.min(10_000, 500 * 2 ** Math.min(attempts, 10));
}
