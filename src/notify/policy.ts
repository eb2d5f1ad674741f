/**
 * Who is told what, and when: cooldown, grouping, and resolved only for what was told. Pure; each channel has a state of its own.
 *
 * What fires waits a short while for others, so that incidents that come together are one message. What fires again within the cooldown
 * of its key is held back: when it ends before the cooldown does, no message is sent, and when it goes on, one is sent then. In the same way
 * what is quiet is held back, and so is the end of what was told before; at the end of the quiet one message tells what lasts.
 */
import { createHash } from "node:crypto";
import { defined } from "../model/defined.ts";
import { type Notification, type NotificationMessage, type NotificationStatus, notificationStatuses } from "../model/notification.ts";
import { type HeldMessage, latestEnd, type QuietUntil } from "../model/quiet.ts";

/** A notification before it is told. */
interface Waiting {
  readonly notification: Notification;
  readonly arrivedAtMs: number;
  /** The end of the cooldown that holds it back. */
  readonly heldUntilMs?: number;
  readonly cooldownSeconds: number;
}

/** The message that told of an incident. */
interface Told {
  readonly messageId: string;
  readonly atMs: number;
  /** Who was named then: quiet for certain groups goes by these to the end. */
  readonly culprits?: Notification["culprits"];
}

/** What one channel has told and will tell. */
export interface ChannelState {
  /** In the order of arrival. */
  readonly waiting: readonly Waiting[];
  /** By the incident's id: those that were told as firing and not yet as resolved. */
  readonly told: ReadonlyMap<string, Told>;
  /** By key: where the cooldown begins. */
  readonly lastToldAtMs: ReadonlyMap<string, number>;
}

/** All channels by name. */
export type PolicyState = ReadonlyMap<string, ChannelState>;

/** What becomes of a notification: it will be told, it is known already, it came and went within the cooldown or the quiet, or nobody knows of its beginning. */
type Acceptance = "waiting" | "known" | "suppressed" | "untold";

/** A channel that has told nothing yet. */
export const emptyChannel: ChannelState = { waiting: [], told: new Map(), lastToldAtMs: new Map() };

/** So long the first one waits for others. */
export const groupSeconds = 10;
/** A group as large as this is told at once. */
const mostInGroup = 100;
const dayMs = 24 * 3600 * 1000;
/** Longer than any cooldown. */
const cooldownForgottenAfterMs = 7 * dayMs;
/** What fires that long is never over; until then people are told of the end of what they were told of. */
const toldForgottenAfterMs = 400 * dayMs;
const mostTold = 10_000;

const neverQuiet: QuietUntil = () => undefined;

/** Takes in a notification. */
export function accept(
  state: ChannelState,
  notification: Notification,
  cooldownSeconds: number,
  nowMs: number,
  quietUntil: QuietUntil = neverQuiet,
): { readonly state: ChannelState; readonly acceptance: Acceptance } {
  const { id, key, status } = notification;
  const isWaiting = (wanted: NotificationStatus) => state.waiting.find(({ notification: one }) => one.id === id && one.status === wanted);
  const wait = (
    more: { readonly heldUntilMs?: number } = {},
    culprits: Notification["culprits"] = notification.culprits,
  ): { state: ChannelState; acceptance: Acceptance } => ({
    state: {
      ...state,
      waiting: [...state.waiting, { notification: defined({ ...notification, culprits }), arrivedAtMs: nowMs, cooldownSeconds, ...more }],
    },
    acceptance: "waiting",
  });
  const fired = isWaiting("firing");
  if (status === "firing") {
    if (fired !== undefined || state.told.has(id)) return { state, acceptance: "known" };
    const lastMs = state.lastToldAtMs.get(key);
    const untilMs = lastMs === undefined || lastMs > nowMs ? 0 : lastMs + cooldownSeconds * 1000;
    return untilMs > nowMs ? wait({ heldUntilMs: untilMs }) : wait();
  }
  if (isWaiting("resolved") !== undefined) return { state, acceptance: "known" };
  if (fired !== undefined && heldBackUntilMs(fired, nowMs, quietUntil) !== undefined) {
    return { state: { ...state, waiting: state.waiting.filter((one) => one !== fired) }, acceptance: "suppressed" };
  }
  const begun = fired?.notification ?? state.told.get(id);
  return begun === undefined ? { state, acceptance: "untold" } : wait({}, begun.culprits);
}

/** Says of what was held back how it is now. */
type Renew = (notification: Notification) => Notification;

/** What is held back by a cooldown or by quiet at this moment. */
export function heldBack(state: ChannelState, nowMs: number, quietUntil: QuietUntil = neverQuiet): readonly HeldMessage[] {
  return state.waiting.flatMap((one) => {
    const untilMs = heldBackUntilMs(one, nowMs, quietUntil);
    const { name, title, status } = one.notification;
    return untilMs === undefined ? [] : [{ name, title, status, sinceMs: one.arrivedAtMs, untilMs }];
  });
}

/** The messages whose time has come, the firing ones before the resolved. What was held back is told as it is now. */
export function takeDue(
  state: ChannelState,
  channel: string,
  nowMs: number,
  quietUntil: QuietUntil = neverQuiet,
  renew: Renew = (notification) => notification,
): { readonly state: ChannelState; readonly messages: readonly NotificationMessage[] } {
  const messages: NotificationMessage[] = [];
  let current = forgetOld(state, nowMs);
  for (const status of notificationStatuses) {
    for (;;) {
      const group = readyGroup(current, status, nowMs, quietUntil);
      const [first, ...rest] = group.slice(0, mostInGroup);
      if (first === undefined || !(group.length >= mostInGroup || groupDueAtMs(group, nowMs) <= nowMs)) break;
      const members = [first, ...rest];
      const isOld = ({ arrivedAtMs }: Waiting) => status === "firing" && nowMs - arrivedAtMs > 2 * groupSeconds * 1000;
      const told = (one: Waiting) => (isOld(one) ? renew(one.notification) : one.notification);
      const message: NotificationMessage = {
        id: messageId(channel, status, first),
        status,
        notifications: [told(first), ...rest.map(told)],
        answers: status === "firing" ? [] : answersOf(current, members),
        createdAtMs: nowMs,
      };
      messages.push(message);
      current = afterTelling(current, message, nowMs);
    }
  }
  return { state: current, messages };
}

/** When `takeDue` is to be called again; undefined when nothing waits. */
export function nextDueAtMs(state: ChannelState, nowMs: number, quietUntil: QuietUntil = neverQuiet): number | undefined {
  const times = [
    ...notificationStatuses.flatMap((status) => {
      const group = readyGroup(state, status, nowMs, quietUntil);
      return group.length === 0 ? [] : [groupDueAtMs(group, nowMs)];
    }),
    ...state.waiting.flatMap((one) => heldBackUntilMs(one, nowMs, quietUntil) ?? []),
  ];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The state once the message is in the queue. Also brings a state up to date that was written before the queue was. */
export function afterTelling(state: ChannelState, message: NotificationMessage, nowMs: number): ChannelState {
  const { id: messageId, status, notifications } = message;
  const ids = new Set(notifications.map(({ id }) => id));
  const waiting = state.waiting.filter(({ notification }) => !(ids.has(notification.id) && notification.status === status));
  if (status === "resolved") return { ...state, waiting, told: without(state.told, ids) };
  const keys = new Set(notifications.map(({ key }) => key));
  // the rest of a group that was too large is the same trouble, which has been told now
  const held = waiting.map((one) =>
    one.notification.status === "firing" && one.cooldownSeconds > 0 && keys.has(one.notification.key)
      ? { ...one, heldUntilMs: nowMs + one.cooldownSeconds * 1000 }
      : one,
  );
  const told = new Map([
    ...state.told,
    ...notifications.map(({ id, culprits }) => [id, defined({ messageId, atMs: nowMs, culprits })] as const),
  ]);
  const lastToldAtMs = new Map([...state.lastToldAtMs, ...notifications.map(({ key }) => [key, nowMs] as const)]);
  return { waiting: held, told, lastToldAtMs };
}

/** A message that never arrived told nobody: its incidents get no resolved message. */
export function forget(state: ChannelState, message: NotificationMessage): ChannelState {
  const ids = new Set(message.notifications.map(({ id }) => id));
  const waiting = state.waiting.filter(({ notification }) => !(ids.has(notification.id) && notification.status === "resolved"));
  return { ...state, waiting, told: without(state.told, ids) };
}

/** Undefined when it is held back no more. An end that is further away than the cooldown is long comes from a clock that was set back since. */
function heldBackUntilMs(
  { notification, heldUntilMs = 0, cooldownSeconds }: Waiting,
  nowMs: number,
  quietUntil: QuietUntil,
): number | undefined {
  const isCooling = heldUntilMs > nowMs && heldUntilMs <= nowMs + cooldownSeconds * 1000;
  return latestEnd([isCooling ? heldUntilMs : undefined, quietUntil(notification, nowMs)]);
}

function readyGroup(state: ChannelState, status: NotificationStatus, nowMs: number, quietUntil: QuietUntil): readonly Waiting[] {
  return state.waiting.filter((one) => one.notification.status === status && heldBackUntilMs(one, nowMs, quietUntil) === undefined);
}

function groupDueAtMs(group: readonly Waiting[], nowMs: number): number {
  const opensAtMs = Math.min(...group.map(({ arrivedAtMs, heldUntilMs }) => heldUntilMs ?? arrivedAtMs));
  // opened in the future: the clock was set back since
  return opensAtMs > nowMs ? nowMs : opensAtMs + groupSeconds * 1000;
}

/** The same for the same group, so that a restart between queue and state tells nothing twice. */
function messageId(channel: string, status: NotificationStatus, { notification, arrivedAtMs }: Waiting): string {
  const text = JSON.stringify([channel, status, notification.id, arrivedAtMs]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function answersOf(state: ChannelState, members: readonly Waiting[]): readonly string[] {
  return [...new Set(members.flatMap(({ notification }) => state.told.get(notification.id)?.messageId ?? []))];
}

function forgetOld(state: ChannelState, nowMs: number): ChannelState {
  const isYounger = (atMs: number, thanMs: number) => Math.abs(nowMs - atMs) < thanMs;
  return {
    ...state,
    // the newest are the last
    told: new Map([...state.told].filter(([, { atMs }]) => isYounger(atMs, toldForgottenAfterMs)).slice(-mostTold)),
    lastToldAtMs: new Map([...state.lastToldAtMs].filter(([, atMs]) => isYounger(atMs, cooldownForgottenAfterMs))),
  };
}

function without(told: ChannelState["told"], ids: ReadonlySet<string>): ChannelState["told"] {
  return new Map([...told].filter(([id]) => !ids.has(id)));
}
