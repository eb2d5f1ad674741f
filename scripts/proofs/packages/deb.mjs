/** The .deb, in a container in which systemd is process 1. */
import assert from "node:assert/strict";
import { released } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

const address = "http://127.0.0.1:10054";
const authorized = `-H "Authorization: Bearer $(cat /var/lib/culprit/tokens/admin)"`;

/**
 * @param {Machine} machine
 * @param {{ readonly deb: string }} next
 * @returns {Promise<string>} what was seen
 */
export async function proveDeb(machine, next) {
  const name = await machine.startWithSystemd();
  const run = (/** @type {string} */ command) => machine.exec(name, command);
  await machine.copyInto(name, released(/_amd64\.deb$/), "/first.deb");
  await machine.copyInto(name, next.deb, "/next.deb");

  await run("DEBIAN_FRONTEND=noninteractive dpkg --install /first.deb </dev/null");
  assert.equal(await run("systemctl is-enabled culprit; systemctl is-active culprit"), "enabled\nactive\n");
  await ready(machine, name);
  assert.match(await run("ps -o user:20= -p $(systemctl show --value -p MainPID culprit)"), /^culprit\s*$/);
  await machine.waitFor("figures", async () => /^culprit_cpu_usage_ratio \d/m.test(await run(`curl -fsS ${address}/metrics`)));
  const write = await machine.waitFor("the bytes that root's shell writes", async () => {
    await run("for one in 1 2 3 4 5 6 7 8; do echo x >/tmp/written; sleep 0.1; done");
    return /^culprit_process_written_bytes_per_second\{.*user="root"\} \S+$/m.exec(await run(`curl -fsS ${address}/metrics`))?.[0];
  });
  assert.ok(write, "the unit's capabilities show it what root's processes write");
  assert.match(await run("culprit --version"), /^culprit, version \d/);
  assert.match(await run("culprit once --seconds=1"), /PROCESS/);

  await run(`curl -fsS -X POST ${authorized} ${address}/archives`);
  await archive(machine, name);
  await run("systemd-analyze verify culprit.service 2>&1 | tee /verify; test ! -s /verify");
  const journal = await run("journalctl --unit=culprit --output=cat --no-pager");
  assert.doesNotMatch(journal, /unrecognized|bad option|Warning|error/i, journal);

  // an administrator's change, then a new version
  await run("sed -i 's/^  auth: always$/  auth: always # ours/' /etc/culprit/culprit.yml");
  const pid = await run("systemctl show --value -p MainPID culprit");
  await run("DEBIAN_FRONTEND=noninteractive dpkg --install /next.deb </dev/null");
  assert.match(await run("dpkg --status culprit"), /^Version: 99\.0\.0$/m);
  assert.match(await run("cat /etc/culprit/culprit.yml"), /# ours/, "the configuration is kept");
  assert.equal(await run("stat --format='%U:%G %a' /etc/culprit/culprit.yml"), "root:culprit 640\n");
  await ready(machine, name);
  assert.notEqual(await run("systemctl show --value -p MainPID culprit"), pid, "the new version runs");
  await archive(machine, name);

  await run("systemctl disable --now culprit && DEBIAN_FRONTEND=noninteractive dpkg --install /next.deb </dev/null");
  assert.match(await machine.try(name, "systemctl is-enabled culprit"), /^disabled/, "an upgrade does not enable what was disabled");
  await run("systemctl enable --now culprit");
  await ready(machine, name);

  await run("dpkg --remove culprit");
  assert.match(await machine.try(name, "systemctl is-active culprit"), /^inactive/);
  assert.match(await machine.try(name, `curl -sS --max-time 2 ${address}/metrics`), /connect/, "nobody listens any more");
  assert.equal(await machine.try(name, "pgrep --uid culprit"), "");
  await run("test -f /etc/culprit/culprit.yml && test -f /var/lib/culprit/tokens/admin && test ! -e /usr/bin/culprit");

  await run("dpkg --purge culprit");
  await run("test ! -e /etc/culprit && test ! -e /var/lib/culprit && test ! -e /usr/lib/culprit");
  assert.equal(await machine.try(name, "find /etc/systemd /usr/lib /usr/bin /usr/share -name '*culprit*'"), "");
  await machine.remove(name);
  return "installed, scraped, captured, upgraded, removed and purged under systemd in a container (run)";
}

/** @param {Machine} machine @param {string} name */
async function ready(machine, name) {
  await machine.waitFor("Culprit to be ready", async () => (await machine.exec(name, `curl -fsS ${address}/-/ready`)) !== "");
}

/** @param {Machine} machine @param {string} name */
async function archive(machine, name) {
  const list = await machine.waitFor("the archive", async () => {
    await machine.exec(name, `curl -fsS ${authorized} -o /latest.tar.gz ${address}/archives/latest.tar.gz`);
    return machine.exec(name, "tar --list --gzip --file=/latest.tar.gz");
  });
  for (const file of ["summary.txt", "report.html", "snapshots.jsonl", "commands/ps.txt"]) assert.ok(list.includes(`/${file}\n`), file);
}
