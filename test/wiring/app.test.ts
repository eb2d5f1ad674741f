import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import { LogRing } from "../../src/logs/logRing.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("a whole Culprit [Linux]", () => {
  const tempDirectory = tempDirectories();
  let machine: FixtureMachine;
  let clock: ManualClock;
  beforeEach(() => {
    machine = new FixtureMachine();
    clock = new ManualClock();
  });
  afterEach(() => machine.remove());

  async function open(port: number) {
    const { procfs, sysfs } = machine.root;
    const argv = [
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.path=${await tempDirectory()}`,
      `--path.procfs=${procfs}`,
      `--path.sysfs=${sysfs}`,
    ];
    const config = loadConfig({ argv, env: {}, cwd: await tempDirectory() });
    return openApp(config, { log: recordedLog().log, logLines: new LogRing({ firstSequence: 1 }), clock });
  }

  it("answers once it is open, and leaves neither a server nor a timer behind when it is stopped", async () => {
    const app = await open(0);
    const [url = ""] = app.reachable.urls;
    assert.equal((await fetch(`${url}-/healthy`)).status, 200);
    await app.stop();
    await assert.rejects(fetch(`${url}-/healthy`));
    assert.equal(clock.waiting, 0);
  });

  it("that cannot listen closes all that it has opened before", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    await assert.rejects(open((other.address() as AddressInfo).port), /cannot listen on 127\.0\.0\.1:\d+: the port is in use/);
    assert.equal(clock.waiting, 0);
    other.close();
  });
});
