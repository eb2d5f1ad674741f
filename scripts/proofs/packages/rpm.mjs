/**
 * The .rpm, by `rpm --root` in a bare Debian: no mirror of a system with RPM can be reached from everywhere. systemctl is one that
 * writes down what it is asked for.
 */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/project.mjs";
import { must } from "../../lib/release/programs.mjs";
import { runQuietly } from "../../lib/run.mjs";
import { released } from "./machine.mjs";

/**
 * @param {import("./machine.mjs").Machine} machine
 * @param {{ readonly rpm: string }} next
 * @returns {Promise<string>} what was seen
 */
export async function proveRpm(machine, next) {
  const first = released(/\.x86_64\.rpm$/);
  for (const path of [first, released(/\.aarch64\.rpm$/)]) {
    const lint = await runQuietly("rpmlint", [`--config=${join(root, "deploy", "packages", "rpmlint.toml")}`, path]);
    assert.match(lint.output, / 0 errors, 0 warnings, /, lint.output);
  }
  const tree = join(machine.folder, "rpm-root");
  await must("mmdebstrap", runQuietly("mmdebstrap", ["--variant=minbase", "--quiet", "--include=systemd", "bookworm", tree]));
  const called = join(tree, "systemctl.log");
  writeFileSync(join(tree, "usr/bin/systemctl"), '#!/bin/sh\necho "$*" >>/systemctl.log\n');
  chmodSync(join(tree, "usr/bin/systemctl"), 0o755);
  mkdirSync(join(tree, "run/systemd/system"), { recursive: true });
  const inside = async (/** @type {string[]} */ ...command) =>
    (await must(command.join(" "), runQuietly("chroot", [tree, ...command]))).output;
  const rpm = async (/** @type {string[]} */ ...args) => {
    rmSync(called, { force: true });
    // its database knows nothing of Debian's libraries
    await must(`rpm ${args.join(" ")}`, runQuietly("rpm", [`--root=${tree}`, "--nodeps", ...args]));
    return existsSync(called) ? readFileSync(called, "utf8") : "";
  };
  try {
    assert.equal(await rpm("--install", first), "daemon-reload\n--no-reload preset culprit.service\n");
    assert.match(await inside("getent", "passwd", "culprit"), /^culprit:.*:\/var\/lib\/culprit:\/sbin\/nologin$/m);
    assert.equal(await inside("stat", "--format=%U:%G %a", "/etc/culprit/culprit.yml"), "root:culprit 640\n");
    assert.match(await inside("culprit", "once", "--seconds=1"), /PROCESS/);
    assert.match(await inside("culprit", "check-config", "--config.file=/etc/culprit/culprit.yml"), /./);
    const verified = await runQuietly("systemd-analyze", ["verify", `--root=${tree}`, "culprit.service"]);
    assert.deepEqual(verified, { code: 0, output: "" });

    const config = join(tree, "etc/culprit/culprit.yml");
    writeFileSync(config, `${readFileSync(config, "utf8")}# ours\n`);
    assert.equal(await rpm("--upgrade", next.rpm), "daemon-reload\ndaemon-reload\ntry-restart culprit.service\n");
    assert.match(readFileSync(config, "utf8"), /# ours/, "the configuration is kept");
    assert.equal((await must("rpm -q", runQuietly("rpm", [`--root=${tree}`, "-q", "culprit"]))).output, "culprit-99.0.0-1.x86_64\n");

    assert.equal(await rpm("--erase", "culprit"), "--no-reload disable --now culprit.service\ndaemon-reload\n");
    for (const path of ["usr/bin/culprit", "usr/lib/culprit", "usr/lib/systemd/system/culprit.service", "usr/share/doc/culprit"])
      assert.ok(!existsSync(join(tree, path)), path);
    assert.ok(statSync(`${config}.rpmsave`).isFile(), "what was changed is set aside");
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  return "rpmlint silent for both architectures; installed, run once, upgraded and erased by rpm --root in a Debian root with a recording systemctl, unit verified (emulated)";
}
