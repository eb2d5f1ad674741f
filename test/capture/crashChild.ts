/** Run by crash.test.ts to be killed: takes alerts, tells what it has promised, and captures. */
import { join } from "node:path";
import { openCaptureService } from "../../src/capture/captureService.ts";
import { silentLog } from "../../src/log.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { inMemory, smallProcessList, usualSettings } from "./support.ts";

const [, , directory = ""] = process.argv;
const capture = await openCaptureService({
  storageDirectory: join(directory, "storage"),
  archivesDirectory: join(directory, "archives"),
  clock: systemClock,
  log: silentLog,
  recording: inMemory(new Ring({ keepSeconds: 60, mostBytes: 1e6 })),
  parts: [],
  readProcessList: async () => smallProcessList,
  host: { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" },
  version: "0.0.0-test",
  settings: { ...usualSettings, afterSeconds: 0 },
  space: { leastFreeBytes: 1024 * 1024, reserveBytes: 64 * 1024 },
});
capture.start();
for (let number = 0; ; number++) {
  const [result] = await capture.alerts.receive([
    {
      alert: {
        status: "firing",
        labels: { alertname: `A${process.pid}-${number}` },
        annotations: {},
        startsAtMs: systemClock.wallMs(),
        fingerprint: `${process.pid}-${number}`,
      },
      match: { kind: "own" },
    },
  ]);
  process.stdout.write(`${result?.archiveId}\n`);
}
