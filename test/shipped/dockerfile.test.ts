import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { mainPath, packageRoot } from "../support/paths.ts";
import { shippedText } from "./support/rules.ts";

const instructions = shippedText("Dockerfile")
  .replaceAll(/\\\n/g, " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

function values(instruction: string): readonly string[] {
  return instructions.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));
}

describe("the shipped Dockerfile", () => {
  it("builds in one stage and runs in another, of one pinned image, and not as root", () => {
    assert.deepEqual(values("FROM"), [`\${NODE_IMAGE} AS build`, `\${NODE_IMAGE}`]);
    assert.deepEqual(values("USER"), ["node"]);
    assert.match(values("HEALTHCHECK").join(), /CMD \["culprit-healthcheck"\]$/);
    assert.deepEqual(values("ENTRYPOINT"), ['["culprit"]']);
    assert.match(values("ENV").join(), /MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=8192/);
  });

  it("copies what is there and what .dockerignore lets through", () => {
    const allowed = [...shippedText(".dockerignore").matchAll(/^!(.+)$/gm)].map(([, path = ""]) => path);
    const copied = values("COPY")
      .filter((line) => !line.startsWith("--from="))
      .flatMap((line) => line.split(" ").slice(0, -1));
    assert.ok(copied.length > 4);
    for (const path of copied) {
      assert.ok(existsSync(join(packageRoot(), path)), path);
      assert.ok(
        allowed.some((one) => path === one || path.startsWith(`${one}/`)),
        path,
      );
    }
  });

  it("has scripts that can be executed", () => {
    for (const name of ["culprit", "culprit-healthcheck"]) accessSync(join(packageRoot(), "deploy", "docker", name), constants.X_OK);
    assert.match(shippedText("deploy/docker/culprit"), /^exec node \/opt\/culprit\/dist\/src\/main\.js "\$@"$/m);
  });

  it("gives the compose network a configuration that check-config accepts", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [mainPath(), "check-config", "--config.file=deploy/compose/culprit.yml"],
      {
        cwd: packageRoot(),
        encoding: "utf8",
        env: { ...process.env, CULPRIT_URL: "http://127.0.0.1:10054" },
      },
    );
    assert.equal(status, 0, stdout + stderr);
  });
});
