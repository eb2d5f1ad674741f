/** The self-contained archives and the npm tarball. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/release/programs.mjs";
import { runQuietly } from "../../lib/run.mjs";
import { released } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

/**
 * @param {Machine} machine
 * @returns {Promise<string>} what was seen
 */
export async function proveArchive(machine) {
  const name = await machine.startBare();
  await machine.copyInto(name, released(/-linux-x64\.tar\.gz$/), "/culprit.tar.gz");
  await machine.exec(name, "! command -v node && mkdir /srv/culprit && tar -xzf /culprit.tar.gz --strip-components=1 -C /srv/culprit");
  assert.match(await machine.exec(name, "cd /srv/culprit && ./culprit --version"), /^culprit, version \d/m);
  await machine.exec(name, "ln -s ../../../srv/culprit/culprit /usr/local/bin/culprit");
  assert.match(await machine.exec(name, "cd /tmp && culprit once --seconds=1"), /PROCESS/);
  await serve(machine, name, "/srv/culprit/culprit");
  await machine.remove(name);
  return "starts without Node on a Debian minbase, by a symbolic link too, serves, captures, ends on SIGTERM (run)";
}

/**
 * @param {Machine} machine
 * @returns {Promise<string>} what was seen
 */
export async function proveNpmTarball(machine) {
  const name = await machine.startWithNode();
  const tarball = released(/^culprit-[\d.]+\.tgz$/);
  await machine.copyInto(name, tarball, "/culprit-0.tgz");
  assert.match(await machine.exec(name, "cd /tmp && npx --yes --package=/culprit-0.tgz culprit --version"), /^culprit, version \d/m);
  for (const flag of ["", "--ignore-scripts"]) {
    await machine.exec(name, `npm install --global --no-audit --no-fund ${flag} /culprit-0.tgz`);
    assert.match(await machine.exec(name, "cd /tmp && culprit once --seconds=1"), /PROCESS/);
    if (flag !== "") await serve(machine, name, "culprit");
    await machine.exec(name, "npm uninstall --global culprit && ! command -v culprit");
  }
  await machine.remove(name);
  return "npm i -g, with --ignore-scripts too, and npx on a Debian minbase with Node and npm; serves, captures (run)";
}

/**
 * @param {string} folder
 * @returns {Promise<string>} what was seen
 */
export async function proveArm64(folder) {
  const libraries = join(folder, "arm64-libraries");
  const unpacked = join(folder, "arm64");
  const packages = "--include=libc6,libstdc++6,libgcc-s1";
  await must("mmdebstrap", runQuietly("mmdebstrap", ["--arch=arm64", "--variant=extract", "--quiet", packages, "bookworm", libraries]));
  const places = { archive: join(unpacked, "archive"), deb: join(unpacked, "deb") };
  for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
  await must("tar", runQuietly("tar", ["-xzf", released(/-linux-arm64\.tar\.gz$/), "--strip-components=1", "-C", places.archive]));
  await must("dpkg-deb", runQuietly("dpkg-deb", ["--extract", released(/_arm64\.deb$/), places.deb]));
  for (const home of [places.archive, join(places.deb, "usr/lib/culprit")]) {
    const main = [join(home, "node", "node"), join(home, "app", "dist", "src", "main.js")];
    const { output } = await must("culprit once", runQuietly("qemu-aarch64-static", ["-L", libraries, ...main, "once", "--seconds=1"]));
    assert.match(output, /PROCESS/);
  }
  return "`culprit once` of the arm64 archive and .deb under qemu-user (emulated)";
}

/**
 * A server: scrape, capture, SIGTERM. Its network is this machine's.
 *
 * @param {Machine} machine
 * @param {string} name
 * @param {string} command
 */
async function serve(machine, name, command) {
  const port = await machine.freePort();
  const address = `http://127.0.0.1:${port}`;
  await machine.exec(
    name,
    `mkdir -p /state; echo $$ >/pid; exec ${command} --storage.path=/state --web.listen-address=127.0.0.1:${port} >/log`,
    ["--detach"],
  );
  await machine.waitFor("Culprit to be ready", async () => (await fetch(`${address}/-/ready`)).ok);
  await machine.waitFor("figures", async () => /^culprit_cpu_usage_ratio \d/m.test(await (await fetch(`${address}/metrics`)).text()));
  const token = (await machine.exec(name, "cat /state/tokens/admin")).trim();
  const headers = { Authorization: `Bearer ${token}` };
  assert.equal((await fetch(`${address}/archives`, { method: "POST", headers })).status, 202);
  const bytes = await machine.waitFor("the archive", async () => {
    const answer = await fetch(`${address}/archives/latest.tar.gz`, { headers });
    return answer.ok && (await answer.arrayBuffer()).byteLength;
  });
  assert.ok(bytes > 1000);
  await machine.exec(name, "kill $(cat /pid)");
  await machine.waitFor("its end", async () => (await machine.try(name, "kill -0 $(cat /pid)")).includes("No such process"));
  await machine.exec(name, "rm -r /state");
}
