/** What a cgroup path says: the systemd unit and the container. Normalised, so that one thing keeps one name. */

/** Unit and container of a path; "" for what it does not say. */
export interface CgroupNames {
  readonly unit: string;
  readonly container: string;
}

const containerId = /[0-9a-f]{64}/;

/** Reads a path as systemd, docker, podman, containerd, CRI-O, Kubernetes and LXC write them. */
export function namesOfCgroup(path: string): CgroupNames {
  if (path === "/" || path === "") return { unit: "", container: "" };
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== "..");
  return { unit: unitOf(segments), container: containerOf(segments) };
}

function unitOf(segments: readonly string[]): string {
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as string;
    // a scope or service named after a container is the container, not a unit
    if (containerId.test(segment)) continue;
    if (/\.(service|scope)$/.test(segment)) return normaliseUnit(segment);
  }
  return "";
}

/** `session-12.scope` is `session.scope`, `run-r8f3…e1.service` is `run.service`: numbers of the day are no names. */
export function normaliseUnit(unit: string): string {
  const plain = unit.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return plain
    .replace(/^session-c?\d+\.scope$/, "session.scope")
    .replace(/^run-(?:r[0-9a-f]+|[pu]?\d+(?:-i?\d+)*)\.(scope|service)$/, "run.$1")
    .replace(/-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "")
    .replace(/[-@_.][0-9a-f]{12,}(?=[-@_.])/g, "");
}

function containerOf(segments: readonly string[]): string {
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as string;
    const id = containerId.exec(segment)?.[0];
    if (id !== undefined) return id.slice(0, 12);
    const lxc = /^lxc\.payload\.(.+)$/.exec(segment)?.[1];
    if (lxc !== undefined) return lxc;
    if (segments[index - 1] === "lxc") return segment;
    const nspawn = /^machine-(.+)\.scope$/.exec(segment)?.[1];
    if (nspawn !== undefined) return nspawn.replaceAll("\\x2d", "-");
  }
  return "";
}
