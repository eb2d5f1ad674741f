import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endsKey, parseSocketOwner, readSocketOwners } from "../../src/procfs/socketOwner.ts";

const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const line = (local: string, remote: string, state: string, uid: number) =>
  `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 4242 1 0000000000000000 20 4 30 10 -1\n`;
const ours = endsKey({ local: "127.0.0.1:43210", remote: "127.0.0.1:10054" });
const ports = new Set(["A8CA"]);

describe("The user at the other end of a connection", () => {
  it("is that of the client's line, not of the server's", () => {
    const client = parseSocketOwner(line("0100007F:A8CA", "0100007F:2746", "01", 1000), ports, true);
    assert.deepEqual(client, { ends: ours, userId: 1000 });
    assert.equal(parseSocketOwner(line("0100007F:2746", "0100007F:A8CA", "01", 0), ports, true), undefined);
  });

  it("is nobody's that can be told once the connection is not whole: the kernel says 0 then", () => {
    for (const state of ["06", "04", "08", "02"])
      assert.equal(parseSocketOwner(line("0100007F:A8CA", "0100007F:2746", state, 0), ports, true), undefined, state);
  });

  it("is found whichever way an address is written", () => {
    const mapped = "0000000000000000FFFF00000100007F";
    assert.equal(parseSocketOwner(line(`${mapped}:A8CA`, `${mapped}:2746`, "01", 7), ports, true)?.ends, ours);
    assert.equal(endsKey({ local: "[::ffff:127.0.0.1]:43210", remote: "[::ffff:127.0.0.1]:10054" }), ours);
    const version6 = "00000000000000000000000001000000";
    const loopback = endsKey({ local: "[::1]:43210", remote: "[::1]:10054" });
    assert.equal(parseSocketOwner(line(`${version6}:A8CA`, `${version6}:2746`, "01", 7), ports, true)?.ends, loopback);
    // as a machine with the big end first writes it
    assert.equal(parseSocketOwner(line("7F000001:A8CA", "7F000001:2746", "01", 7), ports, false)?.ends, ours);
  });

  it("is unknown on lines that make no sense", () => {
    for (const odd of ["", "   1: ", "   1: :A8CA x y", line("0100007F:A8CA", "0100007F:2746", "01", -1)])
      assert.equal(parseSocketOwner(odd, ports, true), undefined);
  });

  describe("in a file of many", () => {
    let directory: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), "culprit-sockets-"));
      const others = Array.from({ length: 20_000 }, (_, index) =>
        line(`0100007F:${(index % 40_000).toString(16).toUpperCase().padStart(4, "0")}`, "0100007F:0050", "01", 3),
      );
      await writeFile(join(directory, "tcp"), `${head}${others.join("")}${line("0100007F:A8CA", "0100007F:2746", "01", 1000)}`);
    });
    afterEach(() => rm(directory, { recursive: true }));

    it("is found, and the kernel need have no IPv6", async () => {
      const limits = { mostBytes: 1e9, signal: new AbortController().signal };
      assert.deepEqual([...(await readSocketOwners(directory, new Set([ours]), limits))], [[ours, 1000]]);
      const other = endsKey({ local: "127.0.0.1:43210", remote: "127.0.0.1:9" });
      assert.deepEqual([...(await readSocketOwners(directory, new Set([other]), limits))], []);
    });

    it("is unknown when it lies beyond what is read, or is not found in time", async () => {
      const { signal } = new AbortController();
      assert.equal((await readSocketOwners(directory, new Set([ours]), { mostBytes: 1e6, signal })).size, 0);
      assert.equal((await readSocketOwners(directory, new Set([ours]), { mostBytes: 1e9, signal: AbortSignal.abort() })).size, 0);
    });
  });
});
