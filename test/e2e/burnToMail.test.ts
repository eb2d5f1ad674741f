import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type SelfSigned, selfSignedCertificate } from "../notify/support/certificate.ts";
import { type MailServer, startMailServer } from "../notify/support/mailServer.ts";
import { measureReport } from "../support/reportPage.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, TestMachine, untar, waitFor } from "./machine.ts";

const password = "correct horse battery staple";

describe("from a burner to a mail, without any Prometheus", () => {
  let machine: TestMachine;
  let mail: MailServer;
  let certificate: SelfSigned;
  before(() => {
    certificate = selfSignedCertificate();
  });
  beforeEach(async () => {
    machine = new TestMachine();
    mail = await startMailServer(certificate);
    mail.password = password;
  });
  afterEach(async () => {
    await machine.close();
    await mail.close();
  });

  interface Listed {
    readonly archives: readonly { readonly id: string; readonly origin: string; readonly name: string; readonly process?: string }[];
  }

  /** A line of the audit. */
  interface Audited {
    readonly event: string;
    readonly trigger?: string;
    readonly result?: string;
    readonly machine: { readonly cpuRatio?: number };
  }

  const audit = (): readonly Audited[] =>
    readFileSync(machine.path("data", "audit.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Audited);
  const events = () => audit().map(({ event, result }) => (result === undefined ? event : `${event} ${result}`));
  const subjects = () => mail.mails.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim());

  it("one mail with the burner's name and one archive with its report, and nothing more within the cooldown", async function () {
    requireServer(this, "chromium");
    this.timeout(240_000);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await machine.startCulprit(
      port,
      `web: { externalUrl: ${JSON.stringify(url)} }
capture: { after: 2s }
triggers:
  - { name: HighCpuUsage, above: 75%, for: 3s }
notify:
  email:
    { host: localhost, port: ${mail.port}, from: culprit@example.org, to: [oncall@example.org], user: culprit,
      passwordFile: ${machine.write("password", `${password}\n`)}, caFile: ${machine.write("ca.pem", certificate.cert)} }
`,
    );
    const headers = { Authorization: `Bearer ${machine.adminToken}`, Accept: "application/json" };
    const ask = async <Answer>(path: string) => (await (await fetch(`${url}${path}`, { headers })).json()) as Answer;
    const cpuRatio = async () => (await ask<{ triggers: { value: number | null }[] }>("/api/triggers")).triggers[0]?.value;
    // some quiet seconds: a rise needs something to rise from
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    const burners = machine.startBurners("hungry-burner", availableParallelism() + 1);
    const first = await waitFor("the mail", async () => mail.mails[0]);
    for (const burner of burners) await machine.stop(burner, "SIGKILL");

    assert.equal(subjects().length, 1);
    assert.match(subjects()[0] ?? "", /: CPU \d+ %, (?:\d+ % of (?:the rise|it) is hungry-burner|hungry-burner wants the CPU most)$/);
    assert.match(first.raw, /^Alert: High CPU Usage Detected\r$/m);
    assert.deepEqual([first.secure, first.user, first.to], [true, "culprit", ["oncall@example.org"]]);
    assert.match(first.raw, /^Server: .+\r\nCPU Usage: \d+%\r\nMemory Usage: \d+%\r\nDisk Usage: \d+%/m);
    const text = first.raw.replaceAll("=\r\n", "");
    assert.match(text, /hungry-burner/);
    const link = new RegExp(`${url}/archives/([\\w.-]+)\\.tar\\.gz`).exec(text);
    assert.ok(link !== null, "the mail links to the archive");

    const { archives } = await waitFor("the archive", async () => {
      const listed = await ask<Listed>("/archives");
      return listed.archives.length > 0 && listed;
    });
    assert.deepEqual(
      archives.map(({ id, origin, name, process }) => [id, origin, name, process]),
      [[link[1], "trigger", "HighCpuUsage", "hungry-burner"]],
    );
    const files = await untar(new Uint8Array(await (await fetch(link[0], { headers })).arrayBuffer()));
    assert.match(files.get("summary.txt") ?? "", /`hungry-burner`/);
    const seen = await measureReport(files.get("report.html") ?? "", 1280, machine.directory);
    const covered = JSON.parse(files.get("manifest.json") ?? "{}").covered as { fromMs: number; toMs: number };
    // the charts have a point for every five seconds of a whole half hour, and for every second of less
    assert.ok(Math.abs(seen.points - (covered.toMs - covered.fromMs) / 1000) <= 3, `${seen.points} points`);
    assert.match(seen.verdict, /hungry-burner/);
    assert.ok(seen.names.includes("hungry-burner"), seen.names.join(" "));

    await waitFor("the machine to be calm", async () => ((await cpuRatio()) ?? 1) < 0.5);
    const again = machine.startBurners("hungry-again", availableParallelism() + 1);
    await waitFor("it to burn again", async () => ((await cpuRatio()) ?? 0) > 0.9);
    // longer than a trigger takes that may fire, and a message that may go out
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    for (const burner of again) await machine.stop(burner, "SIGKILL");
    assert.equal(mail.mails.length, 1);
    assert.equal((await ask<Listed>("/archives")).archives.length, 1);
    assert.deepEqual(events().sort(), ["capture ok", "delivery ok", "trigger_fired"]);
    assert.ok(audit().every(({ machine: figures }) => figures.cpuRatio !== undefined));
  });
});
