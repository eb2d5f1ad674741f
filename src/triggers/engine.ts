/**
 * The triggers of one machine: takes Snapshots in, tells of firings and their ends, and asks for captures and messages.
 *
 * First the state is written down together with what is to be done, then it is done, then it is written down that it is done: a Culprit
 * that dies in between does it after its restart, and nothing twice where the helpers know an id that they have seen.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { Notification, NotificationFigures } from "../model/notification.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { TriggerEvent, TriggerFiring, TriggerRule, TriggerStatus } from "../model/trigger.ts";
import { makeDirectoryIfPossible } from "../spool/durable.ts";
import { JsonFile } from "../spool/jsonFile.ts";
import { type ActionHelpers, TriggerActions } from "./actions.ts";
import { actionOf, notificationOf, type TriggerContext } from "./requests.ts";
import { type KeptTriggers, parseKept } from "./schemas.ts";
import { type KeptInstance, Watch } from "./watch.ts";
import { reasonOf } from "./words.ts";

/** What the triggers are made of. */
interface TriggersOptions {
  readonly rules: readonly TriggerRule[];
  /** Holds `triggers.json`. */
  readonly storageDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** This machine's name in messages. */
  readonly server: string;
  readonly helpers: ActionHelpers;
  /** The machine now, the newest tick included. */
  readonly figures: () => NotificationFigures;
  /** Who it was, for the message. */
  readonly context: (event: TriggerEvent) => TriggerContext;
  /** Told of every event, for the counters and the audit. */
  readonly onEvent: (event: TriggerEvent) => void;
}

/** What the rest of Culprit sees of them. */
export interface Triggers {
  /** Takes the next tick in, with the spikes that last. */
  take(snapshot: Snapshot, spikes: readonly Spike[]): void;
  /** Other rules from now on; a rule that has its name and metric still goes on where it stood, one that is no more ends. */
  change(rules: readonly TriggerRule[]): void;
  /** Does what was left to do before a restart. */
  start(): void;
  stop(): Promise<void>;
  /** Brings their state back where somebody has removed it. Rejects when the disk does not take it. */
  check(): Promise<void>;
  /** Resolves when nothing is being stored or asked for at this moment. */
  idle(): Promise<void>;
  /** In the order of the configuration. */
  status(): readonly TriggerStatus[];
  /** Whether any has fired and lasts: asked every second. */
  readonly isAnyFiring: boolean;
  /** The newest firings, the newest first. */
  recent(): readonly TriggerFiring[];
  /** The message that something has fired, as it would be if it fired now; unchanged where it does not last. */
  renew(notification: Notification): Notification;
}

const mostRecent = 50;
const noContext: TriggerContext = { top: [] };

/** Opens the triggers and reads how they stood. @throws when the storage cannot be read */
export async function openTriggers(options: TriggersOptions): Promise<Triggers> {
  const { storageDirectory, clock, log } = options;
  await makeDirectoryIfPossible(storageDirectory);
  const file = new JsonFile<KeptTriggers>({
    path: join(storageDirectory, "triggers.json"),
    parse: parseKept,
    toJson: ({ actions, ...others }) => ({ schemaVersion: 1, ...others, errands: actions }),
    what: "triggers: their state",
    ifLost: "what still goes on fires again",
    ifUnwritten: "a restart might repeat or lose a firing",
    clock,
    log,
  });
  return new Engine(options, file, (await file.load()) ?? { instances: [], actions: [], recent: [] });
}

class Engine implements Triggers {
  readonly #options: TriggersOptions;
  readonly #file: JsonFile<KeptTriggers>;
  readonly #actions: TriggerActions;
  #watches: readonly Watch[];
  /** Firings of rules that are no more. */
  #orphans: readonly KeptInstance[];
  #recent: readonly TriggerFiring[];
  #atSeconds = 0;
  #settling: Promise<void> = Promise.resolve();

  constructor(options: TriggersOptions, file: JsonFile<KeptTriggers>, kept: KeptTriggers) {
    const { rules, clock, log, helpers } = options;
    this.#options = options;
    this.#file = file;
    this.#recent = kept.recent;
    this.#actions = new TriggerActions({ clock, log, helpers, onChange: () => void this.#save() }, kept.actions);
    this.#watches = rules.map((rule) => new Watch(rule, this.#atSeconds, clock.wallMs()));
    this.#orphans = kept.instances.filter((one) => this.#watchOf(one) === undefined);
    for (const one of kept.instances) this.#watchOf(one)?.restore(one);
  }

  take(snapshot: Snapshot, spikes: readonly Spike[]): void {
    this.#atSeconds += snapshot.elapsedSeconds ?? 0;
    const tick = { snapshot, spikes, atSeconds: this.#atSeconds, figures: this.#options.figures() };
    let isChanged = false;
    for (const watch of this.#watches) {
      for (const event of watch.take(tick)) {
        isChanged = true;
        this.#tell(watch.rule, event, spikes);
      }
    }
    if (isChanged) this.#settle();
  }

  change(rules: readonly TriggerRule[]): void {
    const before = this.#watches;
    const atMs = this.#options.clock.wallMs();
    this.#watches = rules.map((rule) => {
      const old = before.find((watch) => isOf(watch, rule));
      if (old !== undefined && isDeepStrictEqual(old.rule, rule)) return old;
      const watch = new Watch(rule, this.#atSeconds, atMs);
      if (old !== undefined) watch.takeOver(old);
      return watch;
    });
    this.#orphans = before.flatMap((watch) => watch.kept()).filter((one) => this.#watchOf(one) === undefined);
    this.start();
  }

  start(): void {
    const atMs = this.#options.clock.wallMs();
    for (const { rule, firing: begun } of this.#orphans) {
      if (begun === undefined) continue;
      const lastedSeconds = Math.max(0, (atMs - begun.onsetMs) / 1000);
      const firing: TriggerFiring = { ...begun, endMs: atMs, lastedSeconds, ending: "removed" };
      this.#tell(rule, { kind: "resolved", firing, atMs, figures: this.#options.figures() }, []);
    }
    this.#orphans = [];
    this.#settle();
  }

  async idle(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#settling; ) {
      seen = this.#settling;
      await seen;
    }
    await this.#actions.idle();
    await this.#file.idle();
  }

  async stop(): Promise<void> {
    await this.#actions.stop();
    await this.#settling;
    await this.#save();
    await this.#file.close();
  }

  check(): Promise<void> {
    return this.#file.check();
  }

  status(): readonly TriggerStatus[] {
    return this.#watches.map((watch) => watch.status());
  }

  get isAnyFiring(): boolean {
    return this.#watches.some(({ isFiring }) => isFiring);
  }

  recent(): readonly TriggerFiring[] {
    return this.#recent;
  }

  renew(notification: Notification): Notification {
    const fired = this.#recent.find(({ id, endMs }) => id === notification.id && endMs === undefined);
    const status = this.status().find(({ rule }) => rule.name === fired?.trigger);
    if (fired === undefined || status === undefined) return notification;
    const { rule, threshold } = status;
    const { server, figures, context, clock } = this.#options;
    const value = status.instances.find(({ instance }) => instance === fired.instance)?.value ?? fired.value;
    const firing: TriggerFiring = defined({ ...fired, value, reason: reasonOf(rule, fired.instance, value, threshold) });
    const event: TriggerEvent = { kind: "fired", firing, atMs: clock.wallMs(), figures: figures() };
    return { ...notificationOf(rule, event, server, context(event)), links: notification.links };
  }

  #watchOf({ rule }: KeptInstance): Watch | undefined {
    return this.#watches.find((watch) => isOf(watch, rule));
  }

  #tell(rule: TriggerRule, event: TriggerEvent, spikes: readonly Spike[]): void {
    const { server, context, onEvent, log } = this.#options;
    const { firing, kind } = event;
    this.#recent = [firing, ...this.#recent.filter(({ id }) => id !== firing.id)].slice(0, mostRecent);
    const facts = defined({ trigger: rule.name, instance: firing.instance === "" ? undefined : firing.instance });
    if (kind === "fired") log.warn("trigger: fired", { ...facts, reason: firing.reason });
    else log.info("trigger: it is over", { ...facts, ending: firing.ending, lastedSeconds: Math.round(firing.lastedSeconds ?? 0) });
    const known = this.#guarded("what is known of it could not be gathered", rule, () => context(event)) ?? noContext;
    const action = actionOf(rule, event, server, known, spikes);
    if (action !== undefined) this.#actions.add(action);
    this.#guarded("it could not be counted", rule, () => onEvent(event));
  }

  /** An error in what is told of an event must not stop the trigger. */
  #guarded<Result>(complaint: string, { name }: TriggerRule, work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.#options.log.error(`trigger: ${complaint}`, { trigger: name, reason: String(error) });
      return undefined;
    }
  }

  /** The state is saved first, then the actions are done. */
  #settle(): void {
    this.#settling = this.#save().then(() => this.#actions.run());
  }

  async #save(): Promise<void> {
    const instances = [...this.#watches.flatMap((watch) => watch.kept()), ...this.#orphans];
    await this.#file.save({ instances, actions: this.#actions.left, recent: this.#recent });
  }
}

function isOf({ rule }: Watch, { name, metric }: Pick<TriggerRule, "name" | "metric">): boolean {
  return rule.name === name && rule.metric === metric;
}
