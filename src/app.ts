/** Wires everything: what is made here is started in order and stopped in the reverse. */
import { arch, hostname as readHostname, type as readOsType, release } from "node:os";
import { join } from "node:path";
import type { StateEvent } from "./api/answers.ts";
import { type Config, readVersion } from "./config.ts";
import type { Log } from "./log.ts";
import type { LogRing } from "./logs/logRing.ts";
import { look } from "./metrics/look.ts";
import { ScrapeWatch } from "./metrics/scrapes.ts";
import { readSelf } from "./metrics/self.ts";
import type { HostInfo, MetricsView } from "./metrics/view.ts";
import type { Clock } from "./model/clock.ts";
import type { ResourceUsage } from "./model/usage.ts";
import { readIsElevated } from "./procfs/capabilities.ts";
import { readKernelUnits } from "./procfs/units.ts";
import { createRedactor } from "./redact/redactor.ts";
import type { Sampling, ShownTick } from "./sampler/sampling.ts";
import type { GroupStats } from "./sampler/window.ts";
import { type OpenedTokens, openTokens } from "./server/auth/openTokens.ts";
import type { AdminToken } from "./server/auth/tokens.ts";
import { LiveFeed } from "./server/liveFeed.ts";
import { type CulpritServer, createServer } from "./server/server.ts";
import { type ContextSources, createAlertContext } from "./triggers/context.ts";
import { createAlertReceiver } from "./wiring/alerts.ts";
import { shareDescriptors } from "./wiring/descriptors.ts";
import { hiddenNotes } from "./wiring/hidden.ts";
import { type Hosts, openHosts } from "./wiring/hosts.ts";
import { pageUrl } from "./wiring/links.ts";
import { type MachineCapture, openMachineCapture } from "./wiring/machineCapture.ts";
import { createMetrics } from "./wiring/metrics.ts";
import { createOwnUser } from "./wiring/ownUser.ts";
import { describePortHolder } from "./wiring/portHolder.ts";
import { queuesOf } from "./wiring/queues.ts";
import { openRecordedPast, type RecordedPast } from "./wiring/recordedPast.ts";
import { type FleetRelay, openRelay } from "./wiring/relay.ts";
import { createSampling } from "./wiring/sampling.ts";
import { watchStorage } from "./wiring/storage.ts";
import type { StorageClaim } from "./wiring/storageClaim.ts";
import type { StorageWatch } from "./wiring/storageWatch.ts";
import { openTelling, type Telling } from "./wiring/telling.ts";

/** What a running Culprit is given from outside. */
export interface AppSurroundings {
  readonly log: Log;
  /** The newest lines of that log, and how its file fares. */
  readonly logLines: Pick<LogRing, "after">;
  readonly logQueue?: () => { readonly length: number; readonly dropped: number } | undefined;
  readonly clock: Clock;
  /** The mark that the storage is ours; it is put back where it is missing. */
  readonly claim?: Pick<StorageClaim, "check" | "path">;
}

/** Where a started Culprit can be reached. */
export interface Started {
  readonly urls: readonly string[];
  /** Where the administrator's token is, when scoped routes ask for one. */
  readonly adminTokenPath?: string;
  /** False while the disk takes no file: then the token is in memory, behind the link alone. */
  readonly isTokenWritten?: boolean;
  /** A link that logs a browser in. */
  /** Makes a link that logs in once, within ten minutes. For a terminal: it shall be kept nowhere. */
  readonly loginLink?: () => string;
  readonly curlExample: string;
}

/** One Culprit. */
export interface App {
  /** @throws when the storage cannot be used or an address cannot be listened on; nothing keeps running then. */
  start(): Promise<Started>;
  /** Stops listening first, then what was promised, then looking. */
  stop(): Promise<void>;
  /** For the last moment of a process that crashes: the audit reaches its file. */
  flushNow(): void;
}

/** Makes a Culprit; it does nothing before `start`. */
export function createApp(config: Config, { log, logLines, logQueue, clock, claim }: AppSurroundings): App {
  const version = readVersion();
  const startTimeSeconds = clock.wallMs() / 1000 - process.uptime();
  const units = readKernelUnits();
  const host: HostInfo = { hostname: config.identity.hostname ?? readHostname(), os: readOsType(), kernel: release(), arch: arch() };
  const server = config.identity.hostname ?? config.identity.names[0] ?? host.hostname;
  const userId = process.getuid?.();
  const elevated = readIsElevated(userId);
  const redactor = createRedactor(config.redact);
  const { sampling, containerName, reads, files, close } = createSampling(config, { log, clock, units });
  const scrapes = new ScrapeWatch(config.sample.windowSeconds, log);
  const metrics = createMetrics(config, { log, clock, units, version, sampling, reads, files, view });
  const { events } = metrics;
  const live = new LiveFeed();
  const hidden = hiddenNotes(config);
  let parts: Parts | undefined;
  let web: CulpritServer | undefined;

  /** The picture that a scrape shows; it is asked for only once there is somebody to ask. */
  function view(): MetricsView {
    const { gapSeconds } = scrapes;
    const { capture, telling, past, storage } = parts ?? {};
    return look(sampling, {
      host,
      self: readSelf(version, startTimeSeconds),
      archives: capture?.archives.figures() ?? { count: 0, bytes: 0, limitBytes: config.archives.maxBytes, latest: [] },
      queues: queuesOf(parts, logQueue?.()),
      triggers: telling?.triggers.status() ?? [],
      ...(storage === undefined ? {} : { storageWritable: storage.problem === undefined }),
      ...(past === undefined ? {} : { spikes: past.spikes.figures() }),
      ...(gapSeconds === undefined ? {} : { scrapeGapSeconds: gapSeconds }),
    });
  }

  async function openParts(tokens: OpenedTokens): Promise<Parts> {
    const past = await openRecordedPast(config, { log, clock, host, version, ancestorsOf: (pid) => sampling.sampler.ancestorsOf(pid) });
    const sources: ContextSources = {
      lines: () => linesOf(sampling),
      spikes: past.knownSpikes,
      judgeNow: (seconds, resource) => past.spikes.judgeNow(seconds, resource),
      pageUrl: (atMs) => pageUrl(config, atMs),
    };
    const hosts = await openHosts(config, { log, clock, hostname: host.hostname });
    let telling: Telling | undefined;
    const capture = await openMachineCapture(config, {
      log,
      clock,
      units,
      host,
      version,
      recording: past.recorder,
      spikes: { overlapping: (fromMs, toMs) => past.store.overlapping(fromMs, toMs), active: () => past.spikes.active() },
      recentSnapshots: past.recentSnapshots,
      containerName,
      reads,
      onCaptured(end) {
        events.captures.inc({ origin: end.request.origin, result: end.result });
        if (end.result === "ok") events.captureDuration.observe(end.durationSeconds);
        telling?.captured(end);
      },
    });
    telling = await openTelling(config, {
      log,
      clock,
      server,
      version,
      events,
      requestCapture: capture.requestFor,
      sources,
      isStale: () => sampling.stale,
    });
    const relay = await openRelay(config, { log, clock, events, audit: telling.audit, hosts });
    const storage = watchStorage(config, { log, clock, past, capture, telling, relay, tokens, claim });
    return { hosts, past, capture, telling, relay, sources, storage };
  }

  /** Three steps, so that others may have a turn between them where a tick takes long. */
  function follow({ past, telling, capture }: Parts): void {
    let line = "";
    sampling.subscribe((tick: ShownTick) => {
      const { snapshot, durationSeconds } = tick;
      events.sampleDuration.observe(durationSeconds);
      const usage = snapshot.host.cpu?.usageRatio;
      if (usage !== undefined && !snapshot.gap) events.cpuSampleUsage.observe(usage);
      line = past.take(tick);
    });
    sampling.subscribe(({ snapshot }) => telling.take(snapshot, past.spikes.active()));
    sampling.subscribe(({ snapshot }) => live.publish(snapshot.takenAtMs, line, () => stateOf({ past, telling, capture }, notes())));
  }

  /** Ready is who samples, and would keep what it is told. */
  function readiness(): { readonly ready: boolean; readonly reasons: readonly string[] } {
    const problem = parts?.storage.problem;
    const reasons = [
      ...(sampling.stale ? ["no sample of the machine is recent"] : []),
      ...(problem === undefined ? [] : [`the storage takes nothing: ${problem}`]),
    ];
    return { ready: reasons.length === 0, reasons };
  }

  /** What the page says at its top. */
  function notes(): readonly string[] {
    const problem = parts?.storage.problem;
    const storage = `the storage ${config.storage.path} takes nothing (${problem}); the newest past is kept in memory`;
    return problem === undefined ? hidden : [storage, ...hidden];
  }

  async function start(): Promise<Started> {
    for (const note of hidden) log.warn(`processes: ${note}`);
    const opened = await openTokens(join(config.storage.path, "tokens"), clock, log);
    const { admin, tokens } = opened;
    parts = await openParts(opened);
    await parts.storage.start();
    const { hosts, past, capture, telling, relay, sources } = parts;
    web = createServer(
      {
        metrics: { render: metrics.render, noteScrape: (client) => scrapes.note(client, clock.monotonicSeconds()) },
        readiness,
        notes,
        alerts: createAlertReceiver(config, {
          hosts,
          relay,
          captures: capture.alerts,
          telling,
          log,
          countTruncated: (alerts) => events.truncatedAlerts.inc(alerts),
          server,
          contextOf: createAlertContext(sources),
        }),
        captures: capture.queue,
        archives: capture.archives,
        ...(relay.fleet === undefined ? {} : { fleet: relay.fleet }),
        recording: past.recorder.lookBack,
        triggers: telling.triggers,
        logLines,
        spikes: past.store,
        host: { ...host, version },
        newest: () => sampling.newest,
        staleAfterSeconds: () => sampling.sampler.gapSeconds,
        live,
        processes: {
          ...(config.source === "procfs" ? { readNow: capture.readProcesses } : {}),
          recent: past.recentSnapshots,
          recording: past.recorder,
          ticksPerSecond: units.ticksPerSecond,
        },
        redact: redactor.text,
        webhookOutcome: (result) => events.webhookRequests.inc({ result }),
      },
      {
        ...config.web,
        mostConnections: shareDescriptors().connections,
        tokens,
        sessionsPath: join(config.storage.path, "sessions.json"),
        elevated,
        isOwnUser: createOwnUser({ clock, log, userId }),
        hostname: host.hostname,
        whoListens: (address, port) => describePortHolder({ root: config.paths, clock, reads }, address, port),
      },
      log,
      clock,
    );
    const addresses = await web.listen();
    // only the process that listens on the address owns the storage: now it is sure that no other Culprit writes there
    await past.recorder.open();
    const running = parts;
    follow(running);
    sampling.sampler.start();
    capture.start();
    telling.start();
    relay.start();
    return describe(
      addresses.map((address) => address.url),
      // whose a connection is only Linux tells
      elevated || config.web.auth === "always" || process.platform !== "linux" ? admin : undefined,
      await tokens.isWritten(),
      web,
    );
  }

  async function stop(): Promise<void> {
    parts?.storage.stop();
    await web?.close();
    await Promise.all([parts?.capture.stop(), parts?.relay.stop()]);
    await parts?.telling.stop();
    await close();
    await parts?.past.close();
  }

  return { start, stop, flushNow: () => parts?.telling.audit.flushNow() };
}

/** What is opened at the start. */
interface Parts {
  readonly hosts: Hosts;
  readonly past: RecordedPast;
  readonly capture: MachineCapture;
  readonly telling: Telling;
  readonly relay: FleetRelay;
  readonly storage: StorageWatch;
  readonly sources: ContextSources;
}

/** What lasts right now, for the live page: it asks for more when this changes. */
function stateOf(
  { past: { spikes }, telling: { triggers }, capture: { queue, archives } }: Pick<Parts, "past" | "telling" | "capture">,
  notes: readonly string[],
): StateEvent {
  const { count, latest } = archives.figures();
  return {
    spikes: spikes.active(),
    strained: spikes.strained(),
    firing: triggers.status().flatMap(({ rule, state }) => (state === "firing" ? [rule.name] : [])),
    archives: { pending: queue.pending().length, count, latest: latest[0]?.id },
    notes,
  };
}

/** Who used what over the window, as messages list it. */
function linesOf(sampling: Sampling): ReturnType<ContextSources["lines"]> {
  const window = sampling.stale ? undefined : sampling.stats();
  return window === undefined ? [] : sampling.lines(window).map((line) => ({ labels: line, usage: usageOf(line) }));
}

/** Rates are means. What it holds is held now, be it that it began a moment ago. */
function usageOf({ mean, peak }: GroupStats): ResourceUsage {
  const { residentBytes } = peak;
  return residentBytes === undefined ? mean : { ...mean, residentBytes };
}

/** What a person needs to look: the address, and the way in where there is a door. */
function describe(urls: readonly string[], admin: AdminToken | undefined, isTokenWritten: boolean, web: CulpritServer): Started {
  const [url = ""] = urls;
  const token = admin?.token;
  if (admin === undefined) return { urls, curlExample: `curl ${url}archives` };
  return {
    urls,
    adminTokenPath: admin.path,
    isTokenWritten,
    ...(token === undefined ? {} : { loginLink: () => `${url}${web.loginLink(token)}` }),
    curlExample: `curl -H "Authorization: Bearer $(cat ${admin.path})" ${url}archives`,
  };
}
