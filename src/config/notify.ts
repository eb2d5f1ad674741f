/** `notify`: the channels through which people are told. Secrets stand in files; a webhook's URL is a secret as a whole. */
import { resolve } from "node:path";
import { z } from "zod";
import {
  type ChannelName,
  type ChannelSettings,
  channelKinds,
  type EmailSettings,
  type MailSecurity,
  type SecretSource,
  type WebhookSettings,
  webhookChannel,
} from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import { ehloName, mailAddress, mailHost, oneOf, port, word } from "./fields.ts";
import { quietHours } from "./quiet.ts";
import { listOfTargets, targetSettings, urlKeys, webhookTargets } from "./webhookTargets.ts";

const usualPorts: Readonly<Record<MailSecurity, number>> = { starttls: 587, tls: 465, none: 25 };

const email = () =>
  z
    .strictObject({
      host: mailHost(),
      port: port().optional(),
      security: oneOf(["starttls", "tls", "none"]).optional(),
      name: ehloName().optional(),
      from: mailAddress(),
      to: z.union([mailAddress(), z.array(mailAddress()).min(1)]),
      user: word("a user name").optional(),
      passwordFile: word("the path of a file that holds the password").optional(),
      caFile: word("the path of a PEM file").optional(),
    })
    .superRefine(({ security, user, passwordFile }, context) => {
      const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
      if (user !== undefined && passwordFile === undefined) complain("passwordFile", "expected it beside user");
      if (user === undefined && passwordFile !== undefined) complain("user", "expected it beside passwordFile");
      if (user !== undefined && security === "none") complain("security", "expected starttls or tls where a password is sent");
    });

/** An address of which all is secret. */
const webhook = () =>
  z.strictObject(urlKeys()).superRefine(({ url, urlFile }, context) => {
    if ((url === undefined) === (urlFile === undefined)) context.addIssue({ code: "custom", message: "expected either url or urlFile" });
  });

/** The section's keys. A channel that is left empty, as when all its keys are commented out, is none. */
export const notifyKeys = () => ({
  email: email().nullish(),
  slack: webhook().nullish(),
  teams: webhook().nullish(),
  webhook: webhookTargets().nullish(),
  quiet: quietHours().nullish(),
});

type Keys = ReturnType<typeof notifyKeys>;
type Written = { readonly [Channel in keyof Keys]?: z.output<Keys[Channel]> };

/** The channels as the rest of Culprit sees them. Relative paths begin at the folder of the file. */
export function notifySettings({ email, slack, teams, webhook }: Written, folder: string): ChannelSettings {
  return defined({
    email: email == null ? undefined : emailSettings(email, folder),
    slack: slack == null ? undefined : webhookSettings(slack, folder),
    teams: teams == null ? undefined : webhookSettings(teams, folder),
    webhook: webhook == null ? undefined : listOfTargets(webhook).map((target) => targetSettings(target, folder)),
  });
}

/** The names of the channels that are configured. */
export function writtenChannels(written: Written): readonly ChannelName[] {
  return channelKinds.flatMap((kind): readonly ChannelName[] => {
    const { webhook } = written;
    if (kind === "webhook") return webhook == null ? [] : listOfTargets(webhook).map(({ name }) => webhookChannel(name));
    return written[kind] == null ? [] : [kind];
  });
}

function emailSettings(written: z.output<ReturnType<typeof email>>, folder: string): EmailSettings {
  const { host, name, from, to, user, passwordFile, caFile } = written;
  const security = written.security ?? (written.port === usualPorts.tls ? "tls" : "starttls");
  return defined({
    host,
    port: written.port ?? usualPorts[security],
    security,
    name,
    from,
    to: Array.isArray(to) ? (to as readonly string[]) : [to as string],
    user,
    passwordFile: passwordFile === undefined ? undefined : resolve(folder, passwordFile),
    caFile: caFile === undefined ? undefined : resolve(folder, caFile),
  });
}

function webhookSettings({ url, urlFile }: { url?: string | undefined; urlFile?: string | undefined }, folder: string): WebhookSettings {
  const source: SecretSource = url === undefined ? { file: resolve(folder, urlFile ?? "") } : { text: url };
  return { url: source };
}
