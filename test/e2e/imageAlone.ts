import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../support/paths.ts";
import type { ContainerEngine } from "./containerEngine.ts";
import { type TestMachine, waitFor } from "./machine.ts";

/** The image as `docker run` has it without a word: its own user, who is not root, and a root file system that nobody writes to. */
export async function runsByItself(engine: ContainerEngine, image: string): Promise<void> {
  const name = await start(engine, ["--read-only", "--tmpfs=/tmp", "--volume=alone:/var/lib/culprit", "--network=none", image]);
  await waitFor("the image alone to be healthy", async () => (await engine.podman("healthcheck", "run", name)) !== undefined);
  assert.equal((await engine.podman("exec", name, "id", "-un")).trim(), "node");
  await assert.rejects(engine.podman("exec", name, "touch", "/opt/culprit/touched"), /Read-only/);
  assert.match(await engine.podman("exec", name, "culprit", "once", "--seconds=1"), /PROCESS/);
  await engine.podman("rm", "--force", "--volumes", name);
  await engine.podman("volume", "rm", "alone");
}

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly securityContext: { readonly runAsUser: number; readonly capabilities: { readonly drop: string[]; readonly add?: string[] } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** The containers of the DaemonSet's pod, each as its own section says, on this machine as the node. */
export async function runsAsThePodOfTheDaemonSet(machine: TestMachine, engine: ContainerEngine, image: string): Promise<void> {
  const object = (name: string) => parse(readFileSync(join(packageRoot(), "deploy", "kubernetes", `${name}.yaml`), "utf8"));
  const pod = object("daemonset").spec.template.spec as { containers: [Container]; initContainers: [Container] };
  machine.write("node/config/culprit.yml", object("configmap").data["culprit.yml"]);
  machine.write("node/token/token", "of-the-whole-cluster-0123456789abcdef");
  mkdirSync(machine.path("node", "storage"));
  mkdirSync(machine.path("node", "tmp"));
  const sources: Readonly<Record<string, string>> = { proc: "/proc", sys: "/sys", root: "/" };
  const options = ({ securityContext, volumeMounts }: Container) => [
    `--user=${securityContext.runAsUser}:0`,
    "--read-only",
    "--read-only-tmpfs=false",
    "--security-opt=no-new-privileges",
    "--security-opt=apparmor=unconfined",
    ...securityContext.capabilities.drop.map((one) => `--cap-drop=${one}`),
    ...(securityContext.capabilities.add ?? []).map((one) => `--cap-add=${one}`),
    ...volumeMounts.map(
      ({ name, mountPath, readOnly = false }) =>
        `--volume=${sources[name] ?? machine.path("node", name)}:${mountPath}${readOnly ? ":ro" : ""}`,
    ),
  ];
  const [init] = pod.initContainers;
  const [program = "", ...rest] = init.command ?? [];
  const added = await engine.podman("run", "--rm", "--network=none", ...options(init), `--entrypoint=${program}`, image, ...rest);
  assert.match(added, /^the token in \/run\/culprit\/token is valid with scope capture$/m);

  const [main] = pod.containers;
  const name = await start(engine, [
    "--network=none",
    "--pid=host",
    "--env=NODE_NAME=node7",
    ...options(main),
    image,
    ...(main.args ?? []),
  ]);
  const inside = (...command: string[]) => engine.podman("exec", name, ...command);
  const ask = (path: string, ...extra: string[]) => inside("node", "-e", asked, path, ...extra);
  await waitFor("the pod to be ready", async () => (await ask("/-/ready")).startsWith("200"));
  const metrics = await waitFor("figures of the node's processes", async () => {
    const text = await ask("/metrics");
    return /^culprit_process_written_bytes_per_second\{kind="process",.*\} \S+$/m.test(text) && text;
  });
  assert.match(metrics, /^culprit_host_info\{hostname="node7",/m);
  assert.match(await ask("/archives"), /^401/);
  const alert = JSON.stringify({
    version: "4",
    alerts: [{ status: "firing", labels: { alertname: "HighLoad", instance: "node7" }, startsAt: new Date() }],
  });
  assert.match(await ask("/webhook", alert, "of-the-whole-cluster-0123456789abcdef"), /^202/);
  await engine.podman("rm", "--force", "--time=10", name);
}

/** There is no curl in the image: GET, or POST of a text with a token. */
const asked = `const [path, body, token] = process.argv.slice(1);
const options = body === undefined ? {} : { method: "POST", body, headers: { "Content-Type": "application/json", Authorization: "Bearer " + token } };
fetch("http://127.0.0.1:10054" + path, options).then(async (answer) => console.log(answer.status + "\\n" + (await answer.text())));`;

async function start(engine: ContainerEngine, args: readonly string[]): Promise<string> {
  return (await engine.podman("run", "--detach", ...args)).trim();
}
