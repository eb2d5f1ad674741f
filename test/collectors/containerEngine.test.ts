import assert from "node:assert/strict";
import { parseContainers } from "../../src/collectors/containerEngine.ts";
import { engineSockets } from "../../src/collectors/containerNames.ts";
import { listUserContainers } from "../../src/collectors/userEngines.ts";
import { directReads } from "../support/playedHelper.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const [web, db] = ["a", "b"].map((digit) => digit.repeat(64)) as [string, string];

describe("the names that an engine gives its containers", () => {
  const makeDirectory = tempDirectories();

  it("come from a user's storage where his engine listens nowhere", async () => {
    const rootfs = await makeDirectory();
    writeFiles(rootfs, {
      "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n",
      "home/ada/.local/share/containers/storage/overlay-containers/containers.json": JSON.stringify([
        { id: web, names: ["shop"], layer: "x" },
        { id: db },
      ]),
      "home/ada/.local/share/containers/storage/vfs-containers/containers.json": "nonsense",
    });
    const known = await listUserContainers({ rootfs, reads: directReads() }, 1000, new AbortController().signal);
    assert.deepEqual([...(known ?? [])], [[web.slice(0, 12), "shop"]]);
    assert.equal(await listUserContainers({ rootfs, reads: directReads() }, 1001, new AbortController().signal), undefined);
  });

  const shapes: readonly (readonly [entry: object, name: string | undefined])[] = [
    [{ Names: ["/web"] }, "web"],
    [{ Names: ["/proxy/alias", "/web"] }, "web"],
    [{ Names: ["web"] }, "web"],
    [{ Names: ["/shop-web-1"] }, "shop-web-1"],
    [{ Names: ["/web.1.k2x9q8r7t6y5u4i3o2p1a0s9d"] }, "web.1"],
    [{ Names: [] }, undefined],
    [{}, undefined],
    [{ Names: ["/"], Labels: null }, undefined],
    [
      {
        Names: ["/k8s_app_web-5d4f7c8b9d-x2x9z_shop_uid_0"],
        Labels: {
          "io.kubernetes.pod.namespace": "shop",
          "io.kubernetes.pod.name": "web-5d4f7c8b9d-x2x9z",
          "io.kubernetes.container.name": "app",
        },
      },
      "shop/web/app",
    ],
    [{ Labels: { "io.kubernetes.pod.namespace": "db", "io.kubernetes.pod.name": "postgres-0" } }, "db/postgres-0"],
  ];
  for (const [entry, name] of shapes) {
    it(`are ${name ?? "none"} for ${JSON.stringify(entry)}`, () => {
      assert.equal(parseContainers(JSON.stringify([{ Id: web, ...entry }])).get("a".repeat(12)), name);
    });
  }

  it("are asked for where the host's engines are, also from inside of a container", () => {
    assert.deepEqual(engineSockets("/"), ["/var/run/docker.sock", "/run/podman/podman.sock"]);
    assert.deepEqual(engineSockets("/rootfs"), ["/var/run/docker.sock", "/rootfs/run/docker.sock", "/rootfs/run/podman/podman.sock"]);
  });
});
