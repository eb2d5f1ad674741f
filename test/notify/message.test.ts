import assert from "node:assert/strict";
import { contentOf } from "../../src/notify/message.ts";
import { plainText } from "../../src/notify/plainText.ts";
import { testMessage } from "../../src/notify/testNotification.ts";
import { cleanText, cutText } from "../../src/notify/text.ts";
import { durationText, shortBytesText, wholePercent } from "../../src/text.ts";
import { crowd, messageOf, resolved, sampleLine, sampleNotification, startMs } from "./support/samples.ts";

const textOf = (...notifications: Parameters<typeof messageOf>): string => plainText(contentOf(messageOf(...notifications)));

describe("The text of a message", () => {
  it("is what the README shows", () => {
    assert.equal(
      textOf(sampleNotification()),
      `Alert: High CPU Usage Detected
Server: web1
CPU Usage: 92%
Memory Usage: 78%
Disk Usage: 65%
Fullest Disk: /
Load: 7.81, 4.20, 2.10 on 4 cores
Since: 2026-11-21 10:00:00 UTC

CPU above 90 % for 1m
stress-ng (batch.service) took 3.1 of the 3.4 cores by which the CPU usage rose.

Who used most in the last minute:
  stress-ng (batch.service)  3.10 cores  120 MB
  postgres (postgresql.service)  0.22 cores  3.4 GB  reads 2.5 MB/s
  nginx (nginx.service)  0.08 cores  45 MB  writes 12 kB/s
  culprit (culprit.service)  0.01 cores  90 MB
  sshd (ssh.service)  0.00 cores  9 MB

The page at that moment: https://culprit.example.org/?at=${startMs}
The archive: https://culprit.example.org/archives/20261121T100000Z-high-cpu.tar.gz
`,
    );
  });

  it("says for how long it was", () => {
    const lines = textOf(resolved(sampleNotification())).split("\n");
    assert.equal(lines[0], "Resolved: High CPU Usage");
    assert.deepEqual(lines.slice(7, 10), ["Began: 2026-11-21 10:00:00 UTC", "Ended: 2026-11-21 10:04:12 UTC", "Lasted: 4 min 12 s"]);
  });

  it("says in its subject where, what, and who it was, and when it is over for how long", () => {
    const known = sampleNotification({ what: "CPU 97 %", who: "71 % of the rise is pg_dump" });
    assert.equal(contentOf(messageOf(known)).subject, "web1: CPU 97 %, 71 % of the rise is pg_dump");
    const over = resolved({ ...known, who: "71 % of the rise was pg_dump" });
    assert.equal(contentOf(messageOf(over)).subject, "Resolved: web1: CPU 97 % for 4 min 12 s, 71 % of the rise was pg_dump");
    assert.equal(contentOf(messageOf(known, ...crowd(2))).subject, "web1: CPU 97 %, 71 % of the rise is pg_dump (+2 more)");
  });

  it("sets no names apart with backticks", () => {
    const text = textOf(
      sampleNotification({ verdict: "`pg_dump` (user postgres) has caused 71 % of the rise; `nginx` had to wait for it." }),
    );
    assert.match(text, /\npg_dump \(user postgres\) has caused 71 % of the rise; nginx had to wait for it\.\n/);
  });

  it("leaves out what is unknown, for unknown is not zero", () => {
    const text = textOf(sampleNotification({ figures: { memoryRatio: 0.5 }, links: {}, top: [sampleLine("x", {})] }));
    assert.match(text, /^Alert: High CPU Usage Detected\nServer: web1\nMemory Usage: 50%\nSince: /);
    assert.doesNotMatch(text, /CPU Usage: |Disk|Load|undefined|NaN|http/);
    assert.match(text, /Who used most in the last minute:\n {2}x\n$/);
  });

  it("calls an alert from elsewhere what it is called there", () => {
    assert.match(textOf(sampleNotification({ origin: "alert", title: "HostHighCpu" })), /^Alert: HostHighCpu\n/);
  });

  it("lists all that came at the same time, and where, without repeating itself", () => {
    const [first, ...rest] = crowd(3, { server: "web2" });
    const text = textOf(sampleNotification(), first, ...rest);
    assert.match(text, /^Alert: High CPU Usage Detected \(\+3 more\)\n/);
    assert.match(text, /\n {2}Alert: Disk 2 Nearly Full Detected \(on web2; since 2026-11-21 10:00:00 UTC; CPU above 90 % for 1m\)\n/);
    assert.equal(text.split("stress-ng (batch.service) took").length, 2);
  });

  it("has only links that a browser opens, and no half ones", () => {
    const links = (page: string) => contentOf(messageOf(sampleNotification({ links: { page } }))).links.length;
    assert.equal(links("https://h/?at=1"), 1);
    for (const bad of ["javascript:alert(1)", "not a link", `https://h/${"x".repeat(3000)}`]) assert.equal(links(bad), 0, bad);
  });

  it("says of links what they are worth: where they work, that they are a guess", () => {
    const links = { page: "http://127.0.0.1:10054/?at=1", note: "The links work on web1 only." };
    const text = plainText(contentOf(messageOf(sampleNotification({ links, server: "web1" }))));
    assert.match(text, /The page at that moment \(on web1\): http:\/\/127\.0\.0\.1:10054\/\?at=1\nThe links work on web1 only\.\n$/);
  });

  it("says of a test that it is one", () => {
    const text = plainText(
      contentOf(testMessage({ server: "web1", figures: { cpuRatio: 0.1 }, nowMs: startMs, page: `https://c/?at=${startMs}` })),
    );
    assert.match(text, /^Test: Culprit can reach you\nServer: web1\nCPU Usage: 10%\n/);
    assert.match(text, /nothing is wrong with this machine/);
    assert.match(text, new RegExp(`: https://c/\\?at=${startMs}\n$`));
  });
});

describe("Texts and figures for people", () => {
  it("are one line of what can be printed", () => {
    assert.equal(cleanText(" a\r\n\tb\u0000\u001b[0m\u2028c\u202e\ufeff\ud800d "), "a b\\x00\\x1b[0m c\\u202e\\ufeff\\ud800d");
    assert.equal(cleanText("\u{1f468}\u200d\u{1f469} \u{1f1e9}\u{1f1ea} é"), "\u{1f468}\u200d\u{1f469} \u{1f1e9}\u{1f1ea} é");
  });

  it("are cut between characters, never in one", () => {
    assert.equal(cutText("\u{1f525}".repeat(10), 4), `${"\u{1f525}".repeat(3)}…`);
    assert.equal(cutText("\u{1f525}".repeat(4), 4), "\u{1f525}".repeat(4));
    assert.equal(cutText("abcd", 4), "abcd");
  });

  it("do not call full what is not", () => {
    assert.deepEqual(
      [0, 0.004, 0.654, 0.996, 0.9999, 1, 1.5].map((ratio) => wholePercent(ratio)),
      [0, 0, 65, 99, 99, 100, 150],
    );
  });

  it("have units that fit", () => {
    assert.deepEqual([0, 999, 1000, 1540, 120e6, 999.9e3, 4.4e15].map(shortBytesText), [
      "0 B",
      "999 B",
      "1 kB",
      "1.5 kB",
      "120 MB",
      "1 MB",
      "4.4 PB",
    ]);
    assert.deepEqual([0, 59.6, 252, 3600, 90_061, -5].map(durationText), ["0 s", "1 min", "4 min 12 s", "1 h", "1 d 1 h", "0 s"]);
  });
});
