import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecretSource } from "../../../src/model/channels.ts";
import type { NotificationMessage } from "../../../src/model/notification.ts";
import type { Notifier } from "../../../src/notify/notifier.ts";
import type { ManualClock } from "../../support/manualClock.ts";
import type { ContractSetup, Mood } from "./notifierContract.ts";
import { type Received, startWebServer } from "./webServer.ts";

/** A path as Slack's and Power Automate's are: all of it is secret. */
export const secretPath = "/services/T0SECRET0/B0SECRET0/xoxSecretPathPart24chars";
const secretQuery = "sig=s3cr3tSignature_of-Power&api-version=2016-06-01";
const statuses: Readonly<Record<Exclude<Mood, "takes">, number>> = { busy: 429, troubled: 503, refuses: 404, repeats: 400 };

/** What a notifier keeps in headers and body, and what it calls itself there. */
interface WebSecrets {
  readonly channel?: string;
  readonly texts?: readonly string[];
}

/** The contract's setup for a channel that is a request with a body. */
export function webSetup(
  name: string,
  tempDirectory: () => Promise<string>,
  create: (url: SecretSource, clock: ManualClock) => Notifier | Promise<Notifier>,
  check: (received: Received, message: NotificationMessage) => void,
  { channel = name, texts = [] }: WebSecrets = {},
): ContractSetup {
  return {
    name,
    retryAfterSeconds: 17,
    secretKey: `notify.${channel}.urlFile`,
    async makeBench(clock) {
      const web = await startWebServer();
      const file = join(await tempDirectory(), "url");
      const store = (path: string) => writeFile(file, `http://127.0.0.1:${web.port}${path}?${secretQuery}\n`);
      await store(secretPath);
      let expectedPath = secretPath;
      let mood: Mood = "takes";
      let taken = 0;
      web.answer = (received, response) => {
        const isKnown = received.path.startsWith(expectedPath);
        if (mood === "takes" && isKnown) {
          taken++;
          response.end("ok");
          return;
        }
        response.statusCode = mood === "takes" ? 404 : statuses[mood];
        if (mood === "busy") response.setHeader("Retry-After", "17");
        const { path, headers, body } = received;
        const repeated = `Cannot POST ${path} ${decodeURIComponent(path)} ${headers.authorization} ${headers["x-key"]} ${body}`;
        response.end(mood === "repeats" ? repeated : "no");
      };
      return {
        notifier: await create({ file }, clock),
        setMood: (next) => {
          mood = next;
        },
        taken: () => taken,
        checkLast(message) {
          const last = web.received.at(-1);
          if (last === undefined) throw new Error("nothing arrived");
          check(last, message);
        },
        lastText: () => web.received.at(-1)?.body.replaceAll("\\\\", "\\") ?? "",
        secrets: [...secretPath.split("/").slice(2), "s3cr3tSignature_of-Power", ...texts],
        async rotate() {
          expectedPath = "/services/another";
          await store(expectedPath);
        },
        lostFile: () => rm(file),
        close: () => web.close(),
      };
    },
    at: async (clock, { host, port, tls }) =>
      create({ text: `${tls ? "https" : "http"}://${host}:${port}${secretPath}?${secretQuery}` }, clock),
    startUnknown: (certificate) => startWebServer(certificate),
  };
}
