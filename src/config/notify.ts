/** `notify`: the channels through which people are told. Secrets stand in files; a webhook's URL is a secret as a whole. */
import { resolve } from "node:path";
import { z } from "zod";
import type { ChannelSettings, EmailSettings, MailSecurity, SecretSource, WebhookSettings } from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import { ehloName, mailAddress, mailHost, oneOf, port, webhookUrl, word } from "./fields.ts";
import { type ReadFile, reason } from "./readFile.ts";

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

const urlKeys = () => ({ url: webhookUrl().optional(), urlFile: word("the path of a file that holds the URL").optional() });

function webhook<Shape extends z.ZodRawShape>(more: Shape) {
  return z.strictObject({ ...urlKeys(), ...more }).superRefine((value, context) => {
    const { url, urlFile } = value as { url?: unknown; urlFile?: unknown };
    if ((url === undefined) === (urlFile === undefined)) context.addIssue({ code: "custom", message: "expected either url or urlFile" });
  });
}

/** The section's keys. A channel that is left empty, as when all its keys are commented out, is none. */
export const notifyKeys = () => ({
  email: email().nullish(),
  slack: webhook({}).nullish(),
  teams: webhook({}).nullish(),
  webhook: webhook({ secretFile: word("the path of a file that holds the secret").optional() }).nullish(),
});

type Keys = ReturnType<typeof notifyKeys>;
type Written = { readonly [Channel in keyof Keys]?: z.output<Keys[Channel]> };

/** The channels as the rest of Culprit sees them. Relative paths begin at the folder of the file. */
export function notifySettings({ email, slack, teams, webhook }: Written, folder: string): ChannelSettings {
  return defined({
    email: email == null ? undefined : emailSettings(email, folder),
    slack: slack == null ? undefined : webhookSettings(slack, folder),
    teams: teams == null ? undefined : webhookSettings(teams, folder),
    webhook:
      webhook == null
        ? undefined
        : defined({
            ...webhookSettings(webhook, folder),
            secretFile: webhook.secretFile === undefined ? undefined : resolve(folder, webhook.secretFile),
          }),
  });
}

/** Files with secrets that cannot be read: better said now than when the first message is due. Their names are not shown, they may be secrets themselves. */
export function unreadableFiles(
  written: Written,
  folder: string,
  readFile: ReadFile,
): readonly { readonly path: readonly string[]; readonly message: string }[] {
  return Object.entries(written).flatMap(([channel, settings]) =>
    Object.entries(settings ?? {}).flatMap(([key, value]) => {
      if (!key.endsWith("File") || typeof value !== "string") return [];
      try {
        readFile(resolve(folder, value));
        return [];
      } catch (error) {
        return [{ path: ["notify", channel, key], message: `expected the path of a file that can be read: ${reason(error)}` }];
      }
    }),
  );
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
