/** Puts together who tells people: triggers, notifications, and the check line. */

import type { CaptureService } from "../capture/captureService.ts";
import { absentNameProblem, type Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Audit } from "../logs/audit.ts";
import type { Events } from "../metrics/events.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import {
  type DatedOutcome,
  type Notification,
  type NotificationFigures,
  type NotificationOutcome,
  notificationResults,
} from "../model/notification.ts";
import { type ActiveQuiet, type HeldMessage, latestEnd, type Silence, type WantedSilence } from "../model/quiet.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { TriggerEvent } from "../model/trigger.ts";
import { createNotifiers } from "../notify/channels.ts";
import type { Notifications } from "../notify/contract.ts";
import { helloName } from "../notify/email.ts";
import { NewestOutcomes } from "../notify/newestOutcomes.ts";
import { openNotifications } from "../notify/notifications.ts";
import { activeHours, quietByHours } from "../notify/quietHours.ts";
import { Silences } from "../notify/silences.ts";
import type { Redactor } from "../redact/redactor.ts";
import { startChecks } from "../triggers/check.ts";
import { type ContextSources, createAlertContext, createContext } from "../triggers/context.ts";
import { openTriggers, type Triggers } from "../triggers/engine.ts";
import { whatOfAlert } from "../triggers/words.ts";
import { archiveUrl } from "./links.ts";

interface TellingSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly server: string;
  readonly version: string;
  readonly events: Events;
  readonly audit: Pick<Audit, "record">;
  /** The machine now. */
  readonly figures: () => NotificationFigures;
  readonly requestCapture: CaptureService["requestFor"];
  readonly sources: ContextSources;
  readonly redactor: Redactor;
  /** No sample of the machine is recent. */
  readonly isStale: () => boolean;
}

/** What informs people. */
export interface Telling {
  readonly triggers: Triggers;
  readonly notifications: Notifications;
  readonly silences: {
    list(): readonly Silence[];
    /** The quiet hours that last. */
    quiet(): readonly ActiveQuiet[];
    /** What is held back, be it by them, by a silence or by a cooldown. */
    held(): readonly HeldMessage[];
    /** Why nothing that is told can have this name; undefined where something may. */
    problemOf(name: string): string | undefined;
    add(wanted: WantedSilence): Promise<Silence | undefined>;
    /** `by` is who ends it. */
    end(id: string, by: string): Promise<Silence | undefined>;
  };
  readonly deliveries: {
    /** The names of the channels that are configured. */
    channels(): readonly string[];
    /** What became of the newest messages, the newest first. */
    newest(): readonly DatedOutcome[];
  };
  /** Makes ready what the new settings want; called, it lets them hold. @throws when they cannot */
  prepare(config: Config): () => Promise<void>;
  /** Takes the next tick in, with the spikes that last. */
  take(snapshot: Snapshot, spikes: readonly Spike[]): void;
  /** Brings back what somebody has removed. Rejects when nothing can be kept now. */
  check(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const deliverySeconds = 30;
const graceSeconds = 5;

/** Opens all of it. @throws when the storage cannot be used, or a file of the settings cannot be read */
export async function openTelling(config: Config, surroundings: TellingSurroundings): Promise<Telling> {
  const { log, clock, server, version, events, audit, figures, sources, redactor, requestCapture, isStale } = surroundings;
  const storageDirectory = config.storage.path;
  const around = { clock, timeoutSeconds: deliverySeconds, version, hostName: helloName(config.identity.names, server) };
  /** Triggers, channels and quiet hours as they are wanted now. */
  let settings = config;
  let notifiers = createNotifiers(config.notify, around);
  let quietByClock = quietByHours(config.quietHours);
  let cancelChecks: Cancel = () => undefined;
  const countFromZero = () => {
    for (const { name } of notifiers) for (const result of notificationResults) events.notifications.inc({ channel: name, result }, 0);
    for (const { name } of settings.triggers) events.triggersFired.inc({ trigger: name }, 0);
  };
  countFromZero();
  const outcomes = new NewestOutcomes();
  const onOutcome = (outcome: NotificationOutcome) => {
    const { channel, result, names, messageId, attempts, answer } = outcome;
    outcomes.add(outcome, clock.wallMs());
    events.notifications.inc({ channel, result });
    audit.record("delivery", { channel, result, names, message: messageId, attempts, answer });
  };
  const silences = await Silences.open({ storageDirectory, clock, log });
  const notifications = await openNotifications({
    storageDirectory,
    notifiers: () => notifiers,
    clock,
    log,
    random: Math.random,
    onOutcome,
    redactor,
    quietUntil: (subject, atMs) => latestEnd([quietByClock(subject, atMs), silences.until(subject, atMs)]),
    renew: (notification) => renewed(notification),
  });

  const onEvent = ({ kind, firing, figures: machine }: TriggerEvent) => {
    if (kind === "fired") events.triggersFired.inc({ trigger: firing.trigger });
    audit.record(kind === "fired" ? "trigger_fired" : "trigger_resolved", { ...firing }, machine);
  };
  const triggers = await openTriggers({
    rules: config.triggers,
    storageDirectory,
    clock,
    log,
    server,
    helpers: {
      capture: requestCapture,
      notify: (notification, options) => notifications.notify(notification, options),
      archiveUrl: (id) => archiveUrl(config, id),
    },
    figures,
    context: createContext(sources),
    onEvent,
  });
  const contextOfAlert = createAlertContext(sources);
  const renewed = (notification: Notification): Notification => {
    if (notification.origin === "trigger") return triggers.renew(notification);
    const { name, about: subject, startedAtMs: startsAtMs } = notification;
    const { verdict, who, culprits, top, peak } = contextOfAlert({ subject, startsAtMs, isOver: false });
    const machine = figures();
    const what = whatOfAlert(name, subject?.resource, machine, peak);
    return defined({ ...notification, what, verdict, who, culprits, top, figures: machine });
  };
  const checkNowAndThen = () => {
    cancelChecks();
    cancelChecks = startChecks({ everySeconds: settings.log.checkEverySeconds, clock, log, triggers, figures, isStale });
  };

  return {
    triggers,
    notifications,
    silences: {
      list: () => silences.list(),
      quiet: () => activeHours(settings.quietHours, clock.wallMs()),
      held: () => notifications.held(),
      problemOf: (name) => absentNameProblem(name, settings),
      async add(wanted) {
        const begun = await silences.add(wanted);
        if (begun !== undefined) audit.record("silence_begun", { ...begun });
        return begun;
      },
      async end(id, endedBy) {
        const ended = await silences.end(id);
        if (ended === undefined) return undefined;
        audit.record("silence_ended", { ...ended, endedBy });
        await notifications.reconsider();
        return ended;
      },
    },
    deliveries: { channels: () => notifiers.map(({ name }) => name), newest: () => outcomes.newest() },
    prepare(wanted) {
      const wantedNotifiers = createNotifiers(wanted.notify, around);
      return async () => {
        settings = wanted;
        notifiers = wantedNotifiers;
        quietByClock = quietByHours(wanted.quietHours);
        countFromZero();
        triggers.change(wanted.triggers);
        checkNowAndThen();
        await notifications.change();
      };
    },
    take: (snapshot, spikes) => triggers.take(snapshot, spikes),
    async check() {
      await notifications.check();
      await silences.check();
      await triggers.check();
    },
    start() {
      notifications.start();
      triggers.start();
      checkNowAndThen();
    },
    async stop() {
      cancelChecks();
      await triggers.stop();
      await notifications.stop(graceSeconds);
      await silences.close();
    },
  };
}
