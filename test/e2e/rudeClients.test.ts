import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { attacks } from "../../bench/abuse/attacks.ts";
import { freePort, type Running, TestMachine, waitFor } from "./machine.ts";

/** A tenth of what `npm run bench -- abuse` does, for a second each. */
const scale = 0.1;
const seconds = 1;
/** Three times what any of them took, at full size, where the most is half of what the unit allows. */
const mostBytes = 400e6;

describe("A Culprit whose clients are rude", function () {
  this.timeout(180_000);
  let machine: TestMachine;
  let culprit: Running;
  let port: number;
  before(async () => {
    machine = new TestMachine();
    port = await freePort();
    // what is asked for is promised, and not made meanwhile
    culprit = await machine.startCulprit(port, "web: { auth: always }\ntriggers: []\ncapture: { after: 10m }\n");
  });
  after(() => machine.close());

  const text = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const samples = async () => Number(/^culprit_samples_total (\d+)$/m.exec(await text("/metrics"))?.[1]);
  const status = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${culprit.child.pid}/status`, "utf8"))?.[1]);

  for (const [name, { what, run }] of Object.entries(attacks)) {
    it(`(${name}: ${what}) answers beside them, looks on, and is rid of them`, async () => {
      const before = await samples();
      let isOver = false;
      const attack = run({ port, token: machine.adminToken, seconds, scale }).finally(() => {
        isOver = true;
      });
      do {
        assert.match(await text("/-/healthy"), /healthy/);
        assert.match(await text("/metrics"), /^culprit_samples_total/m);
      } while (!isOver);
      await attack;
      await waitFor("more samples", async () => (await samples()) > before + 1);
      await waitFor("their connections to be closed", async () => (await connections()) < 20);
      assert.equal(culprit.child.exitCode, null, culprit.output());
      assert.ok(status("VmHWM") * 1024 < mostBytes, `${status("VmHWM")} kB`);
    });
  }

  /** Of its port, as the system knows them: those that are open, or closed by one side. */
  async function connections(): Promise<number> {
    const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    const established = "01";
    const halfClosed = "08";
    return readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = "", , state = ""]) => local.endsWith(suffix) && [established, halfClosed].includes(state)).length;
  }
});
