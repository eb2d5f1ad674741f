/** recordTrace FILE SECONDS: keeps what the real sampler sees of this machine; how the traces in test/fixtures/spikes were made. */
import { createWriteStream } from "node:fs";
import { createGzip } from "node:zlib";
import { createEngine } from "../../workloads/createEngine.ts";
import { TraceWriter } from "./traceFile.ts";

const [file = "", seconds = "60"] = process.argv.slice(2);
const zip = createGzip({ level: 9 });
zip.pipe(createWriteStream(file));
const engine = createEngine();
const writer = new TraceWriter();
let left = Number(seconds);
engine.subscribe(({ snapshot }) => {
  zip.write(writer.line(snapshot));
  if (--left > 0) return;
  engine.sampler.stop();
  zip.end();
});
engine.sampler.start();
