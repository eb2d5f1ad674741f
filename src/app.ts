/** Wires everything: what is made here is started in order and stopped in the reverse. */
import { spawn } from "node:child_process";
import { arch, hostname as readHostname, type as readOsType, release } from "node:os";
import { join } from "node:path";
import { namesOfCgroup } from "./attribution/cgroupNames.ts";
import { nameByRules } from "./attribution/groupRules.ts";
import { type Capture, createParts, defaultCaptureSettings, openCapture, readProcessTable } from "./capture/index.ts";
import { ContainerNames, engineSockets } from "./collectors/containerNames.ts";
import { createLinuxCollectors, partsByFlag, withoutDisabled } from "./collectors/index.ts";
import { createPortableSource, thisSystem, windowFor } from "./collectors/portable.ts";
import { createScrapeCollectors } from "./collectors/scrape.ts";
import { Scraper } from "./collectors/scraper.ts";
import { type Config, readVersion } from "./config.ts";
import { matchAlert, openHostList, readOwnNames } from "./fleet/index.ts";
import type { Log } from "./log.ts";
import { catalogue } from "./metrics/catalogue/index.ts";
import { negotiateFormat } from "./metrics/format.ts";
import { look } from "./metrics/look.ts";
import { createNodeMetrics, NodeCollectorError } from "./metrics/node/nodeMetrics.ts";
import { MetricsRegistry, renderFamilies } from "./metrics/registry.ts";
import { ScrapeWatch } from "./metrics/scrapes.ts";
import { readDescriptorLimit, readSelf } from "./metrics/self.ts";
import type { HostInfo } from "./metrics/view.ts";
import type { Clock } from "./model/clock.ts";
import type { Snapshot } from "./model/snapshot.ts";
import { readIsElevated } from "./procfs/capabilities.ts";
import { readKernelUnits } from "./procfs/units.ts";
import { encodeSnapshot } from "./recorder/encode.ts";
import { Ring } from "./recorder/ring.ts";
import { redactText } from "./redact/index.ts";
import { Sampling } from "./sampler/sampling.ts";
import { type AdminToken, ensureAdminToken, loadTokens } from "./server/auth/tokens.ts";
import { type CulpritServer, createServer } from "./server/server.ts";

/** What a running Culprit is given from outside. */
export interface AppSurroundings {
  readonly log: Log;
  readonly clock: Clock;
}

/** Where a started Culprit can be reached. */
export interface Started {
  readonly urls: readonly string[];
  /** Where the administrator's token is, when scoped routes ask for one. */
  readonly adminTokenPath?: string;
  /** A link that logs a browser in. */
  readonly loginUrl?: string;
  readonly curlExample: string;
}

/** One Culprit. */
export interface App {
  /** @throws when the storage cannot be used or an address cannot be listened on; nothing keeps running then. */
  start(): Promise<Started>;
  /** Stops listening first, then what was promised, then looking. */
  stop(): Promise<void>;
}

/** Descriptors that are left for everything but processes: files, sockets, diagnostics. */
const descriptorsForOthers = 512;
/** An alert arrives minutes after its onset (`for`, group_wait): so much more than the look-back is kept. */
const onsetToWebhookSeconds = 900;
const mebibyte = 1024 * 1024;

/** Diagnostics are looked for where the system keeps its own programs, not where a caller's PATH points. */
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Makes a Culprit; it does nothing before `start`. */
export function createApp(config: Config, { log, clock }: AppSurroundings): App {
  const version = readVersion();
  const startTimeSeconds = clock.wallMs() / 1000 - process.uptime();
  const units = readKernelUnits();
  const host: HostInfo = { hostname: readHostname(), os: readOsType(), kernel: release(), arch: arch() };
  const elevated = readIsElevated(process.getuid?.());
  const sampling = createSampling(config, { log, clock }, units);
  const ring = new Ring({ keepSeconds: config.capture.lookbackSeconds + onsetToWebhookSeconds, mostBytes: 64 * mebibyte });
  const scrapes = new ScrapeWatch(config.sample.windowSeconds, log);
  let capture: Capture | undefined;
  let server: CulpritServer | undefined;

  const registry = new MetricsRegistry(catalogue, () => {
    const queue = capture?.queueFigures() ?? { length: 0, dropped: 0 };
    const { gapSeconds } = scrapes;
    return look(sampling, {
      host,
      self: readSelf(version, startTimeSeconds),
      archives: capture?.archives.figures() ?? { count: 0, bytes: 0, limitBytes: config.archives.maxBytes, latest: [] },
      queues: [{ queue: "captures", ...queue }],
      ...(gapSeconds === undefined ? {} : { scrapeGapSeconds: gapSeconds }),
    });
  });

  const scraper = new Scraper({
    collectors: createScrapeCollectors({ root: config.paths, units, log, textfileDirectories: config.collectors.textfileDirectories }),
    source: "procfs",
    clock,
    log,
  });
  const nodeMetrics = createNodeMetrics({
    newest: () => (sampling.stale ? undefined : sampling.newestSample),
    scrape: (parts) => scraper.read(parts),
    build: { version, nodeVersion: process.version, platform: process.platform, arch: process.arch },
    log,
    disabled: new Set(config.collectors.disabled),
  });

  function recordTicks(): void {
    let previous: Snapshot | undefined;
    sampling.subscribe(({ snapshot, shown, durationSeconds }) => {
      registry.events.sampleDuration.observe(durationSeconds);
      const usage = snapshot.host.cpu?.usageRatio;
      if (usage !== undefined && !snapshot.gap) registry.events.cpuSampleUsage.observe(usage);
      ring.push(snapshot.takenAtMs, encodeSnapshot(snapshot, shown, previous));
      previous = snapshot;
    });
  }

  async function openCaptures(): Promise<Capture> {
    const { archives, webhook, identity, web } = config;
    const hosts = await openHostList({ files: config.hosts.files, log, clock });
    const source = { root: config.paths, units, clock, namesOfCgroup };
    const readProcesses = () => readProcessTable(source);
    const surroundings = { start: spawn, clock, searchPath };
    return openCapture({
      storageDirectory: config.storage.path,
      archivesDirectory: archives.path,
      clock,
      log,
      recording: ring,
      parts: createParts({ root: config.paths, ownCommands: config.capture.commands, surroundings, readProcessTable: readProcesses }),
      readProcessTable: readProcesses,
      host,
      version,
      settings: {
        ...defaultCaptureSettings,
        ...config.capture,
        ...webhook,
        limits: { maxBytes: archives.maxBytes, maxCount: archives.maxCount, maxAgeSeconds: archives.maxAgeSeconds },
      },
      match: async (labels) => {
        const { externalUrl } = web;
        const names = { hostname: host.hostname, names: identity.names, ...(externalUrl === undefined ? {} : { externalUrl }) };
        return matchAlert(labels, await hosts.current(), readOwnNames(names));
      },
      onCaptured({ origin, result, durationSeconds }) {
        registry.events.captures.inc({ origin, result });
        if (result === "ok") registry.events.captureDuration.observe(durationSeconds);
      },
    });
  }

  async function start(): Promise<Started> {
    const tokensDirectory = join(config.storage.path, "tokens");
    const admin = await ensureAdminToken(tokensDirectory, clock);
    const tokens = await loadTokens(tokensDirectory, clock, log);
    capture = await openCaptures();
    server = createServer(
      {
        metrics: {
          render: async ({ accept, collect }) => {
            const format = negotiateFormat(accept);
            if (collect.length === 0) return registry.render(format);
            // modes and columns that the system does not tell would come out as 0
            if (config.source === "portable") throw new NodeCollectorError("node_exporter's families need --source=procfs, on Linux");
            return renderFamilies(nodeMetrics.families(collect), format);
          },
          noteScrape: (client) => scrapes.note(client, clock.monotonicSeconds()),
        },
        readiness: () =>
          sampling.stale ? { ready: false, reasons: ["no sample of the machine is recent"] } : { ready: true, reasons: [] },
        alerts: capture.alerts,
        captures: capture.desk,
        archives: capture.archives,
        host: { hostname: host.hostname, version },
        redact: redactText,
        webhookOutcome: (result) => registry.events.webhookRequests.inc({ result }),
      },
      { ...config.web, tokens, elevated, hostname: host.hostname },
      log,
      clock,
    );
    const addresses = await server.listen();
    recordTicks();
    sampling.sampler.start();
    capture.start();
    return describe(
      addresses.map((address) => address.url),
      elevated || config.web.auth === "always" ? admin : undefined,
    );
  }

  async function stop(): Promise<void> {
    await server?.close();
    await capture?.stop();
    sampling.sampler.stop();
    scraper.close();
  }

  return { start, stop };
}

function createSampling(config: Config, { log, clock }: AppSurroundings, units: ReturnType<typeof readKernelUnits>): Sampling {
  const { windowSeconds } = config.sample;
  const surroundings = { clock, log, random: Math.random, nameByRules: nameByRules(config.groups) };
  if (config.source === "portable") {
    const source = createPortableSource({ system: thisSystem(), clock, log });
    const { collectors, intervalSeconds } = source;
    return new Sampling(
      { ...surroundings, collectors, source: "portable", pace: source, intervalSeconds },
      windowFor(windowSeconds, intervalSeconds),
    );
  }
  const mostProcessDescriptors = Math.max(0, (readDescriptorLimit() ?? 1024) - descriptorsForOthers);
  const disabled = new Set<string>(config.collectors.disabled.flatMap((name) => partsByFlag[name] ?? []));
  const root = config.paths;
  const containerOf = (path: string) => namesOfCgroup(path).container;
  const containers = new ContainerNames({ sockets: engineSockets(root.rootfs), containerOf, clock, log });
  const collectors = withoutDisabled(createLinuxCollectors({ root, units, clock, mostProcessDescriptors, containers }), disabled);
  return new Sampling({ ...surroundings, collectors, source: "procfs", intervalSeconds: config.sample.intervalSeconds }, windowSeconds);
}

/** What a person needs to look: the address, and the way in where there is a door. */
function describe(urls: readonly string[], admin: AdminToken | undefined): Started {
  const [url = ""] = urls;
  if (admin === undefined) return { urls, curlExample: `curl ${url}archives` };
  return {
    urls,
    adminTokenPath: admin.path,
    ...(admin.token === undefined ? {} : { loginUrl: `${url}login?token=${admin.token}` }),
    curlExample: `curl -H "Authorization: Bearer $(cat ${admin.path})" ${url}archives`,
  };
}
