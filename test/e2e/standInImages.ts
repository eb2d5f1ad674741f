import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { fixturePath } from "../support/paths.ts";
import type { ContainerEngine } from "./containerEngine.ts";
import type { TestMachine } from "./machine.ts";

const run = promisify(execFile);

/** The images that the shipped files name, without a registry's part. */
export interface NamedImages {
  readonly node: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly mail: string;
}

const base = "localhost/stand-in";
const packages = ["ca-certificates", "iproute2", "libstdc++6", "procps", "prometheus", "prometheus-alertmanager", "sysstat", "wget"];
/** Where programs look for the certificates that are trusted; whoever sits behind a proxy has its own among them. */
const certificates = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Makes images under the names that the shipped files have, of Debian's packages and this machine's Node: no registry can be reached from a
 * test. What this machine needs to reach its mirrors goes into the image of Node, for the shipped files know nothing of it.
 */
export async function makeStandInImages(machine: TestMachine, engine: ContainerEngine, images: NamedImages): Promise<void> {
  const root = machine.path("root.tar");
  await run(
    "mmdebstrap",
    [
      "--variant=minbase",
      "--quiet",
      `--include=${packages.join(",")}`,
      "--dpkgopt=force-unsafe-io",
      "--dpkgopt=path-exclude=/usr/share/doc/*",
      "--dpkgopt=path-exclude=/usr/share/man/*",
      '--customize-hook=chroot "$1" useradd --uid 1000 --user-group --create-home node',
      '--customize-hook=chroot "$1" install -d -o nobody -g nogroup /prometheus /alertmanager',
      "bookworm",
      root,
    ],
    { maxBuffer: 32 * 1024 * 1024 },
  );
  await engine.podman("import", root, base);
  rmSync(root);

  const context = machine.path("stand-ins");
  const library = join(context, "usr", "local", "lib", "node_modules", "npm");
  mkdirSync(join(context, "usr", "local", "bin"), { recursive: true });
  copyFileSync(process.execPath, join(context, "usr", "local", "bin", "node"));
  cpSync(npmFolder(), library, { recursive: true });
  copyFileSync(certificates, join(context, "certificates"));
  copyFileSync(fixturePath("compose", "mailpit"), join(context, "mailpit"));
  machine.write(
    "stand-ins/npmrc",
    `cafile=${certificates}\nregistry=${spawnSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).stdout}`,
  );

  const proxies = Object.entries(process.env).filter(([name, value]) => /^(?:https?|no)_proxy$/i.test(name) && value !== undefined);
  const build = async (name: string, text: string) => {
    const file = machine.write(`stand-ins/${name.replaceAll(/\W/g, "-")}`, text);
    await engine.podman("build", "--pull=never", "--format=docker", `--file=${file}`, `--tag=docker.io/${name}`, context);
  };
  await build(
    images.node.includes("/") ? images.node : `library/${images.node}`,
    [
      `FROM ${base}`,
      "COPY usr /usr",
      "RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm",
      "COPY npmrc /usr/local/etc/npmrc",
      `COPY certificates ${certificates}`,
      `ENV NODE_EXTRA_CA_CERTS=${certificates}`,
      ...proxies.map(([name, value]) => `ENV ${name}=${value}`),
    ].join("\n"),
  );
  const server = (program: string, folder: string) => `FROM ${base}\nUSER nobody\nWORKDIR ${folder}\nENTRYPOINT ["/usr/bin/${program}"]\n`;
  await build(images.prometheus, server("prometheus", "/prometheus"));
  await build(images.alertmanager, server("prometheus-alertmanager", "/alertmanager"));
  await build(images.mail, `FROM ${base}\nCOPY usr/local/bin/node /usr/local/bin/\nCOPY mailpit /mailpit\nENTRYPOINT ["/mailpit"]\n`);
}

/** Where the npm of this machine is. */
function npmFolder(): string {
  const { stdout } = spawnSync("sh", ["-c", "command -v npm"], { encoding: "utf8" });
  // <npm>/bin/npm-cli.js
  return dirname(dirname(realpathSync(stdout.trim())));
}
