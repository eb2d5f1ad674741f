/** The channels that the configuration names, in a fixed order. */
import type { ChannelSettings } from "../model/channels.ts";
import { createEmailNotifier } from "./email.ts";
import type { Notifier, NotifierSurroundings } from "./notifier.ts";
import { createSlackNotifier } from "./slack.ts";
import { createTeamsNotifier } from "./teams.ts";
import { createWebhookNotifier } from "./webhook.ts";

/** Makes a notifier for every channel that is configured. */
export function createNotifiers({ email, slack, teams, webhook }: ChannelSettings, around: NotifierSurroundings): readonly Notifier[] {
  return [
    ...(email === undefined ? [] : [createEmailNotifier(email, around)]),
    ...(slack === undefined ? [] : [createSlackNotifier(slack, around)]),
    ...(teams === undefined ? [] : [createTeamsNotifier(teams, around)]),
    ...(webhook === undefined ? [] : webhook.map((target) => createWebhookNotifier(target, around))),
  ];
}
