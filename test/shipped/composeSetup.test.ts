import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { mainPath, packageRoot } from "../support/paths.ts";
import { requireRoot, requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { composeFile } from "./support/composeFile.ts";
import { switchedOn } from "./support/rules.ts";

const defaults = Object.fromEntries(
  Object.entries(composeFile().services.setup?.environment ?? {}).map(([name, value]) => [name, value.replace(/^\$\{\w+:-(.*)\}$/, "$1")]),
);

describe("the compose file's setup", function () {
  this.timeout(60_000);
  const newDirectory = tempDirectories();
  let folder: string;
  const out = (...parts: string[]) => join(folder, "out", ...parts);
  const read = (...parts: string[]) => readFileSync(out(...parts), "utf8");

  beforeEach(async function () {
    // it gives files to the groups of the servers' users
    requireRoot(this);
    folder = await newDirectory();
    for (const name of ["in", "out", "bin"]) mkdirSync(join(folder, name));
    for (const name of ["prometheus", "alertmanager"]) cpSync(join(packageRoot(), name), join(folder, "in", name), { recursive: true });
    writeFileSync(join(folder, "bin", "culprit"), `#!/bin/sh\nexec '${process.execPath}' '${mainPath()}' "$@"\n`);
    chmodSync(join(folder, "bin", "culprit"), 0o755);
  });

  function setUp(variables: Readonly<Record<string, string>> = {}) {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(packageRoot(), "deploy", "compose", "setup.mjs"), join(folder, "in"), join(folder, "out")],
      {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...defaults,
          PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
          STATE_DIRECTORY: join(folder, "data"),
          ...variables,
        },
      },
    );
    return { status, stderr };
  }

  function listTokens(): string {
    return spawnSync(process.execPath, [mainPath(), "token", "list", `--storage.path=${join(folder, "data")}`], { encoding: "utf8" })
      .stdout;
  }

  /** Lines of all files below a folder that are no comments. */
  function lines(name: string): string {
    return readdirSync(out(name), { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(out(name, file)).isFile())
      .flatMap((file) => read(name, file).split("\n"))
      .filter((line) => !line.trimStart().startsWith("#"))
      .join("\n");
  }

  it("makes the shipped configurations ones that hold inside of the network", () => {
    assert.equal(setUp().status, 0);
    assert.match(read("prometheus", "prometheus.yml"), /targets: \[alertmanager:9093\]/);
    assert.match(read("prometheus", "targets", "local.yml"), /targets: \[culprit:10054\]/);
    assert.match(read("alertmanager", "alertmanager.yml"), /^ +url: http:\/\/culprit:10054\/webhook$/m);
    assert.match(read("alertmanager", "alertmanager.yml"), /^ +smtp_smarthost: 'mail:1025'$/m);
    const forPeople = /http:\/\/127\.0\.0\.1:(?:3000|10054)(?=["`{]|$)/gm;
    for (const name of ["prometheus", "alertmanager"]) {
      assert.doesNotMatch(lines(name).replaceAll(forPeople, ""), /127\.0\.0\.1:(?:9090|9093|10054)|localhost:25/, name);
    }
    assert.doesNotMatch(lines("alertmanager"), /ExternalURL|%7B|%22|silences/, "Alertmanager's own page is not published");
    const silence = "http://127.0.0.1:3000/alerting/silence/new?alertmanager=Alertmanager&matcher=";
    for (const file of ["mail.tmpl", "slack.tmpl", "teams.tmpl"])
      assert.ok(read("alertmanager", "templates", file).includes(silence), file);
    const rules = "rules";
    for (const file of readdirSync(out("prometheus", rules))) {
      assert.equal(
        read("prometheus", rules, file),
        readFileSync(join(folder, "in", "prometheus", rules, file), "utf8"),
        "rules stay as they are",
      );
    }
  });

  it("names the files of secrets where the containers have them", () => {
    const file = join(folder, "in", "alertmanager", "alertmanager.yml");
    const settings = ["slack_configs", "msteamsv2_configs", "smtp_auth_username", "smtp_auth_password_file"];
    writeFileSync(file, settings.reduce(switchedOn, readFileSync(file, "utf8")));
    assert.equal(setUp().status, 0);
    const [mounted] = composeFile().services.alertmanager?.volumes?.filter((one) => one.startsWith("alertmanager-config:")) ?? [];
    assert.equal(mounted, "alertmanager-config:/config:ro");
    const named = [...lines("alertmanager").matchAll(/(?:password|url)_file: (.*)$/gm)].map(([, path]) => path);
    assert.deepEqual(named, ["/config/smtp.password", "/config/slack.url", "/config/teams.url"]);
  });

  it("leaves what promtool and amtool accept", function () {
    requireServer(this, "promtool", "amtool");
    assert.equal(setUp({ MAIL_TO: "o'neill@example.org" }).status, 0);
    for (const [program, ...args] of [
      ["promtool", "check", "config", out("prometheus", "prometheus.yml")],
      ["amtool", "check-config", out("alertmanager", "alertmanager.yml")],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
      assert.equal(status, 0, stdout + stderr);
    }
  });

  it("puts the addresses and the mail server of .env into what people get", () => {
    const variables = {
      CULPRIT_URL: "https://culprit.example.org/",
      GRAFANA_URL: "https://grafana.example.org",
      MAIL_SERVER: "smtp.example.org:587",
      MAIL_REQUIRE_TLS: "true",
      MAIL_FROM: "alerts@example.org",
      MAIL_TO: "ops@example.org",
    };
    assert.equal(setUp(variables).status, 0);
    assert.match(read("alertmanager", "templates", "culprit.tmpl"), /define "culprit\.url" \}\}https:\/\/culprit\.example\.org\{\{ end/);
    assert.match(read("prometheus", "prometheus.yml"), /^ +grafana_url: https:\/\/grafana\.example\.org$/m);
    const alertmanager = read("alertmanager", "alertmanager.yml");
    assert.match(alertmanager, /^ +smtp_smarthost: 'smtp\.example\.org:587'$/m);
    assert.match(alertmanager, /^ +smtp_from: 'alerts@example\.org'$/m);
    assert.match(alertmanager, /^ +smtp_require_tls: true$/m);
    assert.match(alertmanager, /^ +- to: 'ops@example\.org'$/m);
  });

  it("gives Alertmanager's group a token that may capture, and Grafana a password, and lets both stay", () => {
    assert.equal(setUp().status, 0);
    const [token, password] = [read("alertmanager", "culprit.token"), read("grafana", "password")];
    const { mode, gid } = statSync(out("alertmanager", "culprit.token"));
    assert.equal(mode & 0o777, 0o440);
    assert.equal(gid, 65534);
    assert.equal(statSync(out("grafana", "password")).mode & 0o777, 0o440);
    assert.match(password, /^[\w-]{24}$/);
    assert.match(listTokens(), /culprit\.token +capture +/);
    assert.equal(setUp().status, 0);
    assert.equal(read("alertmanager", "culprit.token"), token);
    assert.equal(read("grafana", "password"), password);
  });

  it("makes another token when the one of the file is not Culprit's any more, or the file is gone", () => {
    assert.equal(setUp().status, 0);
    const first = read("alertmanager", "culprit.token");
    rmSync(join(folder, "data"), { recursive: true });
    assert.equal(setUp().status, 0);
    const second = read("alertmanager", "culprit.token");
    assert.notEqual(second, first);
    rmSync(out("alertmanager", "culprit.token"));
    assert.equal(setUp().status, 0);
    assert.notEqual(read("alertmanager", "culprit.token"), second);
    assert.equal(listTokens().match(/culprit\.token/g)?.length, 1, "the old one is revoked");
  });

  it("takes away what the checkout has no more", () => {
    writeFileSync(join(folder, "in", "prometheus", "targets", "web1.yml"), "- targets: [web1:10054]\n");
    assert.equal(setUp().status, 0);
    assert.ok(existsSync(out("prometheus", "targets", "web1.yml")));
    rmSync(join(folder, "in", "prometheus", "targets", "web1.yml"));
    assert.equal(setUp().status, 0);
    assert.ok(!existsSync(out("prometheus", "targets", "web1.yml")));
    assert.ok(existsSync(out("alertmanager", "culprit.token")), "but not the token");
  });

  it("says what it expects of a variable, and of the folders", () => {
    assert.match(
      setUp({ CULPRIT_URL: "culprit.example.org" }).stderr,
      /CULPRIT_URL: expected an address such as http:.*got "culprit\.example\.org"/,
    );
    assert.match(setUp({ MAIL_REQUIRE_TLS: "yes" }).stderr, /MAIL_REQUIRE_TLS: expected true or false, got "yes"/);
    assert.match(setUp({ MAIL_TO: "" }).stderr, /MAIL_TO: expected one line of text/);
    rmSync(join(folder, "in", "alertmanager"), { recursive: true });
    const { status, stderr } = setUp();
    assert.equal(status, 1);
    assert.match(stderr, /alertmanager is empty; expected the folder alertmanager\//);
  });
});
