import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eventually } from "../capture/support.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { filesOf, newRecorder, t0 } from "./support.ts";

const child = fileURLToPath(new URL("./crashChild.js", import.meta.url));
/** Every life records days of its own. */
const lifeMs = 1e9;

/** Lets a recorder live and kills it at some moment after so many acknowledgements; how many lines it had acknowledged. */
async function liveAndDie(directory: string, life: number, after: number): Promise<number> {
  const victim = spawn(process.execPath, [child, directory, String(t0 + life * lifeMs)], { stdio: ["ignore", "pipe", "inherit"] });
  let told = "";
  victim.stdout.on("data", (chunk) => {
    told += String(chunk);
  });
  await eventually("it has acknowledged something", () => told.split("\n").length > after);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
  victim.kill("SIGKILL");
  await once(victim, "close");
  return Number(told.split("\n").at(-2));
}

describe("A recorder that is killed", function () {
  this.timeout(180_000);
  const tempDirectory = tempDirectories();

  it("at 50 random moments of writing has everything that it acknowledged", async () => {
    // two at a time, each pair of hands with a recording of its own that goes through 25 deaths
    await Promise.all(
      [0, 1].map(async () => {
        const directory = await tempDirectory();
        const acknowledged: number[] = [];
        for (let life = 0; life < 25; life++) acknowledged.push(await liveAndDie(directory, life, 1 + Math.floor(Math.random() * 8)));
        const { recorder } = newRecorder(directory);
        await recorder.open();
        const times = new Set<number>();
        let previousMs = 0;
        const span = await recorder.between(0, Number.MAX_SAFE_INTEGER);
        for await (const { takenAtMs, line } of span) {
          const { groups } = JSON.parse(line) as { groups: { usage: { cpuCores: number } }[] };
          assert.equal(groups[0]?.usage.cpuCores, ((takenAtMs - t0) % lifeMs) / 6000, "a line is what it was");
          assert.ok(takenAtMs > previousMs, "in order, and none twice");
          previousMs = takenAtMs;
          times.add(takenAtMs);
        }
        await span.close();
        await recorder.close({ pack: true });
        for (const [life, lines] of acknowledged.entries()) {
          for (let second = 0; second < lines; second++)
            assert.ok(times.has(t0 + life * lifeMs + second * 6000), `life ${life}, line ${second} of ${lines}`);
        }
        assert.ok(acknowledged.every((lines) => lines > 0));
        assert.deepEqual(
          (await filesOf(directory)).filter(
            (name) => !/^\d{8}\.minutes\.jsonl\.gz$|^\d{8}T\d{6}\.\d{3}Z\.(?:summary\.|names\.)?jsonl\.gz$/.test(name),
          ),
          [],
        );
      }),
    );
  });
});
