import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { composeFile, composeVariables } from "./support/composeFile.ts";
import { shippedText } from "./support/rules.ts";

const compose = composeFile();
const services = Object.entries(compose.services);
const [lasting, once] = [services.filter(([name]) => name !== "setup"), services.filter(([name]) => name === "setup")];

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: packageRoot(), encoding: "utf8" });
  return { status, stdout, output: stdout + stderr };
}

describe("the shipped docker-compose.yml", function () {
  this.timeout(60_000);
  const newDirectory = tempDirectories();

  it("has nothing that dclint would say, not even of style", () => {
    const program = join(packageRoot(), "node_modules", "dclint", "bin", "dclint.cjs");
    const { status, output } = run(process.execPath, program, "--max-warnings=0", "docker-compose.yml");
    assert.equal(status, 0, output);
    assert.doesNotMatch(output, /warning|error/);
  });

  it("gives what setup writes to nobody at a place where an image has files of its own", () => {
    const taken = new Set(["/etc/prometheus", "/etc/alertmanager", "/etc/grafana"]);
    const written = (compose.services.setup?.volumes ?? []).filter((one) => one.includes(":/out/")).map((one) => one.split(":")[0]);
    assert.equal(written.length, 3);
    for (const [name, { volumes = [] }] of lasting)
      for (const [source = "", target = ""] of volumes.map((one) => one.split(":")))
        if (written.includes(source))
          assert.ok(!taken.has(target), `${name}: Docker copies the image's ${target} into ${source}, owner and all`);
  });

  it("is understood by docker-compose", function () {
    requireServer(this, "docker-compose");
    const { status, output } = run("docker-compose", "config", "--quiet");
    assert.equal(status, 0, output);
  });

  it("means the same with .env.example in place", async function () {
    requireServer(this, "docker-compose");
    const empty = join(await newDirectory(), "empty.env");
    writeFileSync(empty, "");
    const [without, withExample] = [empty, ".env.example"].map((file) => run("docker-compose", "--env-file", file, "config"));
    assert.equal(withExample?.status, 0, withExample?.output);
    assert.match(withExample?.stdout ?? "", /127\.0\.0\.1:10054:10054/);
    assert.equal(withExample?.stdout, without?.stdout);
  });

  it("takes exactly the variables that .env.example lists, with the defaults that stand there", () => {
    const listed = [...shippedText(".env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)].map(
      ([, name = "", value = ""]) => [name, value] as const,
    );
    const expected = [...composeVariables(), ["COMPOSE_PROFILES", ""] as const];
    assert.deepEqual(new Map(listed.sort()), new Map(expected.sort()));
  });

  it("pins every image to a version", () => {
    for (const [name, { image }] of services) assert.match(image, /^[a-z/]+:v?\d+\.\d+\.\d+$/, name);
    const { version } = JSON.parse(shippedText("package.json")) as { version: string };
    assert.equal(compose.services.culprit?.image, `culprit:${version}`);
    assert.match(shippedText("Dockerfile"), /^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-[a-z]+-slim$/m);
  });

  it("publishes the page and Grafana, on the loopback only, and with its profile the mail catcher", () => {
    const published = services.flatMap(([name, { ports = [], profiles = [] }]) => ports.map((port) => ({ name, port, profiles })));
    for (const { port } of published) assert.match(port, /^127\.0\.0\.1:/);
    assert.deepEqual(
      published.filter(({ profiles }) => profiles.length === 0).map(({ name }) => name),
      ["culprit", "grafana"],
    );
    assert.deepEqual(
      published.filter(({ profiles }) => profiles.length > 0).map(({ name }) => name),
      ["mail"],
    );
  });

  it("gives no service more than it needs", () => {
    for (const [name, service] of services) {
      assert.equal(service.read_only, true, name);
      assert.equal(service.privileged, undefined, name);
      assert.deepEqual(service.cap_drop, ["ALL"], name);
      assert.ok(service.security_opt?.includes("no-new-privileges:true"), name);
      const added: Readonly<Record<string, readonly string[]>> = { culprit: ["DAC_READ_SEARCH", "SYS_PTRACE"], setup: ["DAC_READ_SEARCH"] };
      assert.deepEqual(service.cap_add, added[name], name);
      assert.equal(service.pid, name === "culprit" ? "host" : undefined, name);
    }
  });

  it("asks every service that lasts for its health, and runs the one that does not only once", () => {
    for (const [name, { healthcheck, restart }] of lasting) {
      assert.equal(healthcheck?.test?.[0], "CMD", name);
      assert.equal(restart, "unless-stopped", name);
    }
    for (const [, { restart, healthcheck }] of once) {
      assert.equal(restart, "no");
      assert.equal(healthcheck?.disable, true);
    }
  });

  it("writes to named volumes only, and mounts files that are there, read-only", () => {
    const used = new Set<string>();
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const [source = "", , mode = ""] = volume.split(":");
        if (!/^[./]/.test(source)) {
          used.add(source);
          continue;
        }
        assert.match(mode, /^ro\b/, `${name}: ${volume}`);
        assert.ok(existsSync(join(packageRoot(), source)) || source.startsWith("/"), `${name}: ${source}`);
        if (source.startsWith("/")) assert.equal(name, "culprit", "only Culprit sees the host");
      }
    }
    assert.deepEqual([...used].sort(), Object.keys(compose.volumes).sort());
  });

  it("gives Grafana what its provisioning asks for", () => {
    const { environment = {}, volumes = [] } = compose.services.grafana ?? {};
    const provisioning =
      shippedText("grafana/provisioning/datasources/culprit.yml") + shippedText("grafana/provisioning/dashboards/culprit.yml");
    for (const [, name = ""] of provisioning.matchAll(/\$\{(\w+)\}/g)) assert.ok(name in environment, name);
    const dashboards = /^ +path: (\S+)$/m.exec(provisioning)?.[1];
    assert.ok(volumes.includes(`./grafana/dashboards:${dashboards}:ro`), dashboards);
    assert.ok(!("GF_SECURITY_ADMIN_PASSWORD" in environment), "there is no default password");
  });
});
