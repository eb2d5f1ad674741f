import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDoors } from "../../src/wiring/openDoors.ts";
import { load, loadText } from "../config/support.ts";
import { selfSignedCertificate } from "../notify/support/certificate.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("what stands open", () => {
  const tempDirectory = tempDirectories();

  it("is nothing on loopback with a storage of one's own", async () => {
    const storage = await tempDirectory();
    for (const folder of ["tokens", "recording", "archives"]) await mkdir(join(storage, folder), { mode: 0o755 });
    assert.deepEqual(await openDoors(loadText(`storage: { path: ${storage} }`)), []);
    assert.deepEqual(await openDoors(loadText("web: { listenAddress: ['[::1]:1', 'localhost:2'] }")), []);
  });

  it("is a listen address that others reach, without TLS", async () => {
    assert.deepEqual(await openDoors(loadText("web: { listenAddress: ':10054' }")), [
      "tokens and command lines travel in clear text to every address, port 10054; --web.config.file has TLS, or a proxy in front of loopback",
    ]);
    const { cert, key } = selfSignedCertificate();
    const files = { "web.yml": "tls_server_config: { cert_file: a.pem, key_file: a.key }", "a.pem": cert, "a.key": key };
    assert.deepEqual(await openDoors(load({ "culprit.yml": "web: { listenAddress: ':10054', configFile: web.yml }", ...files })), []);
  });

  it("is a recording, archives or tokens that everybody on the machine can read", async () => {
    const storage = await tempDirectory();
    await chmod(storage, 0o755);
    await mkdir(join(storage, "recording"), { mode: 0o755 });
    await mkdir(join(storage, "archives"), { mode: 0o700 });
    await mkdir(join(storage, "tokens"));
    await writeFile(join(storage, "tokens", "admin"), "t");
    await chmod(join(storage, "tokens", "admin"), 0o644);
    assert.deepEqual(await openDoors(loadText(`storage: { path: ${storage} }`)), [
      `${storage}/recording: everybody on this machine can look into it; chmod 700 ends that`,
      `${storage}/tokens/admin: everybody on this machine can read it; chmod 600 ends that`,
    ]);
  });
});
