/**
 * What the compose file's service `setup` does: `node setup.mjs IN OUT`.
 *
 * Takes IN/prometheus and IN/alertmanager over into OUT, with the addresses that hold inside the compose network: there are no variables in
 * the configurations of Prometheus and Alertmanager, and a second copy of their rules and routes would not stay the same. Then makes, where there is
 * none yet, the token that Alertmanager sends to Culprit, and a password for Grafana.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) fail("expected two folders: node setup.mjs IN OUT");

/** Who reads what is written, besides root: nobody, who is Prometheus' and Alertmanager's user, and Grafana, whose group is root's. */
const group = 65534;
const grafanaGroup = 0;
const token = join(to, "alertmanager", "culprit.token");
const password = join(to, "grafana", "password");

const inNetwork = [
  ["http://127.0.0.1:10054", "http://culprit:10054"],
  ["127.0.0.1:10054", "culprit:10054"],
  ["127.0.0.1:9093", "alertmanager:9093"],
];
/** Where the compose file shows Alertmanager what is written to OUT/alertmanager. */
const secrets = [["/etc/alertmanager/", "/config/"]];
const mail = [
  ["smtp_smarthost: localhost:25", `smtp_smarthost: ${quote(setting("MAIL_SERVER"))}`],
  ["smtp_from: alertmanager@localhost", `smtp_from: ${quote(setting("MAIL_FROM"))}`],
  ["smtp_require_tls: false", `smtp_require_tls: ${flag("MAIL_REQUIRE_TLS")}`],
  ["to: root@localhost", `to: ${quote(setting("MAIL_TO"))}`],
];
// What people click on leads to addresses that their browsers know. Alertmanager is not published: Grafana silences its alerts.
const silences = `${url("GRAFANA_URL")}/alerting/silence/new?alertmanager=Alertmanager&matcher=`;
const links = [
  ['{{ define "culprit.url" }}http://127.0.0.1:10054{{ end }}', `{{ define "culprit.url" }}${url("CULPRIT_URL")}{{ end }}`],
  ["{{ $root.ExternalURL }}/#/silences/new?filter=", silences],
  ["%7Balertname%3D%22{{ .Labels.alertname | urlquery }}%22", "alertname%3D{{ .Labels.alertname | urlquery }}"],
  ["%2Cinstance%3D%22{{ . | urlquery }}%22{{ end }}%7D", "&matcher=instance%3D{{ . | urlquery }}{{ end }}"],
];
const grafana = [["http://127.0.0.1:3000", url("GRAFANA_URL")]];

takeOver("prometheus", (name) => (name === "prometheus.yml" ? [...grafana, ...inNetwork] : name.startsWith("targets/") ? inNetwork : []));
takeOver("alertmanager", (name) =>
  name === "alertmanager.yml" ? [...inNetwork, ...secrets, ...mail] : name.endsWith(".tmpl") ? links : [],
);
writeToken();
writePassword();

/**
 * Copies a folder; what is not in it any more goes from the copy, too.
 *
 * @param {string} folder
 * @param {(name: string) => readonly (readonly string[])[]} replacementsFor what is replaced in a file, in this order
 */
function takeOver(folder, replacementsFor) {
  const files = listFiles(join(from, folder));
  if (files.length === 0) fail(`${join(from, folder)} is empty; expected the folder ${folder}/ of Culprit`);
  for (const name of listFiles(join(to, folder))) {
    const path = join(to, folder, name);
    if (path !== token && !files.includes(name)) rmSync(path);
  }
  for (const name of files) {
    if (join(to, folder, name) === token) continue;
    write(join(to, folder, name), replaceAll(read(join(from, folder, name)), replacementsFor(name)));
  }
  console.log(`${folder}: ${files.length} files taken over`);
}

/** Only where there is none that Culprit knows: a sender with a token that was just replaced is refused, and such an alert is not sent again. */
function writeToken() {
  const listed = culprit(["token", "list"], "pipe");
  if (existsSync(token) && listed.split("\n").some((line) => line.startsWith(`${token}  `))) return;
  culprit(["token", "write", token, "--scope=capture", "--mode=0440", `--group=${group}`], "inherit");
}

/**
 * Runs a command of Culprit, whose storage is $STATE_DIRECTORY.
 *
 * @param {string[]} args
 * @param {"inherit" | "pipe"} output
 */
function culprit(args, output) {
  const { status, error, stdout } = spawnSync("culprit", args, { stdio: ["ignore", output, "inherit"], encoding: "utf8" });
  if (status !== 0) fail(`culprit ${args.slice(0, 2).join(" ")} failed${error === undefined ? "" : `: ${error.message}`}`);
  return stdout ?? "";
}

/** Grafana takes it when it makes its database, and never again. */
function writePassword() {
  if (existsSync(password)) return;
  write(password, randomBytes(18).toString("base64url"), grafanaGroup);
  console.log("grafana: a password for admin was made");
}

/** @param {string} text @param {readonly (readonly string[])[]} replacements only in lines that are not comments */
function replaceAll(text, replacements) {
  return text
    .split("\n")
    .map((line) =>
      line.trimStart().startsWith("#") ? line : replacements.reduce((all, [before, after]) => all.replaceAll(before, () => after), line),
    )
    .join("\n");
}

/** @param {string} folder @returns {string[]} paths below it, hidden files left out */
function listFiles(folder, below = "") {
  if (!existsSync(join(folder, below))) return [];
  return readdirSync(join(folder, below)).flatMap((name) => {
    if (name.startsWith(".")) return [];
    const path = join(below, name);
    return statSync(join(folder, path)).isDirectory() ? listFiles(folder, path) : [path];
  });
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return fail(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {string} path @param {string} text @param {number} owner the group that may read it */
function write(path, text, owner = group) {
  makeFolder(dirname(path), owner);
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o400 });
  chownSync(path, -1, owner);
  chmodSync(path, 0o440);
}

/** @param {string} folder @param {number} owner */
function makeFolder(folder, owner) {
  if (folder !== to) makeFolder(dirname(folder), owner);
  else return;
  mkdirSync(folder, { recursive: true });
  chownSync(folder, -1, owner);
  chmodSync(folder, 0o750);
}

/** @param {string} name @returns {string} */
function setting(name) {
  const value = process.env[name]?.trim();
  if (value === undefined || value === "" || /[\n\r]/.test(value)) return fail(`${name}: expected one line of text`);
  return value;
}

/** @param {string} name */
function flag(name) {
  const value = setting(name);
  return value === "true" || value === "false" ? value : fail(`${name}: expected true or false, got ${JSON.stringify(value)}`);
}

/** @param {string} name */
function url(name) {
  const value = setting(name);
  if (!/^https?:\/\/[^\s"'{}]+$/.test(value) || !URL.canParse(value)) {
    return fail(`${name}: expected an address such as http://127.0.0.1:10054, got ${JSON.stringify(value)}`);
  }
  return value.replace(/\/$/, "");
}

/** @param {string} text as YAML */
function quote(text) {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}
