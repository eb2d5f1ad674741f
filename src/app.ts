/** Opens Culprit in the order in which the data flows, and closes it in the reverse. */
import { arch, hostname as readHostname, type as readOsType, release } from "node:os";
import { join } from "node:path";
import { type Config, readVersion } from "./config.ts";
import type { Log } from "./log.ts";
import type { LogRing } from "./logs/logRing.ts";
import { ScrapeWatch } from "./metrics/scrapes.ts";
import type { HostInfo } from "./metrics/view.ts";
import type { Clock } from "./model/clock.ts";
import { readIsElevated } from "./procfs/capabilities.ts";
import { readKernelUnits } from "./procfs/units.ts";
import { ChangingRedactor } from "./redact/changingRedactor.ts";
import { createDoorway } from "./server/auth/doorway.ts";
import { openTokens } from "./server/auth/openTokens.ts";
import { Sessions } from "./server/auth/sessions.ts";
import { LiveFeed } from "./server/liveFeed.ts";
import { createServer } from "./server/server.ts";
import { createAlertContext } from "./triggers/context.ts";
import { createAlertReceiver } from "./wiring/alerts.ts";
import { auditCapture, openAuditIn } from "./wiring/audit.ts";
import { contextSources } from "./wiring/contextSources.ts";
import { shareDescriptors } from "./wiring/descriptors.ts";
import { WatchedDoor } from "./wiring/door.ts";
import { createHealth } from "./wiring/health.ts";
import { hiddenNotes } from "./wiring/hidden.ts";
import { openHosts } from "./wiring/hosts.ts";
import { openHub } from "./wiring/hub.ts";
import { killedByKernel } from "./wiring/killedByKernel.ts";
import { openMachineCapture } from "./wiring/machineCapture.ts";
import { createMetrics } from "./wiring/metrics.ts";
import { openMetricsLog } from "./wiring/metricsLog.ts";
import { Opened } from "./wiring/opened.ts";
import { createOwnUser } from "./wiring/ownUser.ts";
import { describePortHolder } from "./wiring/portHolder.ts";
import { openPush } from "./wiring/push.ts";
import { describeReachable, type Reachable } from "./wiring/reachable.ts";
import { openRecordedPast } from "./wiring/recordedPast.ts";
import { openRelay } from "./wiring/relay.ts";
import { createReload, fixedSettings, type SettingsSource } from "./wiring/reload.ts";
import { createSampling } from "./wiring/sampling.ts";
import { watchStorage } from "./wiring/storage.ts";
import type { StorageClaim } from "./wiring/storageClaim.ts";
import { openTelling } from "./wiring/telling.ts";
import { followTicks } from "./wiring/ticks.ts";
import { tellOfUncleanEnd } from "./wiring/uncleanEnd.ts";
import { viewOf } from "./wiring/view.ts";

/** What a running Culprit is given from outside. */
export interface AppSurroundings {
  readonly log: Log;
  /** The newest lines of that log, and how its file fares. */
  readonly logLines: Pick<LogRing, "after">;
  readonly logQueue?: (() => { readonly length: number; readonly dropped: number } | undefined) | undefined;
  readonly clock: Clock;
  /** Where the settings come from, to read them once more; without it they hold until the end. */
  readonly settings?: SettingsSource;
  /** The claim on the storage; it is put back where it is missing. */
  readonly claim?: Pick<StorageClaim, "check" | "path" | "leftBehind">;
}

/** A Culprit that runs. */
export interface App {
  readonly reachable: Reachable;
  /** Stops listening first, then what was promised, then looking. */
  stop(): Promise<void>;
  /** Reads the settings once more; what came of it is in the log. @throws the reason why nothing has changed */
  reload(): Promise<unknown>;
  /** For the last moment of a process that crashes: the audit reaches its file. */
  flushNow(): void;
}

/** Opens a Culprit. @throws when the storage cannot be used or an address cannot be listened on; nothing keeps running then. */
export async function openApp(config: Config, surroundings: AppSurroundings): Promise<App> {
  const opened = new Opened();
  try {
    return await open(config, surroundings, opened);
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}

async function open(config: Config, { log, logLines, logQueue, clock, settings, claim }: AppSurroundings, opened: Opened): Promise<App> {
  const version = readVersion();
  const startTimeSeconds = clock.wallMs() / 1000 - process.uptime();
  const units = readKernelUnits();
  const host: HostInfo = { hostname: config.identity.hostname ?? readHostname(), os: readOsType(), kernel: release(), arch: arch() };
  const server = config.identity.hostname ?? config.identity.names[0] ?? host.hostname;
  const userId = process.getuid?.();
  const elevated = readIsElevated(userId);
  const hidden = hiddenNotes(config);
  for (const note of hidden) log.warn(`processes: ${note}`);
  const tokens = await openTokens(join(config.storage.path, "tokens"), clock, log);
  opened.stage(() => tokens.close());
  const sessions = new Sessions(clock, log, join(config.storage.path, "sessions.json"));

  const redactor = new ChangingRedactor(config.redact);
  const { sampling, containerName, reads, files, close: stopSampling } = createSampling(config, { log, clock, units, redactor });
  const scrapes = new ScrapeWatch(config.sample.windowSeconds, log);
  const metrics = createMetrics(config, { log, clock, units, version, sampling, reads, files, redactor });
  const { events } = metrics;
  const past = await openRecordedPast(config, { log, clock, host, version, ancestorsOf: (pid) => sampling.sampler.ancestorsOf(pid) });
  opened.stage(() => past.close());
  opened.stage(stopSampling);
  const { figures } = past;
  const sources = contextSources(config, sampling, past);

  const audit = await openAuditIn(config, { log, clock, figures });
  opened.stage(() => audit.close());
  const metricsLog = await openMetricsLog(config, { log, clock, hostname: server, version, past });
  opened.stage(() => metricsLog?.close());
  const promised = opened.stage();
  const capture = await openMachineCapture(config, {
    log,
    clock,
    units,
    host,
    version,
    recording: past.recorder,
    spikes: { overlapping: (fromMs, toMs) => past.store.overlapping(fromMs, toMs), active: () => past.spikes.active() },
    recentSnapshots: past.recentSnapshots,
    eventsBetween: past.events.between,
    containerName,
    reads,
    redactor,
    onCaptured(end) {
      events.captures.inc({ origin: end.request.origin, result: end.result });
      if (end.result === "ok") events.captureDuration.observe(end.durationSeconds);
      auditCapture(audit, end);
    },
  });
  promised.push(() => capture.stop());
  const requestCapture = capture.requestFor;
  const isStale = () => sampling.stale;
  const telling = await openTelling(config, {
    ...{ log, clock, server, version, events, audit, figures, requestCapture, sources, redactor, isStale },
  });
  promised.push(() => telling.stop());
  const hosts = await openHosts(config, { log, clock, hostname: host.hostname });
  const relay = await openRelay(config, { log, clock, events, audit, hosts });
  promised.push(() => relay.stop());
  const push = await openPush(config, { log, clock, server, families: (collect) => metrics.families(collect, view) });
  promised.push(() => push.stop());
  const hub = await openHub(config, { hostname: host.hostname, version, clock, log });
  promised.push(() => hub.hosts.stop());
  const reload = createReload(settings ?? fixedSettings(config), {
    log,
    clock,
    sampler: sampling.sampler,
    redactor,
    hosts,
    relay,
    telling,
    push,
  });
  const storage = watchStorage(config, { log, clock, past, capture, telling, relay, push, tokens, sessions, claim });
  opened.stage(() => storage.stop());
  await storage.start();

  const door = new WatchedDoor(config, { clock, log });
  const doorway = createDoorway(() => door.now, config.web.userScopes, clock);
  opened.stage(() => {
    door.stop();
    doorway.close();
  });
  const live = new LiveFeed();
  const view = () =>
    viewOf({
      version,
      startTimeSeconds,
      host,
      sampling,
      past,
      audit,
      metricsLog,
      capture,
      telling,
      relay,
      push,
      hub,
      storage,
      scrapes,
      reload,
      logQueue,
    });
  const { readiness, notes } = createHealth(config, { sampling, storage, hidden });
  const web = createServer(
    {
      metrics: {
        render: (scrape) => metrics.render(scrape, view),
        noteScrape: (client) => scrapes.note(client, clock.monotonicSeconds()),
      },
      readiness,
      notes,
      alerts: createAlertReceiver(config, {
        hosts,
        relay,
        captures: capture.alerts,
        audit,
        notifications: telling.notifications,
        figures,
        log,
        flushRecording: () => past.recorder.flush(),
        countTruncated: (alerts) => events.truncatedAlerts.inc(alerts),
        server,
        contextOf: createAlertContext(sources),
      }),
      captures: capture.queue,
      archives: capture.archives,
      get fleet() {
        return relay.fleet;
      },
      hub,
      historyEntries: config.ingest.history,
      recording: past.recorder.lookBack,
      recordedFromMs: () => past.recorder.lookBack.recordedFromMs(),
      secondsFromMs: () => past.recorder.lookBack.firstMs(),
      triggers: telling.triggers,
      silences: telling.silences,
      deliveries: telling.deliveries,
      logLines,
      spikes: past.store,
      events: past.events,
      host: { ...host, version },
      newest: () => sampling.newest,
      staleAfterSeconds: () => sampling.sampler.gapSeconds,
      live,
      processes: {
        readNow: config.source === "procfs" ? capture.readProcesses : undefined,
        recent: past.recentSnapshots,
        recording: past.recorder,
        ticksPerSecond: units.ticksPerSecond,
      },
      redact: redactor.text,
      reload: () => reload.run(),
      webhookOutcome: (result) => events.webhookRequests.inc({ result }),
    },
    {
      ...config.web,
      ...doorway.settings,
      mostConnections: shareDescriptors().connections,
      tokens: tokens.tokens,
      sessions,
      elevated,
      isOwnUser: createOwnUser({ clock, log, userId }),
      hostname: host.hostname,
      whoListens: (address, port) => describePortHolder({ root: config.paths, clock, reads }, address, port),
    },
    log,
    clock,
  );
  opened.stage(() => web.close());
  const addresses = await web.listen();
  await door.watch(() => web.renewTls());

  // only the process that listens on the address owns the storage: now it is sure that no other Culprit writes there
  await past.recorder.open();
  const { notifications } = telling;
  const unclean = { log, server, past, requestCapture, notifications, audit, nowMs: () => clock.wallMs() };
  await tellOfUncleanEnd(claim?.leftBehind, config, { ...unclean, killedByKernel: () => killedByKernel(config.paths, reads) });
  followTicks(sampling, { past, telling, capture, events, metricsLog, notes, publish: (...second) => live.publish(...second) });
  sampling.sampler.start();
  past.events.start();
  capture.start();
  telling.start();
  relay.start();
  push.start();
  hub.hosts.start();
  // whose a connection is only Linux tells
  const isTokenNeeded = elevated || config.web.auth === "always" || process.platform !== "linux";
  const urls = addresses.map(({ url }) => url);
  const reachable = describeReachable(urls, isTokenNeeded ? tokens.admin : undefined, await tokens.tokens.isWritten(), web);
  return { reachable, stop: () => opened.close(), reload: () => reload.run(), flushNow: () => audit.flushNow() };
}
