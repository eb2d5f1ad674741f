import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";
import { load, loadText, problemsOf } from "./support.ts";

const secretUrl = "https://hooks.slack.com/services/T00SECRET/B00SECRET/xoxSecretPart";
const files = { password: "hunter2", "slack-url": secretUrl, "ca.pem": "PEM", secret: "s" };

describe("notify", () => {
  const notify = (text: string, more = {}) => load({ "culprit.yml": text, ...files, ...more }).notify;
  const problems = (text: string) => problemsOf(() => notify(text));

  it("is empty where nothing is said", () => {
    assert.deepEqual(loadText("").notify, {});
    assert.deepEqual(loadText("notify:\n  email:\n  slack:\n").notify, {});
    assert.equal(loadText("").webhook.notify, false);
    assert.equal(loadText("webhook: { notify: true }").webhook.notify, true);
  });

  it("has the channels that are named, with relative paths from the folder of the file on", () => {
    assert.deepEqual(
      notify(`
notify:
  email: { host: smtp.example.org, from: Culprit <c@example.org>, to: [a@example.org, B <b@example.org>], user: u, passwordFile: password, caFile: ca.pem }
  slack: { urlFile: slack-url }
  teams: { url: "https://prod.example.org/workflows/x?sig=y" }
  webhook: { url: "http://127.0.0.1:9000/hook", secretFile: secret }
`),
      {
        email: {
          host: "smtp.example.org",
          port: 587,
          security: "starttls",
          from: "Culprit <c@example.org>",
          to: ["a@example.org", "B <b@example.org>"],
          user: "u",
          passwordFile: "/etc/culprit/password",
          caFile: "/etc/culprit/ca.pem",
        },
        slack: { url: { file: "/etc/culprit/slack-url" } },
        teams: { url: { text: "https://prod.example.org/workflows/x?sig=y" } },
        webhook: [{ url: { text: "http://127.0.0.1:9000/hook" }, secretFile: "/etc/culprit/secret" }],
      },
    );
  });

  for (const [written, port, security] of [
    ["", 587, "starttls"],
    ["port: 465", 465, "tls"],
    ["port: 2525", 2525, "starttls"],
    ["security: tls", 465, "tls"],
    ["security: none", 25, "none"],
    ["port: 465, security: starttls", 465, "starttls"],
  ] as const) {
    it(`takes port ${port} and ${security} for mail with ${written || "neither"}`, () => {
      const { email } = notify(`notify: { email: { host: h, from: a@b, to: c@d${written === "" ? "" : `, ${written}`} } }`);
      assert.deepEqual([email?.port, email?.security, email?.to], [port, security, ["c@d"]]);
    });
  }

  it("takes a URL from a variable", () => {
    const config = load({ "culprit.yml": `notify: { slack: { url: '\${SLACK_URL}' } }` }, { env: { SLACK_URL: secretUrl } });
    assert.deepEqual(config.notify.slack, { url: { text: secretUrl } });
  });

  it("is refused with the place and with what was expected", () => {
    assert.deepEqual(
      problems(`notify:
  email:
    host: smtp.example.org:25
    port: 70000
    security: ssl
    from: nobody
    to: []
    password: hunter2
  slak: {}
  webhook:
    secretFile: secret
`),
      [
        'culprit.yml:3:11: notify.email.host: expected the mail server\'s name or address without a port, such as smtp.example.org, got "smtp.example.org:25"',
        "culprit.yml:4:11: notify.email.port: expected a port from 1 to 65535, got 70000",
        'culprit.yml:5:15: notify.email.security: expected one of starttls, tls, none, got "ssl"',
        'culprit.yml:6:11: notify.email.from: expected a mail address such as ops@example.org or Ops <ops@example.org>, got "nobody"',
        "culprit.yml:7:9: notify.email.to: expected a list of at least 1 entry, got an empty list",
        "culprit.yml:8:5: notify.email.password: unknown key; expected one of host, port, security, name, from, to, user, passwordFile, caFile",
        "culprit.yml:9:3: notify.slak: unknown key; did you mean slack?",
        "culprit.yml:11:5: notify.webhook: expected either url or urlFile, got keys with values",
      ],
    );
  });

  it("wants user and password together, and no password in the open", () => {
    const email = (more: string) =>
      problems(`notify: { email: { host: h, from: a@b, to: c@d, ${more} } }`).map((line) => line.replace(/^[^ ]+ /, ""));
    assert.match(email("user: u").join(), /notify\.email\.passwordFile: missing in .*; expected it beside user/);
    assert.match(email("passwordFile: password").join(), /notify\.email\.user: missing in .*; expected it beside passwordFile/);
    assert.deepEqual(email("user: u, passwordFile: password, security: none"), [
      'notify.email.security: expected starttls or tls where a password is sent, got "none"',
    ]);
  });

  it("wants a file that can be read, and does not show what may be a secret written in its place", () => {
    assert.deepEqual(problems("notify:\n  slack:\n    urlFile: hunter2\n"), [
      "culprit.yml:3:14: notify.slack.urlFile: expected the path of a file that can be read: there is no such file",
    ]);
  });

  for (const [title, text] of [
    ["where it is no URL", `notify: { slack: { url: "${secretUrl.replace("https", "htps")}" } }`],
    ["where it stands for the channel", `notify: { slack: "${secretUrl}" }`],
    ["where it is a list", `notify: { teams: { url: ["${secretUrl}"] } }`],
    ["where there is a file, too", `notify: { webhook: { url: "${secretUrl}", urlFile: secret } }`],
    ["beside an unknown key", `notify: { slack: { url: "${secretUrl}", channel: ops } }`],
    ["where it is a header", `notify: { webhook: { url: "http://h/", headers: { X-Key: [xoxSecretPart] } } }`],
    ["where it is the URL of the second target", `notify: { webhook: [{ name: a, url: "http://h/" }, { name: A, url: "x${secretUrl}" }] }`],
    ["where a target beside others has no name", `notify: { webhook: [{ name: a, url: "http://h/" }, { url: "${secretUrl}" }] }`],
    ["where an unknown key holds it", `notify: { slack: { uri: "${secretUrl}" } }`],
  ] as const) {
    it(`shows no URL in its errors ${title}`, () => {
      const lines = problems(text);
      assert.ok(lines.length > 0);
      assert.doesNotMatch(lines.join("\n"), /SECRET|xoxSecretPart|hooks\.slack/);
    });
  }

  it("takes a list of webhook targets, with headers and a body of their own", () => {
    const { webhook } = notify(`
notify:
  webhook:
    - name: ntfy
      url: http://127.0.0.1:9000/topic
      method: PUT
      headers: { Priority: 5, Title: "{{ subject }}!", Authorization: { file: secret } }
      contentType: text/plain
      body: "{{json secret key}}}}"
      secrets: { key: { file: password } }
    - { name: other, urlFile: slack-url }
`);
    assert.deepEqual(webhook, [
      {
        name: "ntfy",
        url: { text: "http://127.0.0.1:9000/topic" },
        method: "PUT",
        headers: { Priority: ["5"], Title: [{ asJson: false, value: "subject" }, "!"], Authorization: { file: "/etc/culprit/secret" } },
        contentType: "text/plain",
        body: [{ asJson: true, secret: "key" }, "}}"],
        secrets: { key: "/etc/culprit/password" },
      },
      { name: "other", url: { file: "/etc/culprit/slack-url" } },
    ]);
  });

  const known = "subject, headline, text, status, action, server, verdict, id, page, archive";

  it("refuses a placeholder that stands for nothing, and says which there are", () => {
    assert.deepEqual(
      problems(`notify:
  webhook:
    url: http://127.0.0.1/
    headers: { Title: "{{titel}}" }
    body: "{{#if x}} {{json}} {{secret key}} {{text}}"
    secrets: { token: { file: secret } }
`),
      [
        ["4:23: notify.webhook.headers.Title", "{{titel}}"],
        ["5:11: notify.webhook.body", "{{#if x}}"],
        ["5:11: notify.webhook.body", "{{json}}"],
        ["5:11: notify.webhook.body", "{{secret key}}"],
      ].map(
        ([place, name]) =>
          `culprit.yml:${place}: unknown placeholder ${name}; expected one of ${known}, secret token, each also with json before it, got text`,
      ),
    );
  });

  it("wants targets that can be told apart, and headers that can be sent", () => {
    assert.deepEqual(
      problems(`notify:
  webhook:
    - { url: "http://127.0.0.1/", name: a }
    - { url: "http://127.0.0.1/", name: a }
    - { url: "http://127.0.0.1/", headers: { "X Y": z, Content-Type: json, Host: h } }
`),
      [
        "culprit.yml:4:41: notify.webhook[1].name: expected a name that no target before it has, got text",
        "culprit.yml:5:7: notify.webhook[2].name: missing; expected a name where there are several targets",
        "culprit.yml:5:53: notify.webhook[2].headers.X Y: expected the name of a header, got text",
        "culprit.yml:5:70: notify.webhook[2].headers.Content-Type: expected it as contentType, beside headers, got text",
        "culprit.yml:5:82: notify.webhook[2].headers.Host: expected a header that Culprit does not write itself, got text",
      ],
    );
  });

  it("has quiet hours, of every day and for everything where nothing else is said", () => {
    const { quietHours } = loadText(`notify:
  quiet:
    - { days: [mon-wed, fri], from: "22:00", to: 6:00, timeZone: Europe/Berlin, triggers: [HighLoad], groups: [pg_dump] }
    - { days: [sat-mon], from: 00:00, to: 24:00 }
    - { from: 12:30, to: 13:00 }
`);
    assert.deepEqual(quietHours, [
      {
        days: ["mon", "tue", "wed", "fri"],
        fromMinute: 1320,
        toMinute: 360,
        timeZone: "Europe/Berlin",
        names: ["HighLoad"],
        groups: ["pg_dump"],
      },
      { days: ["sun", "mon", "sat"], fromMinute: 0, toMinute: 1440 },
      { days: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"], fromMinute: 750, toMinute: 780 },
    ]);
    assert.deepEqual(loadText("notify:\n  quiet:\n").quietHours, []);
  });

  it("refuses quiet hours that cannot be, with what was written", () => {
    const lines = problems(`notify:
  quiet:
    - { days: [montag], from: 22:00, to: 25:00 }
    - { days: [], from: 9, to: 9:60 }
    - { from: 22:00, to: 22:00 }
    - { from: 22:00, to: 23:00, timeZone: Mars/Olympus }
    - { from: "24:00", to: 06:00 }
    - { from: 22:00 }
`);
    assert.deepEqual(
      lines.map((line) => line.replace(/^[^ ]+ /, "")),
      [
        'notify.quiet[0].days[0]: expected a day such as mon, or days such as mon-fri (sun, mon, tue, wed, thu, fri, sat), got "montag"',
        'notify.quiet[0].to: expected a time from "00:00" to "24:00", such as "06:00", got "25:00"',
        "notify.quiet[1].days: expected a list of at least 1 entry, got an empty list",
        'notify.quiet[1].from: expected a time from "00:00" to "24:00", such as "22:00", got 9',
        'notify.quiet[1].to: expected a time from "00:00" to "24:00", such as "06:00", got "9:60"',
        'notify.quiet[2].to: expected another time than from; the whole day is from "00:00" to "24:00", got "22:00"',
        'notify.quiet[3].timeZone: expected a time zone such as Europe/Berlin or UTC, got "Mars/Olympus"',
        'notify.quiet[4].from: expected a time before "24:00", got "24:00"',
        'notify.quiet[5].to: missing in "- { from: 22:00 }"; expected a time from "00:00" to "24:00", such as "06:00"',
      ],
    );
  });

  it("names the place of a secret's file that cannot be read", () => {
    assert.deepEqual(problems("notify:\n  webhook:\n    - url: http://127.0.0.1/\n      headers:\n        X-Key: { file: hunter2 }\n"), [
      "culprit.yml:5:24: notify.webhook[0].headers.X-Key.file: expected the path of a file that can be read: there is no such file",
    ]);
  });

  it("refuses quiet hours for a name that nothing has, unless it may be an alert", () => {
    const text = "notify: { quiet: [{ from: 22:00, to: 06:00, triggers: [HighLaod] }] }";
    assert.deepEqual(problems(text), [
      'culprit.yml:1:56: notify.quiet[0].triggers[0]: no trigger has the name "HighLaod"; did you mean HighLoad?',
    ]);
    assert.deepEqual(loadText(`webhook: { notify: true }\n${text}`).quietHours[0]?.names, ["HighLaod"]);
  });

  it("looks like the example, whose channels can be used as they stand there", () => {
    const example = readFileSync(join(packageRoot(), "culprit.example.yml"), "utf8");
    const section = /^notify:\n(?: .*\n)+/m.exec(example)?.[0].replaceAll(/^( {2})#(?=\w+:| {2}\w+:)/gm, "$1") ?? "";
    const paths = Object.fromEntries(
      ["smtp-password", "mail-ca.pem", "slack-url", "teams-url", "webhook-secret"].map((name) => [name, "x"]),
    );
    const settings = notify(section, paths);
    assert.deepEqual(Object.keys(settings), ["email", "slack", "teams", "webhook"]);
    assert.deepEqual(settings.slack, { url: { file: "/etc/culprit/slack-url" } });
    assert.equal(settings.email?.port, 587);
  });
});
