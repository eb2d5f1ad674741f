import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type TestMachine, waitFor } from "./machine.ts";

const run = promisify(execFile);
const longestOutputBytes = 32 * 1024 * 1024;

/**
 * A container engine of a test's own: podman with images, containers, volumes and networks below the test's folder, so that it neither sees nor
 * changes those of whoever runs the test, and docker-compose talking to it.
 */
export class ContainerEngine {
  readonly #machine: TestMachine;
  readonly #env: NodeJS.ProcessEnv;
  readonly #where: readonly string[];

  constructor(machine: TestMachine) {
    this.#machine = machine;
    for (const folder of ["images", "run", "networks", "tmp"]) mkdirSync(machine.path("engine", folder), { recursive: true });
    // cgroupfs and files in place of systemd and its journal; the limits are those that any machine can give
    const settings = machine.write(
      "engine/containers.conf",
      `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
[network]
network_backend = "netavark"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "${machine.path("engine", "tmp")}"
`,
    );
    this.#where = [
      `--root=${machine.path("engine", "images")}`,
      `--runroot=${machine.path("engine", "run")}`,
      `--network-config-dir=${machine.path("engine", "networks")}`,
    ];
    this.#env = { ...process.env, CONTAINERS_CONF: settings, DOCKER_HOST: `unix://${this.#socket}`, DOCKER_BUILDKIT: "0" };
  }

  get #socket(): string {
    return this.#machine.path("engine", "podman.sock");
  }

  /** Starts the service that docker-compose talks to. */
  async start(): Promise<void> {
    const { child, output } = this.#machine.start(
      "podman",
      [...this.#where, "system", "service", "--time=0", `unix://${this.#socket}`],
      this.#env,
    );
    await waitFor("podman's service", async () => {
      if (child.exitCode !== null) throw new Error(`podman ended with ${child.exitCode}: ${output()}`);
      return (await run("podman", ["--url", `unix://${this.#socket}`, "version"], { env: this.#env })).stdout !== "";
    });
  }

  /** Runs podman and gives what it printed. */
  async podman(...args: readonly string[]): Promise<string> {
    return this.#run("podman", [...this.#where, ...args], this.#env);
  }

  /** The end of what a container wrote, or why that is not known. */
  async logs(container: string): Promise<string> {
    const written = run("podman", [...this.#where, "logs", "--tail=60", container], { env: this.#env });
    return written.then(({ stdout, stderr }) => stdout + stderr).catch(String);
  }

  /** Runs docker-compose in a folder; `variables` are what a .env file could set. */
  async compose(folder: string, variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
    return this.#run("docker-compose", ["--project-directory", folder, "--file", `${folder}/docker-compose.yml`, ...args], {
      ...this.#env,
      ...variables,
    });
  }

  /** Ends and removes everything; afterwards the test's folder can be deleted. */
  async close(): Promise<void> {
    await this.podman("rm", "--all", "--force", "--volumes", "--time=0").catch(() => undefined);
    await this.podman("network", "prune", "--force").catch(() => undefined);
    const below = this.#machine.path("engine");
    const mounted = readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "")
      .filter((path) => path.startsWith(`${below}/`));
    // the inner ones first
    for (const path of mounted.reverse()) await run("umount", ["--lazy", path]).catch(() => undefined);
  }

  async #run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    try {
      return (await run(program, args, { env, cwd: this.#machine.directory, maxBuffer: longestOutputBytes })).stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(
        `${program} ${args.filter((arg) => !this.#where.includes(arg)).join(" ")} failed:\n${(stdout + stderr).slice(-6000)}`,
      );
    }
  }
}
