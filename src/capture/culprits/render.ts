/** What was found of a culprit, as a text with a section for each thing that was asked; what is missing says why. */
import { defined } from "../../model/defined.ts";
import type { SocketReading } from "../../procfs/netSockets.ts";
import { alignedTable, bytesText, utcText } from "../../text.ts";
import type { ProcessListRow } from "../making/processList.ts";
import type { Findings, MemoryFindings } from "./findings.ts";
import type { Reading } from "./readings.ts";

const mostDirectories = 30;
const mostSockets = 100;
const mostMappedFiles = 40;

/** The text; not yet free of secrets, nor of what could move a terminal's cursor. */
export function renderFindings(findings: Findings, takenAtMs: number): string {
  const { chosen, parents, status, limits, waitChannel, descriptors, cgroups, stack, memory, sockets } = findings;
  const { row, reasons } = chosen;
  const sections = [
    section("command line", { value: row.commandLine || `[${row.process}]` }),
    section("parents, the nearest first", { value: parents.map(parentLine).join("\n") || "none" }),
    section(
      "wchan: where its main thread waits in the kernel",
      mapped(waitChannel, (name) => name || "it does not wait"),
    ),
    section(
      "stack of its main thread in the kernel",
      mapped(stack, (text) => text || "empty: it is not in the kernel"),
    ),
    section("status", status),
    section("limits", limits),
    section("descriptors", mapped(descriptors, descriptorsText)),
    section(
      "sockets",
      mapped(sockets, (found) => socketsText(found.sockets, descriptors.value?.socketInodes.size ?? 0)),
    ),
    section("memory", mapped(memory, memoryText)),
    section(
      "cgroup",
      mapped(cgroups, (files) => files.map(({ path, text }) => `${path}\n${indented(text)}`).join("\n")),
    ),
  ];
  return `${row.process}, pid ${row.pid}, user ${row.user ?? "?"}\nLooked at ${utcText(takenAtMs)}; ${reasons.join("; ")}\n${sections.join("")}`;
}

/** What could not be found out, as the manifest says it. */
export function missingOf(findings: Findings): readonly string[] {
  const { status, limits, waitChannel, descriptors, cgroups, stack, memory, sockets } = findings;
  const all: readonly (readonly [string, Reading<unknown>])[] = [
    ["wchan", waitChannel],
    ["stack", stack],
    ["status", status],
    ["limits", limits],
    ["descriptors", descriptors],
    ["sockets", sockets],
    ["memory", memory],
    ["cgroup", cgroups],
  ];
  return all.flatMap(([name, { missing, cut }]) => ((missing ?? cut) === undefined ? [] : [`${name}: ${missing ?? cut}`]));
}

function section(title: string, { value, cut, missing }: Reading<string>): string {
  const text = value === undefined ? `missing: ${missing}` : `${value}${cut === undefined ? "" : `\nnot all of it: ${cut}`}`;
  return `\n== ${title} ==\n${text.trimEnd()}\n`;
}

function mapped<From>(reading: Reading<From>, toText: (value: From) => string): Reading<string> {
  const { value, cut, missing } = reading;
  if (value === undefined) return { missing: missing ?? "" };
  return defined({ value: toText(value), cut });
}

function parentLine({ pid, user, state, process, commandLine }: ProcessListRow): string {
  return `${pid} ${user ?? "?"} ${state} ${commandLine || `[${process}]`}`;
}

function descriptorsText({ total, kinds, directories }: NonNullable<Findings["descriptors"]["value"]>): string {
  const byFolder = counted(directories);
  const more = byFolder.length - mostDirectories;
  return [
    `${total} in all`,
    table(counted(kinds)),
    ...(byFolder.length === 0 ? [] : ["files by folder:", table(byFolder.slice(0, mostDirectories))]),
    ...(more > 0 ? [`and ${more} more folders`] : []),
  ].join("\n");
}

function socketsText(sockets: readonly SocketReading[], socketDescriptors: number): string {
  const others = socketDescriptors - sockets.length;
  const states = new Map<string, number>();
  for (const { protocol, state } of sockets) states.set(`${protocol} ${state}`, (states.get(`${protocol} ${state}`) ?? 0) + 1);
  const rows = sockets
    .slice(0, mostSockets)
    .map((one) => [one.protocol, one.state, String(one.receiveQueueBytes), String(one.sendQueueBytes), one.local, one.remote]);
  const head = ["", "STATE", "RECV-Q", "SEND-Q", "LOCAL", "REMOTE"];
  return [
    table([...counted(states), ...(others > 0 ? [[String(others), "unix, netlink and others"]] : [])]) || "none",
    ...(rows.length === 0 ? [] : [alignedTable([head, ...rows], ["left", "left", "right", "right", "left", "left"]).trimEnd()]),
    ...(sockets.length > mostSockets ? [`and ${sockets.length - mostSockets} more`] : []),
  ].join("\n");
}

function memoryText({ files, rollup }: MemoryFindings): string {
  const sums = [...rollup].filter(([, bytes]) => bytes > 0).map(([name, bytes]) => [bytesText(bytes), name]);
  const rows = files
    .slice(0, mostMappedFiles)
    .map(({ name, mappings, bytes, writableBytes }) => [bytesText(bytes), bytesText(writableBytes), String(mappings), name]);
  const rest = files.slice(mostMappedFiles);
  const restBytes = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    sums.length === 0 ? "smaps_rollup: it could not be read" : `smaps_rollup, of what is in memory:\n${table(sums)}`,
    "mapped (address space, not memory in use):",
    alignedTable([["SIZE", "WRITABLE", "MAPPINGS", "WHAT"], ...rows], ["right", "right", "right", "left"]).trimEnd(),
    ...(rest.length > 0 ? [`and ${rest.length} more with ${bytesText(restBytes)}`] : []),
  ].join("\n");
}

function counted(counts: ReadonlyMap<string, number>): readonly (readonly string[])[] {
  return [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => [String(count), name]);
}

function table(rows: readonly (readonly string[])[]): string {
  return alignedTable(rows, ["right", "left"]).trimEnd();
}

/** Each line one step to the right. */
export function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
