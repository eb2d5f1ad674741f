/** Asks a container engine for the names of its containers: Docker's API, which Podman speaks as well, over a unix socket. */
import { request } from "node:http";
import { z } from "zod";

/** Names by the first twelve digits of the id. */
export type NamesById = ReadonlyMap<string, string>;

/** How long a shown id is: as `docker ps` has it. */
export const shownIdLength = 12;

const longestAnswerBytes = 16 * 1024 * 1024;

const answerSchema = z.array(
  z.looseObject({
    Id: z.string().regex(/^[0-9a-f]{12,64}$/),
    Names: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
);

/** Lists the running containers. Rejects with a sentence when the engine cannot be reached or answers something else. */
export function listContainers(socketPath: string, signal: AbortSignal): Promise<NamesById> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: "/containers/json", headers: { Host: "localhost" }, signal, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      answer.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > longestAnswerBytes) asked.destroy(new Error("the answer is too long"));
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode === 200) resolveParsed(Buffer.concat(chunks).toString());
        else reject(new Error(`expected status 200, got ${answer.statusCode}`));
      });
    });
    function resolveParsed(text: string): void {
      try {
        resolve(parseContainers(text));
      } catch {
        reject(new Error("expected a list of containers with Id and Names"));
      }
    }
    asked.on("error", reject);
    asked.end();
  });
}

/** The names in an answer of /containers/json. */
export function parseContainers(text: string): NamesById {
  const names = new Map<string, string>();
  for (const { Id, Names, Labels } of answerSchema.parse(JSON.parse(text))) {
    const name = kubernetesName(Labels ?? {}) ?? engineName(Names ?? []);
    if (name !== undefined) names.set(Id.slice(0, shownIdLength), name);
  }
  return names;
}

/** `/web` among `/other/alias`: with a second slash it is what another container calls it. Swarm's `web.1.<task>` is `web.1`. */
function engineName(names: readonly string[]): string | undefined {
  const own = names.find((name) => name.lastIndexOf("/") === 0 && name.length > 1) ?? names[0];
  return own?.replace(/^.*\//, "").replace(/^(.+\.\d+)\.[a-z0-9]{25}$/, "$1") || undefined;
}

/** The parts of a pod's name that are new with every rollout: a ReplicaSet's hash and a pod's own five letters. */
const rolloutParts = /(?:-[bcdf-hj-np-tv-z2456789]{5,10})?-[bcdf-hj-np-tv-z2456789]{5}$/;

/** namespace/pod/container, where the engine serves a kubelet. */
function kubernetesName(labels: Readonly<Record<string, string>>): string | undefined {
  const namespace = labels["io.kubernetes.pod.namespace"];
  const pod = labels["io.kubernetes.pod.name"];
  const container = labels["io.kubernetes.container.name"];
  if (!namespace || !pod) return undefined;
  return [namespace, pod.replace(rolloutParts, ""), ...(container ? [container] : [])].join("/");
}
