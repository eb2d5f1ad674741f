/** The channels by name, and their settings as the configuration gave them. */

import type { Template } from "./template.ts";

/** The kinds of channels, as the configuration has them. */
export const channelKinds = ["email", "slack", "teams", "webhook"] as const;

/** A channel: its kind, and for a webhook's target that has a name, that as well. */
export type ChannelName = (typeof channelKinds)[number] | `webhook:${string}`;

/** The channel of a webhook's target. */
export function webhookChannel(name: string | undefined): ChannelName {
  return name === undefined ? "webhook" : `webhook:${name}`;
}

/** Whether a channel is the wanted one, or one of the wanted kind. */
export function isChannelMeant(wanted: string, channel: string): boolean {
  return channel === wanted || channel.startsWith(`${wanted}:`);
}

/** A secret, or the file that holds it: the file is read whenever the secret is used, so that it can be changed at any time. */
export type SecretSource = { readonly text: string } | { readonly file: string };

/** How the connection to the mail server is made safe: STARTTLS is demanded, never merely tried. */
export type MailSecurity = "starttls" | "tls" | "none";

/** Mail through an SMTP server. */
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  readonly security: MailSecurity;
  /** How Culprit introduces itself to the server (EHLO), where the machine's own name will not do. */
  readonly name?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly user?: string;
  readonly passwordFile?: string;
  /** PEM file of the authority that signed the server's certificate, when the system does not know it. */
  readonly caFile?: string;
}

/** An address of which every part behind the host is a secret. */
export interface WebhookSettings {
  readonly url: SecretSource;
}

/** The methods of a webhook's requests. */
export const webhookMethods = ["POST", "PUT"] as const;

/** One target of the generic webhook. */
export interface WebhookTarget extends WebhookSettings {
  readonly name?: string;
  /** With a secret its requests are signed. */
  readonly secretFile?: string;
  readonly method?: (typeof webhookMethods)[number];
  readonly contentType?: string;
  /** By name, as it is written. */
  readonly headers?: Readonly<Record<string, Template | { readonly file: string }>>;
  /** Culprit's own JSON where it is left out. */
  readonly body?: Template;
  /** The files of the secrets that templates name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The channels that are configured. */
export interface ChannelSettings {
  readonly email?: EmailSettings;
  readonly slack?: WebhookSettings;
  readonly teams?: WebhookSettings;
  readonly webhook?: readonly WebhookTarget[];
}
