/** The shapes of what notify stores, checked when it is read again: another version of Culprit may have written it. */
import { z } from "zod";
import { groupKinds } from "../model/group.ts";
import {
  type Notification,
  type NotificationLine,
  type NotificationMessage,
  notificationOrigins,
  notificationStatuses,
} from "../model/notification.ts";
import { spikeAspects, spikeResources } from "../model/spikeResource.ts";
import { checked } from "../spool/checked.ts";
import type { ChannelState, PolicyState } from "./policy.ts";

/** One message on its way through one channel: what the durable queue holds. */
export interface QueuedMessage {
  readonly channel: string;
  readonly message: NotificationMessage;
}

const status = z.enum(notificationStatuses);

const line: z.ZodType<NotificationLine> = z.object({
  kind: z.enum(groupKinds),
  name: z.string(),
  cpuCores: z.number().exactOptional(),
  residentBytes: z.number().exactOptional(),
  readBytesPerSecond: z.number().exactOptional(),
  writtenBytesPerSecond: z.number().exactOptional(),
});

const culprits = z.array(z.array(z.string()));

const notification: z.ZodType<Notification> = z.object({
  id: z.string(),
  key: z.string(),
  status,
  origin: z.enum(notificationOrigins),
  name: z.string(),
  title: z.string(),
  server: z.string(),
  what: z.string().exactOptional(),
  who: z.string().exactOptional(),
  culprits: culprits.exactOptional(),
  about: z.object({ resource: z.enum(spikeResources), aspect: z.enum(spikeAspects).exactOptional() }).exactOptional(),
  reason: z.string().exactOptional(),
  figures: z.object({
    cpuRatio: z.number().exactOptional(),
    memoryRatio: z.number().exactOptional(),
    disk: z.object({ mountpoint: z.string(), ratio: z.number() }).exactOptional(),
    load: z.object({ load1: z.number(), load5: z.number(), load15: z.number() }).exactOptional(),
    cores: z.number().exactOptional(),
  }),
  verdict: z.string().exactOptional(),
  top: z.array(line),
  links: z.object({ page: z.string().exactOptional(), archive: z.string().exactOptional(), note: z.string().exactOptional() }),
  startedAtMs: z.number(),
  endedAtMs: z.number().exactOptional(),
});

const message: z.ZodType<NotificationMessage> = z.object({
  id: z.string(),
  status,
  notifications: z.tuple([notification], notification),
  answers: z.array(z.string()),
  createdAtMs: z.number(),
});

const queued: z.ZodType<QueuedMessage> = z.object({ channel: z.string(), message });

const channelState = z.object({
  channel: z.string(),
  waiting: z.array(
    z.object({ notification, arrivedAtMs: z.number(), heldUntilMs: z.number().exactOptional(), cooldownSeconds: z.number() }),
  ),
  told: z.array(z.tuple([z.string(), z.object({ messageId: z.string(), atMs: z.number(), culprits: culprits.exactOptional() })])),
  lastToldAtMs: z.array(z.tuple([z.string(), z.number()])),
});

const policy = z.object({ schemaVersion: z.literal(1), channels: z.array(channelState) });

/** A message out of the queue. Throws with the reason when it is none. */
export function parseQueued(json: unknown): QueuedMessage {
  return checked(queued, json);
}

/** The content of the file that remembers who was told what. Throws with the reason when it is none. */
export function parsePolicy(json: unknown): PolicyState {
  return new Map(
    checked(policy, json).channels.map(({ channel, waiting, told, lastToldAtMs }): [string, ChannelState] => [
      channel,
      { waiting, told: new Map(told), lastToldAtMs: new Map(lastToldAtMs) },
    ]),
  );
}

/** The same as JSON. */
export function policyToJson(state: PolicyState): unknown {
  const channels = [...state].map(([channel, { waiting, told, lastToldAtMs }]) => ({
    channel,
    waiting,
    told: [...told],
    lastToldAtMs: [...lastToldAtMs],
  }));
  return { schemaVersion: 1, channels };
}
