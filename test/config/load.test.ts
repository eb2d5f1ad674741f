import assert from "node:assert/strict";
import { parsePattern } from "../../src/config/pattern.ts";
import { defaultTriggers } from "../../src/config/triggers.ts";
import { load, loadText, problemsOf } from "./support.ts";

describe("The configuration", () => {
  it("has a value for everything when nobody says anything", () => {
    assert.deepEqual(load({}), {
      web: {
        listenAddresses: [{ host: "127.0.0.1", port: 10_054 }],
        telemetryPath: "/metrics",
        auth: "auto",
        allowedHosts: [],
        userScopes: new Map(),
        trustedProxies: [],
      },
      identity: { names: [] },
      sample: { intervalSeconds: 1, windowSeconds: 60 },
      groups: [],
      source: "procfs",
      paths: { procfs: "/proc", sysfs: "/sys", rootfs: "/" },
      collectors: { disabled: [], textfileDirectories: [] },
      storage: { path: "/etc/culprit/data" },
      redact: { level: "careful", patterns: [] },
      recording: { maxBytes: 536_870_912, maxAgeSeconds: 604_800, minutes: { maxBytes: 209_715_200, maxAgeSeconds: 31_622_400 } },
      archives: { path: "/etc/culprit/data/archives", maxBytes: 2_147_483_648, maxCount: 200, maxAgeSeconds: 2_592_000 },
      capture: { lookbackSeconds: 1800, afterSeconds: 15, commands: [] },
      webhook: { ignoreLabels: ["replica", "prometheus", "prometheus_replica", "severity"], cooldownSeconds: 600, notify: false },
      notify: {},
      push: [],
      quietHours: [],
      hosts: { files: [] },
      relay: { keepSeconds: 600, tokens: [] },
      ingest: { maxHosts: 1000, maxBytes: 2048 * 1024 ** 2, history: 1000 },
      triggers: defaultTriggers,
      log: { level: "info", format: "text", maxBytes: 10_485_760, maxFiles: 5, checkEverySeconds: 300 },
      logs: {},
    });
  });

  it("takes every key from the file", () => {
    const config = loadText(`
web:
  listenAddress: [":1", "[::1]:2"]
  telemetryPath: /other
  externalUrl: https://culprit.example.org/sub/
  auth: always
  allowedHosts: [web1, "web1.example.org:10054"]
  users: { prometheus: [read] }
  userHeader: X-Forwarded-User
  trustedProxies: [10.0.0.0/8]
identity: { hostname: node7, names: [web1, 10.0.0.1] }
sample: { interval: 500ms, window: 2m }
groups: [{ name: "batch {{.Username}}", comm: [cron, atd], exe: [/usr/bin/make], cmdline: [nightly] }]
storage: { path: ../state }
recording: { maxBytes: 1GiB, maxAge: 2w, minutesMaxBytes: 100MiB, minutesMaxAge: 90d }
redact: { level: known, patterns: [] }
archives: { path: /var/archives, maxBytes: 512MiB, maxCount: 7, maxAge: 1d }
capture: { lookback: 1h30m, after: 0 }
webhook: { ignoreLabels: [], cooldown: 1m, notify: true }
notify: { slack: { url: https://slack.example.org/x }, quiet: [{ days: [sun], from: 01:00, to: 02:00 }] }
hosts: { files: [targets/*.yml, /srv/targets.json] }
relay: { keep: 1h }
ingest: { maxHosts: 7, maxBytes: 16MiB, history: 50 }
triggers: [{ name: Swap, metric: swap, above: 50% }]
log: { level: debug, format: json, file: culprit.log, maxBytes: 1MiB, maxFiles: 3, checkEvery: 1m }
logs: { metrics: machine.jsonl }
`);
    assert.deepEqual(config, {
      file: "culprit.yml",
      web: {
        listenAddresses: [
          { host: "", port: 1 },
          { host: "::1", port: 2 },
        ],
        telemetryPath: "/other",
        externalUrl: "https://culprit.example.org/sub",
        auth: "always",
        allowedHosts: ["web1", "web1.example.org:10054"],
        userScopes: new Map([["prometheus", ["read"]]]),
        userHeader: "x-forwarded-user",
        trustedProxies: ["10.0.0.0/8"],
      },
      identity: { hostname: "node7", names: ["web1", "10.0.0.1"] },
      sample: { intervalSeconds: 0.5, windowSeconds: 120 },
      groups: [
        { name: ["batch ", { variable: "Username" }], comm: ["cron", "atd"], exe: ["/usr/bin/make"], cmdline: [parsePattern("nightly")] },
      ],
      source: "procfs",
      paths: { procfs: "/proc", sysfs: "/sys", rootfs: "/" },
      collectors: { disabled: [], textfileDirectories: [] },
      storage: { path: "/etc/state" },
      redact: { level: "known", patterns: [] },
      recording: { maxBytes: 1_073_741_824, maxAgeSeconds: 1_209_600, minutes: { maxBytes: 104_857_600, maxAgeSeconds: 7_776_000 } },
      archives: { path: "/var/archives", maxBytes: 536_870_912, maxCount: 7, maxAgeSeconds: 86_400 },
      capture: { lookbackSeconds: 5400, afterSeconds: 0, commands: [] },
      webhook: { ignoreLabels: [], cooldownSeconds: 60, notify: true },
      notify: { slack: { url: { text: "https://slack.example.org/x" } } },
      push: [],
      quietHours: [{ days: ["sun"], fromMinute: 60, toMinute: 120 }],
      hosts: { files: ["/etc/culprit/targets/*.yml", "/srv/targets.json"] },
      relay: { keepSeconds: 3600, tokens: [] },
      ingest: { maxHosts: 7, maxBytes: 16 * 1024 ** 2, history: 50 },
      triggers: [
        {
          name: "Swap",
          metric: "swap",
          threshold: { direction: "above", value: 0.5 },
          forSeconds: 0,
          cooldownSeconds: 600,
          capture: true,
          notify: true,
        },
      ],
      log: {
        level: "debug",
        format: "json",
        file: "/etc/culprit/culprit.log",
        maxBytes: 1_048_576,
        maxFiles: 3,
        checkEverySeconds: 60,
      },
      logs: { metricsFile: "/etc/culprit/machine.jsonl" },
    });
  });

  it("takes flags before the file, and their paths from where the command was given", () => {
    const files = { "conf/my.yml": "web: { listenAddress: ':1', telemetryPath: /file }\nstorage: { path: state }\nlog: { level: error }" };
    const config = load(files, {
      argv: [
        ...["--config.file=conf/my.yml", "--web.listen-address=:2", "--web.listen-address=[::1]:3", "--web.telemetry-path=/flag"],
        ...["--web.external-url=http://h:1/", "--storage.path=here", "--log.level=debug", "--log.format=json"],
        ...["--path.procfs=/host/proc", "--path.sysfs=/host/sys", "--path.rootfs=host"],
      ],
    });
    assert.equal(config.file, "conf/my.yml");
    assert.deepEqual(
      config.web.listenAddresses.map(({ port }) => port),
      [2, 3],
    );
    assert.equal(config.web.telemetryPath, "/flag");
    assert.equal(config.web.externalUrl, "http://h:1");
    assert.equal(config.storage.path, "/etc/culprit/here");
    assert.equal(config.archives.path, "/etc/culprit/here/archives");
    assert.deepEqual([config.log.level, config.log.format], ["debug", "json"]);
    assert.deepEqual(config.paths, { procfs: "/host/proc", sysfs: "/host/sys", rootfs: "/etc/culprit/host" });
  });

  it("stores where the file says, else where systemd says, else in ./data", () => {
    const env = { STATE_DIRECTORY: "/var/lib/culprit:/var/lib/other" };
    assert.equal(load({}, { env }).storage.path, "/var/lib/culprit");
    assert.equal(loadText("storage: { path: x }", { env }).storage.path, "/etc/culprit/x");
    assert.equal(
      load({ "conf/my.yml": "storage: { path: x }" }, { argv: ["--config.file=conf/my.yml"] }).storage.path,
      "/etc/culprit/conf/x",
    );
    assert.equal(load({}, { env, argv: ["--storage.path=y"] }).storage.path, "/etc/culprit/y");
  });

  it("may be an empty file, one of comments, or have empty sections", () => {
    for (const text of ["", "# nothing\n", "web:\nlog:\n  # level: debug\n", "---\n", "\ufefflog: {}"]) {
      assert.deepEqual({ ...loadText(text), file: undefined }, { ...load({}), file: undefined });
    }
  });

  it("names a file that is not there only when somebody asked for it", () => {
    assert.equal(load({}).file, undefined);
    assert.deepEqual(
      problemsOf(() => load({}, { argv: ["--config.file=my.yml"] })),
      ["--config.file: cannot read my.yml: there is no such file"],
    );
  });

  it("is not taken from the defaults when the usual file cannot be read", () => {
    const readFile = (): string => {
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    };
    assert.deepEqual(
      problemsOf(() => load({}, { readFile })),
      ["cannot read culprit.yml: permission denied"],
    );
  });

  it("refuses flags with a wrong value, all of them at once and without their secrets", () => {
    assert.deepEqual(
      problemsOf(() => load({}, { argv: ["--log.level=loud", "--web.listen-address=10054", "--web.external-url=http://u:hunter22@h/"] })),
      [
        '--web.listen-address: expected HOST:PORT such as 127.0.0.1:10054, :10054 or [::1]:10054, got "10054"',
        '--web.external-url: expected an http or https URL without user, query and fragment, such as https://culprit.example.org, got "http://u:***@h/"',
        '--log.level: expected one of error, warn, info, debug, got "loud"',
      ],
    );
    assert.deepEqual(
      problemsOf(() => load({}, { argv: ["--nope", "word"] })),
      ["word: expected only flags"],
    );
  });
});
