import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createNotifiers } from "../../src/notify/channels.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { selfSignedCertificate } from "./support/certificate.ts";
import { headerOf, type MailServer, startMailServer } from "./support/mailServer.ts";
import { surroundings } from "./support/notifierContract.ts";
import { NotifyBench } from "./support/notifyBench.ts";
import { crowd, sampleNotification } from "./support/samples.ts";
import { secretPath } from "./support/webBench.ts";
import { startWebServer, type WebServer } from "./support/webServer.ts";

describe("Notifications through real servers", function () {
  this.timeout(60_000);
  const tempDirectory = tempDirectories();
  const certificate = selfSignedCertificate();
  const password = "hunter2secret";
  let bench: NotifyBench;
  let web: WebServer;
  let mail: MailServer;
  let directory: string;

  beforeEach(async () => {
    directory = await tempDirectory();
    bench = new NotifyBench(directory);
    [web, mail] = await Promise.all([startWebServer(), startMailServer(certificate)]);
    mail.password = password;
    await writeFile(join(directory, "password"), password);
    await writeFile(join(directory, "ca.pem"), certificate.cert);
  });
  afterEach(async () => {
    await bench.notifications.stop(0);
    await Promise.all([web.close(), mail.close()]);
  });

  const email = (port = mail.port, host = "127.0.0.1") => ({
    host,
    port,
    security: "starttls" as const,
    from: "culprit@example.org",
    to: ["ops@example.org"],
    user: "culprit",
    passwordFile: join(directory, "password"),
    caFile: join(directory, "ca.pem"),
  });
  const slack = () => ({ url: { text: `http://127.0.0.1:${web.port}${secretPath}` } });

  it("bring fifty alerts in one mail and one post", async () => {
    await bench.open(...createNotifiers({ email: email(), slack: slack() }, surroundings(bench.clock)));
    await Promise.all(crowd(50).map((one) => bench.notifications.notify(one)));
    await bench.pass(10);
    assert.deepEqual([mail.mails.length, web.received.length], [1, 1]);
    assert.equal(headerOf(mail.mails[0]?.raw ?? "", "Subject"), "web1: Disk 1 Nearly Full (+49 more)");
  });

  it("arrive when a mail server comes back that was down, after a restart of Culprit, too", async () => {
    await mail.close();
    await bench.open(...createNotifiers({ email: email() }, surroundings(bench.clock)));
    await bench.notifications.notify(sampleNotification());
    await bench.pass(60, 5);
    assert.equal(bench.notifications.figures().length, 1);
    await bench.notifications.stop(0);
    mail = await startMailServer(certificate);
    mail.password = password;
    await bench.open(...createNotifiers({ email: email(mail.port) }, surroundings(bench.clock)));
    await bench.pass(600, 60);
    assert.equal(mail.mails.length, 1);
    assert.equal(headerOf(mail.mails[0]?.raw ?? "", "Subject"), "web1: High CPU Usage");
  });

  it("go on in one channel while the other's name cannot be resolved", async () => {
    await bench.open(...createNotifiers({ email: email(25, "nothing.invalid"), slack: slack() }, surroundings(bench.clock)));
    await bench.notifications.notify(sampleNotification());
    await bench.pass(30, 10);
    assert.equal(web.received.length, 1);
    assert.equal(bench.notifications.figures().length, 1);
    assert.ok(bench.recorded.lines().some(({ reason }) => String(reason).includes("cannot be resolved")));
  });

  it("write no secret into the log, whatever the servers say", async () => {
    mail.refusal = "culprit has not the password %s";
    web.answer = ({ path }, response) => {
      response.statusCode = web.received.length > 2 ? 404 : 503;
      response.end(`cannot POST ${path}`);
    };
    await bench.open(...createNotifiers({ email: email(), slack: slack() }, surroundings(bench.clock)));
    await bench.notifications.notify(sampleNotification());
    await bench.pass(60, 1);
    assert.deepEqual(bench.outcomes.map(({ channel, result }) => `${channel} ${result}`).sort(), ["email failed", "slack failed"]);
    const said = JSON.stringify([bench.recorded.lines(), bench.outcomes]);
    for (const secret of [password, ...secretPath.split("/").slice(2)]) assert.ok(!said.includes(secret), secret);
    assert.match(said, /cannot POST \*\*\*/);
    assert.match(said, /has not the password \*\*\*/);
  });
});
