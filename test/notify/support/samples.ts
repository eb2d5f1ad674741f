import type { Notification, NotificationLine, NotificationMessage } from "../../../src/model/notification.ts";

/** 21 November 2026, 10:00 UTC: where ManualClock begins. */
export const startMs = Date.UTC(2026, 10, 21, 10, 0, 0);

/** A notification as a trigger would make it. */
export function sampleNotification(more: Partial<Notification> = {}): Notification {
  return {
    id: "high-cpu@1",
    key: "high-cpu",
    status: "firing",
    origin: "trigger",
    name: "high-cpu",
    title: "High CPU Usage",
    server: "web1",
    reason: "CPU above 90 % for 1m",
    figures: {
      cpuRatio: 0.92,
      memoryRatio: 0.78,
      disk: { mountpoint: "/", ratio: 0.65 },
      load: { load1: 7.81, load5: 4.2, load15: 2.1 },
      cores: 4,
    },
    verdict: "stress-ng (batch.service) took 3.1 of the 3.4 cores by which the CPU usage rose.",
    top: [
      sampleLine("stress-ng (batch.service)", { cpuCores: 3.1, residentBytes: 120e6 }),
      sampleLine("postgres (postgresql.service)", { cpuCores: 0.22, residentBytes: 3.4e9, readBytesPerSecond: 2_500_000 }),
      sampleLine("nginx (nginx.service)", { cpuCores: 0.08, residentBytes: 45e6, writtenBytesPerSecond: 12_000 }),
      sampleLine("culprit (culprit.service)", { cpuCores: 0.01, residentBytes: 90e6 }),
      sampleLine("sshd (ssh.service)", { cpuCores: 0, residentBytes: 9e6 }),
    ],
    links: {
      page: `https://culprit.example.org/?at=${startMs}`,
      archive: "https://culprit.example.org/archives/20261121T100000Z-high-cpu.tar.gz",
    },
    startedAtMs: startMs,
    ...more,
  };
}

/** The end of the same. */
export function resolved(notification: Notification, lastedSeconds = 252): Notification {
  return { ...notification, status: "resolved", endedAtMs: notification.startedAtMs + lastedSeconds * 1000 };
}

/** One of those that used most. */
export function sampleLine(name: string, usage: Omit<NotificationLine, "name" | "kind"> = { cpuCores: 1 }): NotificationLine {
  return { kind: "process", name, ...usage };
}

/** A message of these notifications. */
export function messageOf(...notifications: [Notification, ...Notification[]]): NotificationMessage {
  return { id: "0123456789abcdef", status: notifications[0].status, notifications, answers: [], createdAtMs: startMs };
}

/** So many incidents, each with a name of its own. */
export function crowd(count: number, more: Partial<Notification> = {}): [Notification, ...Notification[]] {
  const make = (index: number) =>
    sampleNotification({ id: `disk-${index}@1`, key: `disk-${index}`, title: `Disk ${index} Nearly Full`, ...more });
  return [make(1), ...Array.from({ length: count - 1 }, (_, index) => make(index + 2))];
}

/** Texts that are meant to break something. */
export const hostileTexts: readonly string[] = [
  `<script>alert(1)</script><img src=x onerror=alert(1)> & "quoted" 'single'`,
  "*bold* _italic_ ~struck~ `code` ```fence``` <!channel> <@U123> <https://evil.example|click> [click](https://evil.example) **strong**",
  "line one\r\nBcc: victim@example.org\r\n\r\n.\r\nQUIT\r\nMAIL FROM:<evil@example.org>",
  "control \u0000\u0001\u001b[31mred\u001b[0m \u202egnp.exe\u202c \u2028 \ufeff\u200b end",
  "emoji \u{1f525}\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{1f1e9}\u{1f1ea} half \ud83d pair",
  "\u{1f525}".repeat(1024),
  "x".repeat(4096),
  "&<>".repeat(1366),
];

/** A message in which everything that comes from outside is such a text. */
export function hostileMessage(text: string): NotificationMessage {
  const notification = sampleNotification({
    name: text,
    title: text,
    server: text,
    reason: text,
    verdict: text,
    top: Array.from({ length: 5 }, () => sampleLine(text)),
    figures: { disk: { mountpoint: text, ratio: 0.5 } },
  });
  const more = Array.from({ length: 49 }, (_, index) => ({ ...notification, id: `other-${index}` }));
  return messageOf(notification, ...more);
}
