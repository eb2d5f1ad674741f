/** Takes in what asks for a capture: alerts, triggers and people. They are answered once their request is on disk. */
import type { Log } from "../../log.ts";
import type { CaptureRequest, IncidentRequest, JoinedAlert } from "../../model/capture.ts";
import type { Clock } from "../../model/clock.ts";
import { defined } from "../../model/defined.ts";
import { reasonOf } from "../../model/errors.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { unlessRefused } from "../../spool/durable.ts";
import type { JsonFile } from "../../spool/jsonFile.ts";
import { archiveId } from "../archives/archiveNames.ts";
import { type FreeSpace, isDiskFull } from "../archives/freeSpace.ts";
import {
  type AlertOutcome,
  type AlertReceiver,
  type MatchedAlert,
  QueueFull,
  QueueUnavailable,
  type Reception,
  type RequestQueue,
} from "../contract.ts";
import type { CaptureStanding, Standing } from "../making/standing.ts";
import type { SpikeLookup } from "../report/archiveVerdict.ts";
import type { CaptureWorker } from "./captureWorker.ts";
import { type Incident, type IncidentState, joinedTo } from "./incident.ts";
import { onsetOf, receiveAlerts, rememberRequests } from "./incidents.ts";
import { kinshipBy } from "./storm.ts";

interface IntakeOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: CaptureWorker;
  /** How far the one at work is. */
  readonly standing: Pick<Standing, "find">;
  readonly incidents: JsonFile<IncidentState>;
  readonly freeSpace: FreeSpace;
  /** True when an archive with this id exists. */
  readonly hasArchive: (id: string) => boolean;
  /** The id of an incident's newest archive. */
  readonly archiveOf: (incidentKey: string) => string | undefined;
  readonly settings: IntakeSettings;
  readonly redactor: Redactor;
  /** By them it is told which alerts belong together. */
  readonly spikes: SpikeLookup | undefined;
}

/** The settings that requests are made with. */
interface IntakeSettings {
  readonly ignoreLabels: readonly string[];
  readonly cooldownSeconds: number;
  readonly lookbackSeconds: number;
  readonly maxSpanSeconds: number;
  /** When so many captures wait, alerts are refused. */
  readonly mostWaiting: number;
}

/** Besides those of alerts: a person and a trigger get their capture in a flood of alerts, too. */
const placesOfOthers = 20;

/** Takes requests in, one payload after the other: an incident that one opens, the next one joins. */
export class RequestIntake implements AlertReceiver<MatchedAlert>, RequestQueue {
  readonly #options: IntakeOptions;
  #state: IncidentState = new Map();
  /** The archive that is being written: what joins from now on would not stand in it. */
  #closedId: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Reads the incidents, and adds what only the queue knows of them. */
  async open(): Promise<void> {
    const loaded = (await this.#options.incidents.load()) ?? new Map();
    this.#state = rememberRequests(loaded, this.pending(), this.#options.settings.ignoreLabels);
    if (this.#state.size > 0) await unlessRefused(() => this.#withRoom(() => this.#save()));
  }

  /** Makes files again that somebody has removed. Rejects when a request could not be made durable now. */
  check(): Promise<void> {
    return this.#serially(async () => {
      const { worker, incidents, freeSpace } = this.#options;
      try {
        await worker.check();
        await incidents.check();
      } catch (error) {
        if (!isDiskFull(error) || !(await freeSpace.hasReserve())) throw error;
      }
      // as soon as there is room to spare, not only at the next hour
      await freeSpace.restoreReserve().catch(() => undefined);
    });
  }

  receive(alerts: readonly MatchedAlert[], reception: Reception = {}): Promise<readonly AlertOutcome[]> {
    return this.#serially(() => this.#receive(alerts, reception));
  }

  request({ reason }: { readonly reason?: string }): Promise<CaptureRequest> {
    return this.#serially(async () => {
      const { clock, settings } = this.#options;
      const nowMs = clock.wallMs();
      const id = archiveId({ atMs: nowMs, origin: "manual", name: "manual", seed: "manual" }, (taken) => this.#isTaken(taken));
      const request: CaptureRequest = defined({
        id,
        origin: "manual",
        name: "manual",
        labels: {},
        reason: reason === undefined ? undefined : this.#options.redactor.text(reason),
        requestedAtMs: nowMs,
        onsetMs: nowMs,
        lookbackSeconds: settings.lookbackSeconds,
        incidentKey: `manual-${id}`,
      });
      await this.#promise([request]);
      return request;
    });
  }

  /** A trigger's request, whose labels and texts are redacted already. An incident has one capture, however often it is asked for. */
  requestFor(asked: IncidentRequest): Promise<{ readonly id: string }> {
    return this.#serially(async () => {
      const { clock, settings, archiveOf } = this.#options;
      const known = this.pending().find(({ incidentKey }) => incidentKey === asked.incidentKey)?.id ?? archiveOf(asked.incidentKey);
      if (known !== undefined) return { id: known };
      const { lookbackSeconds, maxSpanSeconds } = settings;
      const nowMs = clock.wallMs();
      const { origin, name, incidentKey } = asked;
      const id = archiveId({ atMs: nowMs, origin, name, seed: incidentKey }, (taken) => this.#isTaken(taken));
      // a machine may have been off for days
      const onsetMs = origin === "crash" ? asked.onsetMs : onsetOf(asked.onsetMs, nowMs, maxSpanSeconds);
      await this.#promise([{ ...asked, id, requestedAtMs: nowMs, onsetMs, lookbackSeconds }]);
      return { id };
    });
  }

  pending(): readonly CaptureRequest[] {
    return this.#options.worker.pending();
  }

  standingOf(id: string): CaptureStanding | undefined {
    return this.#options.standing.find(id);
  }

  /** The request that an alert waits for, whichever alert of its incident asked for it. */
  pendingFor(fingerprint: string): CaptureRequest | undefined {
    const archive = this.incidentOf(fingerprint)?.archiveId;
    return this.pending().findLast((request) => request.fingerprint === fingerprint || request.id === archive);
  }

  /** The incident that an alert belongs to, or belonged to. */
  incidentOf(fingerprint: string): Incident | undefined {
    for (const incident of this.#state.values()) if (incident.fingerprints.includes(fingerprint)) return incident;
    return undefined;
  }

  joinedBy({ id }: CaptureRequest): readonly JoinedAlert[] {
    return joinedTo(this.#state, id);
  }

  /** The archive of a request is written now, with these: what comes later gets another. */
  close(request: CaptureRequest): Promise<readonly JoinedAlert[]> {
    // behind those that are being taken in: what is promised to them stands in it
    return this.#serially(async () => {
      this.#closedId = request.id;
      return this.joinedBy(request);
    });
  }

  /** Its archive is there, or will be written anew. */
  reopen(): void {
    this.#closedId = undefined;
  }

  async #receive(alerts: readonly MatchedAlert[], { truncatedAlerts }: Reception): Promise<readonly AlertOutcome[]> {
    const { clock, settings, log, spikes, hasArchive } = this.#options;
    const pending = this.pending();
    const nowMs = clock.wallMs();
    // no onset lies further back, and no request waits as long
    const judgedSinceMs = nowMs - 2 * settings.maxSpanSeconds * 1000;
    const waiting = pending.length;
    const options = {
      ...settings,
      room: settings.mostWaiting - waiting,
      open: pending.filter(({ id }) => id !== this.#closedId && !hasArchive(id)),
      kinship: kinshipBy(spikes, judgedSinceMs),
      isTaken: (id: string) => this.#isTaken(id),
      truncatedAlerts,
    };
    const { state, outcomes, requests } = receiveAlerts(this.#state, alerts, nowMs, options);
    const refused = outcomes.filter(({ result }) => result === "refused").length;
    if (refused > 0) log.warn("capture: too many wait, alerts were refused and must be sent again", { refused, waiting });
    if (refused === outcomes.length) return outcomes;
    await this.#promise(requests);
    // From here on the requests are promised: even when the next step fails, the sender's second try must join them.
    this.#state = state;
    await this.#durably(() => this.#save());
    for (const { id, name, match: whose } of requests) log.info("capture: asked for by an alert", { id, name, match: whose });
    const joined = outcomes.filter(({ reason }) => reason !== undefined);
    if (joined.length > 0) log.info("capture: alerts have the archive of another", { ids: archiveIds(joined), alerts: joined.length });
    return outcomes;
  }

  async #save(): Promise<void> {
    const refusal = await this.#options.incidents.save(this.#state);
    if (refusal !== undefined) throw refusal;
  }

  async #promise(requests: readonly CaptureRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const { worker, settings } = this.#options;
    const waiting = this.pending().length;
    if (waiting + requests.length > settings.mostWaiting + placesOfOthers) throw new QueueFull(`${waiting} captures wait already`);
    await this.#durably(() => worker.add(requests));
  }

  /** The sender must know that the queue cannot be written: it will try again. */
  async #durably(work: () => Promise<unknown>): Promise<void> {
    try {
      await this.#withRoom(work);
    } catch (error) {
      const reason = reasonOf(error);
      this.#options.log.error("capture: a request could not be made durable and was refused", { reason });
      throw new QueueUnavailable(`the request could not be stored: ${reason}`, { cause: error });
    }
  }

  /** On a full disk the reserve makes room even for the request. */
  async #withRoom(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isDiskFull(error) || !(await this.#options.freeSpace.giveUpReserve())) throw error;
      await work();
    }
  }

  #isTaken(id: string): boolean {
    return this.#options.hasArchive(id) || this.pending().some((request) => request.id === id);
  }

  #serially<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function archiveIds(outcomes: readonly AlertOutcome[]): readonly string[] {
  return [...new Set(outcomes.flatMap(({ archiveId }) => archiveId ?? []))];
}
