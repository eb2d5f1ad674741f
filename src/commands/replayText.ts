/** What `culprit replay` prints: where to look, and what there is to see. */
import type { Opened } from "../replay/opened.ts";
import { utcSpanText } from "../text.ts";
import { visible } from "../visible.ts";

/** Where it is served. */
export interface ReplayAddresses {
  readonly urls: readonly string[];
  /** Clients on other machines need it; absent while only this machine can connect. */
  readonly token?: { readonly path: string; loginLink(): string };
}

/** The lines. A link that logs in goes to a terminal only. */
export function replayText(opened: Opened, { urls, token }: ReplayAddresses, isTerminal: boolean): string {
  const { host, spikes, notes, verdict } = opened;
  const what = `${host.hostname}, ${utcSpanText(opened.fromMs, opened.toMs)} (${secondsText(opened.seconds)} recorded, ${countText(spikes.length)})`;
  const [first = ""] = urls;
  const lines = [
    `Replaying ${what}: ${urls.join(" ")}`,
    ...(verdict === undefined ? [] : [`Verdict:  ${verdict}`]),
    ...notes.map((note) => `Note:     ${note}`),
  ];
  if (token !== undefined)
    lines.push(
      isTerminal ? `Log in:   ${token.loginLink()} (works once, within ten minutes)` : `Log in:   ${first} with the token in ${token.path}`,
    );
  lines.push("Ctrl-C ends it");
  // names and sentences come out of somebody else's file
  return `${lines.map(visible).join("\n")}\n`;
}

function secondsText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 600) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes} min`;
}

function countText(spikes: number): string {
  return `${spikes} ${spikes === 1 ? "spike" : "spikes"}`;
}
