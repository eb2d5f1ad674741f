/** What a cgroup path says: the systemd unit and the container. Normalised, so that one thing keeps one name. */
import { normaliseUnit, unescapeUnit } from "./unitNames.ts";

/** Unit and container of a path; "" for what it does not say. */
interface CgroupNames {
  readonly unit: string;
  readonly container: string;
}

const containerId = /[0-9a-f]{64}/;
const shownIdLength = 12;

/** Fargate's ids: a task's and a number. */
const fargateId = /^([0-9a-f]{32})-\d+$/;
const unitSuffix = /\.(?:service|scope|mount|swap|socket)$/;
/** A container below its engine's unit is no part of that unit. */
const engineUnit = /^(?:containerd|docker|podman|crio|cri-o|kubelet|k3s|rke2-\w+|snap\.docker\.dockerd|user@\d+)\.service$/;

const nothing: CgroupNames = { unit: "", container: "" };

/** Reads a path as systemd, OpenRC, docker, podman, containerd, CRI-O, Kubernetes, LXC, nspawn and libvirt write them. */
export function namesOfCgroup(path: string): CgroupNames {
  if (path === "/" || path === "") return nothing;
  // a path that begins with /.. is seen from inside of another cgroup; what follows says the same
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== "..");
  const container = containerOf(segments);
  const unit = unitOf(segments);
  if (container !== "") return { unit: engineUnit.test(unit) ? "" : unit, container };
  return { unit: unit === "" ? sliceOf(segments) : unit, container };
}

function unitOf(segments: readonly string[]): string {
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as string;
    // a scope or service named after a container is the container, not a unit
    if (containerId.test(segment)) continue;
    // a user's own systemd has an init.scope as well: it belongs to user@1000.service
    if (segment === "init.scope" && index > 0) continue;
    if (unitSuffix.test(segment)) return normaliseUnit(segment);
    const openrc = /^openrc\.(.+)$/.exec(segment)?.[1] ?? (segments[index - 1] === "openrc" ? segment : undefined);
    if (openrc !== undefined) return openrc;
  }
  return "";
}

/** For processes that lie in a slice itself. A pod's slice holds its id: that is no name. */
function sliceOf(segments: readonly string[]): string {
  const slice = segments.findLast((segment) => segment.endsWith(".slice"));
  return slice === undefined || slice.startsWith("kubepods") || containerId.test(slice) ? "" : normaliseUnit(slice);
}

function containerOf(segments: readonly string[]): string {
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as string;
    const above = segments[index - 1];
    const id = containerId.exec(segment)?.[0] ?? (segments[0] === "ecs" ? fargateId.exec(segment)?.[1] : undefined);
    if (id !== undefined) return id.slice(0, shownIdLength);
    if (above === "lxc" || above === "lxc.payload") return segment;
    if (above === "buildkit" && segments[index - 2] === "docker") return "buildkit";
    const name = segment.startsWith("lxc.payload.") ? segment.slice("lxc.payload.".length) : machineOf(segment);
    if (name !== undefined && name !== "") return name;
  }
  return "";
}

const machine = /^(?:machine-(?:(?:qemu|lxc)-\d+-)?(.+)\.scope|systemd-nspawn@(.+)\.service|(?:qemu-\d+-)?(.+)\.libvirt-(?:qemu|lxc))$/;

/** systemd-machined's scopes (nspawn, libvirt), nspawn's own units and the cgroups of older libvirts. */
function machineOf(segment: string): string | undefined {
  if (!/^machine-|^systemd-nspawn@|\.libvirt-/.test(segment)) return undefined;
  const match = machine.exec(unescapeUnit(segment));
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
