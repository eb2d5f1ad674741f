/** A server with small fakes behind it. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlertOutcome, AlertReceiver, ReceivedAlert, Reception, StoredArchive } from "../../src/capture/contract.ts";
import type { ProcessList, ProcessListRow } from "../../src/capture/making/processList.ts";
import type { CaptureStanding } from "../../src/capture/making/standing.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { Hub } from "../../src/hub/hub.ts";
import { silentLog } from "../../src/log.ts";
import { LogRing } from "../../src/logs/logRing.ts";
import type { Archive, CaptureRequest, JoinedAlert } from "../../src/model/capture.ts";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import type { DatedOutcome } from "../../src/model/notification.ts";
import type { ActiveQuiet, HeldMessage, Silence } from "../../src/model/quiet.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { TriggerFiring, TriggerStatus } from "../../src/model/trigger.ts";
import { FlightRecorder } from "../../src/recorder/flightRecorder.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { loadTokens, type Scope, writeToken } from "../../src/server/auth/tokens.ts";
import type { BoundAddress } from "../../src/server/listen.ts";
import { LiveFeed } from "../../src/server/liveFeed.ts";
import { type CulpritServer, createServer } from "../../src/server/server.ts";
import type { ServerServices, WebhookOutcome, WebSettings } from "../../src/server/services.ts";
import { ManualClock } from "../support/manualClock.ts";
import { type LogLine, rememberingLog } from "../support/rememberingLog.ts";
import { type Answer, type Ask, ask } from "./client.ts";

/** Everything behind and around a server under test. */
export class Stage {
  readonly directory: string;
  readonly clock = new ManualClock();
  readonly logLines: LogLine[] = [];
  readonly outcomes: WebhookOutcome[] = [];
  readonly scrapes: string[] = [];
  readonly received: ReceivedAlert[][] = [];
  readonly receptions: (Reception | undefined)[] = [];
  readonly requests: { readonly reason?: string }[] = [];
  readonly pending: CaptureRequest[] = [];
  quiet: readonly ActiveQuiet[] = [];
  held: readonly HeldMessage[] = [];
  readonly joined = new Map<string, readonly JoinedAlert[]>();
  readonly standings = new Map<string, CaptureStanding>();
  readonly archives: StoredArchive[] = [];
  readonly spikes: Spike[] = [];
  readonly events: MachineEvent[] = [];
  /** What becomes of an event that somebody tells of: it is kept, unless a test says otherwise. */
  postEvent: ServerServices["events"]["post"] = async (wanted) => {
    const event: MachineEvent = { id: `e${this.events.length + 1}`, kind: "deployment", ...wanted };
    this.events.push(event);
    return { event };
  };
  readonly silences: Silence[] = [];
  /** What comes of reading the configuration once more. */
  reload: ServerServices["reload"] = async () => ({ changed: [], needsRestart: [] });
  readonly deliveries: DatedOutcome[] = [];
  readonly changeListeners = new Set<() => void>();
  readonly tokens = new Map<Scope, string>();
  metricsText = "# TYPE up gauge\nup 1\n";
  readinessNow: { ready: boolean; reasons: string[] } = { ready: true, reasons: [] };
  receive: AlertReceiver["receive"] = async (alerts) => alerts.map(capturedResult);
  render: (scrape: { readonly accept: string; readonly collect: readonly string[] }) => Promise<{ contentType: string; body: string }> =
    async () => ({
      contentType: "text/plain; version=0.0.4; charset=utf-8",
      body: this.metricsText,
    });
  triggerStatus: readonly TriggerStatus[] = [];
  triggerFirings: readonly TriggerFiring[] = [];
  readonly logRing = new LogRing({ firstSequence: 1 });
  /** Undefined is a recording. */
  live: LiveFeed | undefined = new LiveFeed();
  newest: Snapshot | undefined;
  recent: readonly Snapshot[] = [];
  processRows: readonly ProcessListRow[] = [];
  processReads = 0;
  hasProcessTable = true;
  server: CulpritServer | undefined;
  /** In place of the recorder's own. */
  lookBack: ServerServices["recording"] | undefined;
  /** Set before the start: the other hosts. */
  fleet: Fleet | undefined;
  bound: readonly BoundAddress[] = [];
  /** Records into the stage's directory when a test gives it something. */
  readonly recorder: FlightRecorder;
  /** The hosts that push here; there once the server listens. */
  hub: Hub | undefined;

  private constructor(directory: string) {
    this.directory = directory;
    this.recorder = new FlightRecorder({
      directory: join(directory, "recording"),
      ring: new Ring({ keepSeconds: 2700, mostBytes: 1e8 }),
      host: { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" },
      version: "0.1.0",
      limits: { maxBytes: 1e9, maxAgeSeconds: 1e7 },
      clock: this.clock,
      log: silentLog,
    });
  }

  /** A stage whose server is listening. */
  static async open(settings: Partial<WebSettings> = {}): Promise<Stage> {
    const stage = await Stage.prepare();
    await stage.start(settings);
    return stage;
  }

  /** A stage with tokens for every scope and no server yet. */
  static async prepare(): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), "culprit-server-")));
    for (const scope of ["read", "capture", "ingest", "admin"] as const) await stage.makeToken(scope, [scope]);
    return stage;
  }

  /** The port of the first listen address. */
  get port(): number {
    return this.bound[0]?.port ?? 0;
  }

  get tokenDirectory(): string {
    return join(this.directory, "tokens");
  }

  async makeToken(name: Scope, scopes: readonly Scope[]): Promise<void> {
    const { path } = await writeToken({ directory: this.tokenDirectory, path: join(this.tokenDirectory, name), scopes }, this.clock);
    this.tokens.set(name, (await readFile(path, "utf8")).trim());
  }

  async start(settings: Partial<WebSettings> = {}): Promise<void> {
    const log = rememberingLog(this.logLines);
    const tokens = await loadTokens(this.tokenDirectory, this.clock, log);
    const all: WebSettings = {
      listenAddresses: [{ host: "127.0.0.1", port: 0 }],
      telemetryPath: "/metrics",
      auth: "auto",
      allowedHosts: [],
      elevated: false,
      mostConnections: 1000,
      isOwnUser: async () => true,
      hostname: "web1",
      tokens,
      ...settings,
    };
    this.hub = await Hub.open({
      ...{ directory: join(this.directory, "hosts"), hostname: "web1", version: "0.1.0", maxHosts: 3, maxBytes: 1e8 },
      ...{ clock: this.clock, log },
    });
    this.server = createServer(this.services(this.hub), all, log, this.clock);
    this.bound = await this.server.listen();
  }

  ask(path: string, options: Omit<Ask, "path"> = {}): Promise<Answer> {
    return ask(this.port, { path, ...options });
  }

  /** The header that carries the token with one scope. */
  bearer(scope: Scope): { Authorization: string } {
    return { Authorization: `Bearer ${this.tokens.get(scope) ?? ""}` };
  }

  async close(): Promise<void> {
    await this.server?.close();
    await this.hub?.hosts.stop();
    await this.recorder.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Adds an archive with these bytes. */
  async shelve(id: string, bytes = randomBytes(5000), more: Partial<Archive> = {}): Promise<StoredArchive> {
    const path = join(this.directory, `${this.archives.length}.bin`);
    await writeFile(path, bytes);
    const archive: Archive = {
      id,
      createdAtMs: this.clock.wallMs(),
      origin: "alert",
      name: "HighLoad",
      incidentKey: "k",
      sizeBytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      span: { fromMs: 0, toMs: 1 },
      missing: [],
      ...more,
    };
    const stored = { archive, path };
    this.archives.unshift(stored);
    return stored;
  }

  /** Puts a request into the queue. */
  queue(id: string, more: Partial<CaptureRequest> = {}): CaptureRequest {
    const request: CaptureRequest = {
      id,
      origin: "alert",
      name: "HighLoad",
      labels: {},
      requestedAtMs: this.clock.wallMs(),
      onsetMs: this.clock.wallMs(),
      lookbackSeconds: 1800,
      incidentKey: "k",
      ...more,
    };
    this.pending.push(request);
    return request;
  }

  /** What capture does when it has finished with the oldest request. */
  async finish(bytes = randomBytes(100)): Promise<void> {
    const request = this.pending.shift();
    if (request === undefined) throw new Error("nothing is pending");
    await this.shelve(request.id, bytes, request.fingerprint === undefined ? {} : { fingerprint: request.fingerprint });
    this.tellChange();
  }

  tellChange(): void {
    for (const listener of [...this.changeListeners]) listener();
  }

  private async readProcesses(): Promise<ProcessList> {
    this.processReads++;
    return { takenAtMs: this.clock.wallMs(), rows: this.processRows, secrets: [], secretsComplete: true, silent: [] };
  }

  private services(hub: Hub): ServerServices {
    return {
      hub,
      historyEntries: 1000,
      metrics: { render: (scrape) => this.render(scrape), noteScrape: (client) => void this.scrapes.push(client) },
      readiness: () => this.readinessNow,
      alerts: {
        receive: (alerts, reception) => {
          this.received.push([...alerts]);
          this.receptions.push(reception);
          return this.receive(alerts);
        },
      },
      captures: {
        request: async (request) => {
          this.requests.push(request);
          return this.queue(`manual-${this.requests.length}`, { origin: "manual", name: "manual" });
        },
        pending: () => this.pending,
        standingOf: (id) => this.standings.get(id),
        joinedBy: ({ id }) => this.joined.get(id) ?? [],
        pendingFor: (fingerprint) => this.pending.findLast((request) => request.fingerprint === fingerprint),
      },
      archives: {
        list: () => this.archives.map((stored) => stored.archive),
        find: (id) => this.archives.find((stored) => stored.archive.id === id),
        latest: () => this.archives[0],
        findByFingerprint: (fingerprint) => this.archives.find((stored) => stored.archive.fingerprint === fingerprint),
        onChange: (callback) => {
          this.changeListeners.add(callback);
          return () => this.changeListeners.delete(callback);
        },
      },
      ...(this.fleet === undefined ? {} : { fleet: this.fleet }),
      recording: this.lookBack ?? this.recorder.lookBack,
      recordedFromMs: () => this.recorder.lookBack.recordedFromMs(),
      secondsFromMs: () => this.recorder.lookBack.firstMs(),
      events: {
        between: (fromMs, toMs) => this.events.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
        post: (wanted) => this.postEvent(wanted),
      },
      spikes: {
        find: (id) => this.spikes.find((spike) => spike.id === id),
        overlapping: (fromMs, toMs) =>
          this.spikes.filter(({ startMs, endMs = Number.POSITIVE_INFINITY }) => startMs <= toMs && endMs >= fromMs),
      },
      triggers: { status: () => this.triggerStatus, recent: () => this.triggerFirings },
      deliveries: { channels: () => ["email", "slack"], newest: () => this.deliveries },
      reload: () => this.reload(),
      silences: {
        list: () => this.silences,
        quiet: () => this.quiet,
        held: () => this.held,
        problemOf: (name) => (name === "HighLaod" ? "no trigger has this name" : undefined),
        add: async ({ seconds, ...wanted }) => {
          const beganAtMs = this.clock.wallMs();
          const added = { id: `s${this.silences.length + 1}`, ...wanted, beganAtMs, endsAtMs: beganAtMs + seconds * 1000 };
          this.silences.push(added);
          return added;
        },
        end: async (id) => {
          const at = this.silences.findIndex((one) => one.id === id);
          return at < 0 ? undefined : this.silences.splice(at, 1)[0];
        },
      },
      logLines: this.logRing,
      host: { hostname: "web1", version: "0.1.0", os: "Linux", kernel: "6.18", arch: "x64" },
      newest: () => this.newest,
      ...(this.live === undefined ? {} : { live: this.live }),
      processes: {
        ...(this.live === undefined || !this.hasProcessTable ? {} : { readNow: () => this.readProcesses() }),
        recent: () => this.recent,
        recording: this.recorder,
        ticksPerSecond: 100,
      },
      redact: (text) => text.replaceAll("hunter2", "***"),
      webhookOutcome: (result) => void this.outcomes.push(result),
    };
  }
}

/** What an AlertReceiver says of a new alert. */
export function capturedResult(alert: ReceivedAlert): AlertOutcome {
  return { alert, match: { kind: "own" }, result: "captured", archiveId: `a-${alert.fingerprint}` };
}

/** Waits for something that happens by itself in a moment; a hang is the only way to fail by time. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 8000; tries++) {
    if (await holds()) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never happened");
}
