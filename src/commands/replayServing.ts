/** Serves what was opened, to this machine without asking, to others by a token of this run. */
import { hostname as readHostname } from "node:os";
import { join } from "node:path";
import { readVersion } from "../config.ts";
import type { Log } from "../log.ts";
import type { LogRing } from "../logs/logRing.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { Opened } from "../replay/opened.ts";
import { isLoopback } from "../server/auth/hosts.ts";
import { ensureAdminToken, loadTokens } from "../server/auth/tokens.ts";
import { createReplayServer } from "../server/replayServer.ts";
import { shareDescriptors } from "../wiring/descriptors.ts";
import { createOwnUser } from "../wiring/ownUser.ts";
import type { ReplayAddresses } from "./replayText.ts";

/** How it is served. */
export interface ServingOptions {
  /** Of ours; the token lies there. */
  readonly directory: string;
  readonly listenAddresses: readonly { readonly host: string; readonly port: number }[];
  readonly log: Log;
  readonly logLines: Pick<LogRing, "after">;
  /** Cuts secrets out of the paths that are logged. */
  readonly redact: (text: string) => string;
  readonly clock: Clock;
}

/** Start times are counted in hundredths wherever Linux runs Node. */
const ticksPerSecond = 100;

/** Opens the server. @throws ListenProblem */
export async function openReplayServer(opened: Opened, options: ServingOptions): Promise<ReplayAddresses & { close(): Promise<void> }> {
  const { directory, listenAddresses, log, logLines, redact, clock } = options;
  const { host, culprit, lookBack, recording, last, spikes, events, archive, fromMs, toMs, notes } = opened;
  const tokensDirectory = join(directory, "tokens");
  const admin = await ensureAdminToken(tokensDirectory, clock);
  const server = createReplayServer(
    {
      host: { ...host, version: culprit ?? readVersion() },
      recording: lookBack,
      spikes: {
        find: (id) => spikes.find((spike) => spike.id === id),
        overlapping: (from, to) => spikes.filter(({ startMs, endMs = toMs }) => startMs <= to && endMs >= from),
      },
      events: { between: (from, to) => events.filter(({ atMs }) => atMs >= from && atMs <= to) },
      newest: () => last,
      recordedFromMs: async () => Math.min(fromMs, (await lookBack.recordedFromMs?.()) ?? fromMs),
      secondsFromMs: async () => fromMs,
      notes: () => notes,
      logLines,
      redact,
      readiness: () => ({ ready: true, reasons: [] }),
      toMs,
      processes: recording === undefined ? undefined : { recent: () => [], recording, ticksPerSecond },
      archive,
    },
    {
      listenAddresses,
      telemetryPath: "/metrics",
      auth: "auto",
      allowedHosts: [],
      tokens: await loadTokens(tokensDirectory, clock, log),
      mostConnections: shareDescriptors().connections,
      // it may read what it was given and nothing else: the user who started it needs no token to look at it, and neither does root
      elevated: false,
      isOwnUser: createOwnUser({ clock, log, userId: process.getuid?.() }),
      hostname: readHostname(),
    },
    log,
    clock,
  );
  const bound = await server.listen();
  const { path, token } = admin;
  const urls = bound.map(({ url }) => url);
  // only Linux tells whose a connection is
  const isOpenToOthers = process.platform !== "linux" || bound.some((address) => !isLoopback(address.host));
  return defined({
    urls,
    token: isOpenToOthers && token !== undefined ? { path, loginLink: () => `${urls[0] ?? ""}${server.loginLink(token)}` } : undefined,
    close: () => server.close(),
  });
}
