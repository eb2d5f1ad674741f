import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Directories for one suite: each call makes a new one, and all are gone after the suite. Not after each test: mocha calls the hooks of a
 * suite in the order in which they were written, and what a test has started may write until its own hook has stopped it.
 */
export function tempDirectories(): () => Promise<string> {
  const made: string[] = [];
  after(async () => {
    for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
  return async () => {
    const directory = await mkdtemp(join(tmpdir(), "culprit-test-"));
    made.push(directory);
    return directory;
  };
}
