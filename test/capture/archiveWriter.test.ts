import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type PackedFile, type Written, writeArchive } from "../../src/capture/archives/archiveWriter.ts";
import { textContent } from "../../src/capture/making/content.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { sha256, untar } from "./support.ts";

const never = new AbortController().signal;

describe("the writer of archives", () => {
  const tempDirectory = tempDirectories();

  const file = (name: string, text: string): PackedFile => ({ name, content: textContent(text) });
  const write = (path: string, files: readonly PackedFile[], signal = never, lastFile = () => file("last", "end")) =>
    writeArchive({ path, folder: "a", files, lastFile, modifiedAtMs: 1_700_000_000_000 }, signal);

  it("packs the files in their order, and tells size and hash of each and of the whole", async () => {
    const path = join(await tempDirectory(), "a.tar.gz");
    const files = [file("one.txt", "eins\n"), file("empty", ""), file("deep/er/größe.txt", "x".repeat(100_000))];
    let seen: ReadonlyMap<string, Written> = new Map();
    const written = await writeArchive(
      {
        path,
        folder: "a",
        files,
        lastFile: (hashes) => {
          seen = new Map(hashes);
          return file("last", "end");
        },
        modifiedAtMs: 1_700_000_000_000,
      },
      never,
    );
    const unpacked = await untar(path);
    assert.deepEqual([...unpacked.keys()], ["one.txt", "empty", "deep/er/größe.txt", "last"]);
    assert.equal(unpacked.get("one.txt")?.toString(), "eins\n");
    for (const [name, { sizeBytes, sha256: hash }] of seen) {
      const bytes = unpacked.get(name);
      assert.ok(bytes);
      assert.deepEqual([bytes.length, sha256(bytes)], [sizeBytes, hash]);
    }
    assert.equal(seen.size, 3);
    const bytes = await readFile(path);
    assert.deepEqual(written, { sizeBytes: bytes.length, sha256: sha256(bytes) });
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(path, "..")), ["a.tar.gz"]);
  });

  it("writes what is larger than it could hold, as it comes", async () => {
    const path = join(await tempDirectory(), "a.tar.gz");
    const chunk = Buffer.alloc(1024 * 1024);
    let made = 0;
    const large = {
      sizeBytes: 200 * chunk.length,
      async *chunks() {
        for (; made < 200; made++) yield chunk;
      },
    };
    const before = process.memoryUsage().rss;
    await write(path, [{ name: "large", content: large }]);
    assert.equal(made, 200);
    assert.ok(process.memoryUsage().rss - before < 100 * chunk.length, "it was held in memory");
  });

  const failures: Record<string, PackedFile> = {
    "that cannot be made": {
      name: "bad",
      content: {
        sizeBytes: 2_000_000,
        async *chunks() {
          yield "x".repeat(1_000_000);
          throw new Error("no more");
        },
      },
    },
    "that is shorter than it said": { name: "bad", content: { sizeBytes: 10, chunks: () => ["short"] } },
    "that is longer than it said": { name: "bad", content: { sizeBytes: 1, chunks: () => ["long"] } },
  };
  for (const [what, bad] of Object.entries(failures)) {
    it(`leaves nothing behind when there is a file ${what}`, async () => {
      const directory = await tempDirectory();
      await assert.rejects(write(join(directory, "a.tar.gz"), [file("good", "x"), bad, file("never", "x")]), /no more|Size mismatch/);
      assert.deepEqual(await readdir(directory), []);
    });
  }

  it("leaves nothing behind when it is stopped, or the last file cannot be made", async () => {
    const directory = await tempDirectory();
    const controller = new AbortController();
    const slow: PackedFile = {
      name: "slow",
      content: {
        sizeBytes: 1_000_000_000,
        async *chunks() {
          yield "x";
          controller.abort(new Error("enough"));
          for (;;) {
            await new Promise((resolve) => setImmediate(resolve));
            yield "x";
          }
        },
      },
    };
    await assert.rejects(write(join(directory, "a.tar.gz"), [slow], controller.signal), /enough|abort/i);
    const impossible = () => {
      throw new Error("no manifest");
    };
    await assert.rejects(write(join(directory, "a.tar.gz"), [file("good", "x")], never, impossible), /no manifest/);
    assert.deepEqual(await readdir(directory), []);
  });

  it("makes a directory again that somebody has removed", async () => {
    const directory = join(await tempDirectory(), "archives");
    await write(join(directory, "a.tar.gz"), []);
    assert.deepEqual(await readdir(directory), ["a.tar.gz"]);
  });

  it("says what is wrong when something is in the way", async () => {
    const directory = await tempDirectory();
    await mkdir(join(directory, "a.tar.gz"));
    await writeFile(join(directory, "a.tar.gz", "x"), "");
    await assert.rejects(write(join(directory, "a.tar.gz"), []), /EISDIR|ENOTEMPTY/);
    assert.deepEqual(await readdir(directory), ["a.tar.gz"]);
  });
});
