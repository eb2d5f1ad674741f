/** The channels by name, and their settings as the configuration gave them. */

/** The names of the channels, as the configuration has them. */
export const channelNames = ["email", "slack", "teams", "webhook"] as const;

/** One of them. */
export type ChannelName = (typeof channelNames)[number];

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

/** The generic webhook; with a secret its requests are signed. */
export interface SignedWebhookSettings extends WebhookSettings {
  readonly secretFile?: string;
}

/** The channels that are configured. */
export interface ChannelSettings {
  readonly email?: EmailSettings;
  readonly slack?: WebhookSettings;
  readonly teams?: WebhookSettings;
  readonly webhook?: SignedWebhookSettings;
}
