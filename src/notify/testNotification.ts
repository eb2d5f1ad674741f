/** What `culprit notify-test` sends: a message like any other, with the machine's real figures, that says that it is a test. */
import { randomUUID } from "node:crypto";
import type { NotificationFigures, NotificationMessage } from "../model/notification.ts";

/** What it is made of. */
interface TestOptions {
  readonly server: string;
  readonly figures: NotificationFigures;
  readonly nowMs: number;
  /** How others reach this Culprit. */
  readonly externalUrl?: string | undefined;
}

/** Makes the message. */
export function testMessage({ server, figures, nowMs, externalUrl }: TestOptions): NotificationMessage {
  const id = `test-${randomUUID()}`;
  return {
    id,
    status: "firing",
    notifications: [
      {
        id,
        key: "test",
        status: "firing",
        origin: "test",
        name: "notify-test",
        title: "Culprit can reach you",
        server,
        reason: "Somebody ran culprit notify-test; nothing is wrong with this machine.",
        figures,
        top: [],
        links: externalUrl === undefined ? {} : { page: `${externalUrl}/?at=${nowMs}` },
        startedAtMs: nowMs,
      },
    ],
    answers: [],
    createdAtMs: nowMs,
  };
}
