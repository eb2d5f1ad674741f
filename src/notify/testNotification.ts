/** What `culprit notify-test` sends: a message like any other, with the machine's real figures, that says that it is a test. */
import { randomUUID } from "node:crypto";
import { defined } from "../model/defined.ts";
import type { NotificationFigures, NotificationMessage } from "../model/notification.ts";

interface TestOptions {
  readonly server: string;
  readonly figures: NotificationFigures;
  readonly nowMs: number;
  /** The page at this moment, and what is to be known of such addresses. */
  readonly page?: string | undefined;
  readonly linkNote?: string | undefined;
}

/** Makes the message. */
export function testMessage({ server, figures, nowMs, page, linkNote }: TestOptions): NotificationMessage {
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
        links: page === undefined ? {} : defined({ page, note: linkNote }),
        startedAtMs: nowMs,
      },
    ],
    answers: [],
    createdAtMs: nowMs,
  };
}
