import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { mainPath } from "../support/paths.ts";
import { freePort, type Running, TestMachine, waitFor } from "./machine.ts";

describe("culprit stress, on a real machine", function () {
  this.timeout(180_000);
  let machine: TestMachine;
  let receiver: Server;
  let port: number;
  const bodies: string[] = [];
  before(async () => {
    machine = new TestMachine();
    receiver = createServer(async (request, response) => {
      bodies.push(await text(request));
      response.end("thank you");
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    port = await freePort();
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await machine.startCulprit(
      port,
      `capture: { after: 1s }
triggers: [{ name: AnySpike, metric: spike, cooldown: 0s }]
notify: { webhook: { url: ${JSON.stringify(url)} } }
`,
    );
  });
  after(async () => {
    await machine.close();
    receiver.close();
  });

  const stress = (...args: readonly string[]): Running =>
    machine.start(process.execPath, [
      ...[mainPath(), "stress", ...args],
      ...[`--storage.path=${machine.path("data")}`, `--web.listen-address=127.0.0.1:${port}`],
    ]);
  const ended = async ({ child }: Running) => {
    if (child.exitCode === null) await once(child, "exit");
    return child.exitCode;
  };
  /** Pids of all that a process has started, and of what those have. */
  const below = (pid: number): readonly number[] => {
    const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
    return children.flatMap((name) => [Number(name), ...below(Number(name))]);
  };
  /** State and parent, behind the name; nothing of one that is gone. */
  const statOf = (pid: number | string): readonly string[] => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
    } catch {
      return [];
    }
  };
  const parentOf = (pid: string) => Number(statOf(pid)[1]);
  const isThere = (pid: number) => !["Z", undefined].includes(statOf(pid)[0]);

  it("prints the chain from detection to message, and nothing is left of the load", async () => {
    const running = stress("cpu", "--for=60s");
    const pids = await waitFor("the load", async () => {
      const found = below(running.child.pid ?? 0);
      return found.length > 2 && found;
    });
    assert.equal(await ended(running), 0, running.output());
    const lines = running.output().trim().split("\n");
    // the Culprit of this test has started a moment ago
    assert.match(lines.shift() ?? "", /^Waiting for 15 s of history/);
    assert.match(
      lines[0] ?? "",
      /^Load on \S+: \d+ busy loops, at the lowest priority, for 60 s at most; all of it is called culprit-stress\.$/,
    );
    assert.match(lines[1] ?? "", /^Must fire: AnySpike within 25 s\.$/);
    for (const link of [
      /^ +\d+ s {2}detected {3}a spike of /m,
      /^ +\d+ s {2}named {6}.*culprit-stress/m,
      /^ +\d+ s {2}fired {6}AnySpike: /m,
      /^ +\d+ s {2}archive {4}http\S+\.tar\.gz \([\d.]+ .B\) names culprit-stress$/m,
      /^ +\d+ s {2}delivered {2}AnySpike by webhook: /m,
      /^The whole chain holds, after \d+ s\. See http:/m,
    ]) {
      assert.match(running.output(), link);
    }
    assert.ok(bodies.some((body) => body.includes("culprit-stress")));
    assert.deepEqual(pids.filter(isThere), []);
  });

  for (const [kind, ...size] of [["cpu", "--processes=4"], ["fork-storm"], ["memory", "--size=128MiB"], ["io", "--size=64MiB"]] as const) {
    it(`leaves nothing of ${kind} behind when it is killed`, async () => {
      const running = stress(kind, ...size);
      const pids = await waitFor("the load", async () => {
        const found = below(running.child.pid ?? 0);
        return running.output().includes("Load on") && found.length > 0 && found;
      });
      running.child.kill("SIGKILL");
      await waitFor("the load to be gone", async () => !pids.some(isThere), 30);
      assert.deepEqual(
        readdirSync(machine.path("data")).filter((name) => name.includes("culprit-stress")),
        [],
      );
    });
  }

  it("says that the load has gone where somebody else ends it, and ends with 1", async () => {
    const running = stress("memory", "--size=64MiB");
    const [worker] = await waitFor("the load", async () => {
      const found = below(running.child.pid ?? 0);
      return found.length > 0 && found;
    });
    process.kill(worker ?? 0, "SIGKILL");
    assert.equal(await ended(running), 1, running.output());
    assert.match(running.output(), /SIGKILL/);
  });
});
