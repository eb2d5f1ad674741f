/** What the server is given: the parts of Culprit that it shows, and its own settings as plain values. */
import type { Socket } from "node:net";
import type { ReloadAnswer } from "../api/answers.ts";
import type { AlertReceiver, ArchiveStore, RequestQueue } from "../capture/contract.ts";
import type { ProcessList } from "../capture/making/processList.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Hub } from "../hub/hub.ts";
import type { LogRing } from "../logs/logRing.ts";
import type { TlsDoor } from "../model/door.ts";
import type { MachineEvent, WantedEvent } from "../model/machineEvent.ts";
import type { DatedOutcome } from "../model/notification.ts";
import type { ActiveQuiet, HeldMessage, Silence, WantedSilence } from "../model/quiet.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { Recording } from "../recorder/format/recording.ts";
import type { LookBack } from "../recorder/reading/lookBack.ts";
import type { Triggers } from "../triggers/engine.ts";
import type { Sessions } from "./auth/sessions.ts";
import type { TokenStore } from "./auth/tokenStore.ts";
import type { Users } from "./auth/users.ts";
import type { ListenAddress, WhoListens } from "./listen.ts";
import type { LiveFeed } from "./liveFeed.ts";

/** How a webhook request ended, as `culprit_webhook_requests_total{result}` counts it. */
export type WebhookOutcome = "accepted" | "unavailable" | "malformed" | "unauthorised" | "too_large";

/** Where single processes are known from. */
export interface ProcessSources {
  /** All of this moment; a recording has none, and a machine without /proc neither. */
  readonly readNow?: (() => Promise<ProcessList>) | undefined;
  /** The newest Snapshots: what the processes of this moment use. */
  recent(): readonly Snapshot[];
  readonly recording: Recording;
  /** What start times are counted in. */
  readonly ticksPerSecond: number;
}

/** The parts of Culprit that the server shows. */
export interface ServerServices {
  readonly metrics: {
    /**
     * The metrics in the format that the Accept header likes best: Culprit's own, or those of the collectors in `collect[]`, or of all but
     * those in `exclude[]`.
     * @throws NodeCollectorError when `collect` names one that there is not, or `exclude` comes with it.
     */
    render(scrape: {
      readonly accept: string;
      readonly collect: readonly string[];
      readonly exclude: readonly string[];
    }): Promise<{ readonly contentType: string; readonly body: string }>;
    /** Called for every scrape of the telemetry path with the client's address. */
    noteScrape(client: string): void;
  };
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] };
  readonly alerts: AlertReceiver;
  readonly captures: RequestQueue;
  readonly archives: ArchiveStore;
  /** The other hosts; absent where no list of hosts is configured. */
  readonly fleet?: Fleet | undefined;
  /** The hosts that push here. */
  readonly hub: Pick<Hub, "take" | "answer" | "refusals" | "hosts">;
  /** So many entries of a host's history are given, where nobody asks for fewer. */
  readonly historyEntries: number;
  /** What is recorded of this machine; a table does not know who used what in a stretch. */
  readonly recording: Pick<LookBack, "downsampled" | "table" | "history" | "search"> &
    Partial<Pick<LookBack, "folded" | "fitted" | "spikes" | "recordedFromMs">>;
  readonly triggers: Pick<Triggers, "status" | "recent">;
  /** What is held back at people's wish; `end` gives undefined where there is none of that id, `add` where there are too many. */
  readonly silences: {
    list(): readonly Silence[];
    /** The quiet hours that last. */
    quiet(): readonly ActiveQuiet[];
    /** The messages that wait. */
    held(): readonly HeldMessage[];
    /** Why nothing that is told can have this name; undefined where something may. */
    problemOf(name: string): string | undefined;
    add(wanted: WantedSilence): Promise<Silence | undefined>;
    end(id: string, by: string): Promise<Silence | undefined>;
  };
  /** Who is told, and what became of the newest messages. */
  readonly deliveries: { channels(): readonly string[]; newest(): readonly DatedOutcome[] };
  /** The newest lines of the log. */
  readonly logLines: Pick<LogRing, "after">;
  /** The spikes that are kept, the newest first. */
  readonly spikes: { find(id: string): Spike | undefined; overlapping(fromMs: number, toMs: number): readonly Spike[] };
  /** What happened to the machine; `post` gives the reason where nothing more is taken now. */
  readonly events: {
    between(fromMs: number, toMs: number): readonly MachineEvent[];
    post(
      wanted: WantedEvent,
    ): Promise<{ readonly event: MachineEvent } | { readonly refused: "too_many" | "unwritten"; readonly reason: string }>;
  };
  readonly host: {
    readonly hostname: string;
    readonly version: string;
    readonly os: string;
    readonly kernel: string;
    readonly arch: string;
  };
  /** The newest Snapshot, once there is one; of a recording the last. */
  readonly newest?: () => Pick<Snapshot, "takenAtMs" | "host"> | undefined;
  /** After so long without a Snapshot something is wrong; a slow source takes its time. Unknown of a recording. */
  readonly staleAfterSeconds?: () => number;
  /** When what is recorded begins; undefined where nothing is. */
  readonly recordedFromMs: () => Promise<number | undefined>;
  /** When the seconds of it begin: before, only minutes are known. */
  readonly secondsFromMs?: (() => Promise<number | undefined>) | undefined;
  /** What the page says at its top, in sentences without a full stop. */
  readonly notes?: () => readonly string[];
  /** Every tick for those who listen; a recording has none. */
  readonly live?: LiveFeed;
  /** Single processes, now and then. */
  readonly processes?: ProcessSources | undefined;
  /** Cuts secrets out of a text: used on alert labels and a person's reason before anything else sees them. */
  redact(text: string): string;
  /** Reads the settings once more, and gives what has changed. @throws the reason why nothing has */
  reload(): Promise<ReloadAnswer>;
  /** Called once for every webhook request. */
  webhookOutcome(result: WebhookOutcome): void;
}

/** The settings of the server, as the configuration gave them. */
export interface WebSettings {
  readonly listenAddresses: readonly ListenAddress[];
  /** How many connections there may be at once. */
  readonly mostConnections: number;
  readonly telemetryPath: string;
  /** How others reach this server, when that is not its listen address. */
  readonly externalUrl?: string;
  /** `auto` asks nothing of Culprit's own user on this machine while Culprit is not elevated; `always` asks everybody. */
  readonly auth: "auto" | "always";
  /** Names that a loopback client may put into Host, besides the usual ones. */
  readonly allowedHosts: readonly string[];
  readonly tokens: TokenStore;
  /** Who is known by name and password, or by what a proxy says. */
  readonly users?: Users;
  /** The header, in small letters, in which the proxies that are listed say who their user is. */
  readonly userHeader?: string | undefined;
  /** Addresses and networks. */
  readonly trustedProxies?: readonly string[];
  /** The server speaks TLS, as this says now. */
  readonly tls?: (() => TlsDoor) | undefined;
  /** Headers of every answer, as the user wishes them now. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Those who have logged in; without them logins end with the server. */
  readonly sessions?: Sessions;
  /** Asked when a port is taken. */
  readonly whoListens?: WhoListens;
  /** The process runs as root or with added capabilities. */
  readonly elevated: boolean;
  /** Whether the other end of a connection from this machine is held by the user that Culprit runs as. False when that is not known. */
  readonly isOwnUser: (socket: Socket) => Promise<boolean>;
  readonly hostname: string;
}
