/**
 * The name that a person would use for a process.
 *
 * There are three sources, and none can be trusted alone: comm (15 bytes, and anybody may change it), the first argument (anybody
 * may write over it), and behind an interpreter what it runs. Nothing that changes from one connection, worker or run to the next
 * may get into a name.
 */
import type { ProcessReading } from "../model/processes.ts";
import { whatRuns } from "./interpreterArguments.ts";
import { interpreterNamed } from "./interpreters.ts";
import { launcherName } from "./launchers.ts";
import { baseName, foldChanging, plainName } from "./scriptName.ts";
import { firstWord, foldNumbers, isPlainTitle, isTitle, laterWords } from "./titles.ts";

/** What a name is made from. */
type Nameable = Pick<ProcessReading, "comm" | "kernelThread"> & {
  readonly identity?: Pick<ProcessReading["identity"], "arguments">;
};

/** The kernel keeps so many bytes of a name. */
const longestComm = 15;

/** Names that say how something was started, not what it is: node's main thread, a program run from memory or through a descriptor. */
const sayingNothing = /^(?:MainThread|node-MainThread|exe|memfd:.*|\d{1,4}|AppRun)$/;

/** The dynamic linker, a multi-call binary and an emulator: the program is their first argument. */
const wrappers =
  /^(?:ld-linux[\w.-]*|ld-musl[\w.-]*|ld\.so|busybox|toybox|qemu-(?:aarch64|arm|i386|x86_64|mips\w*|ppc\w*|riscv\w*|s390x|loongarch64)(?:-st\w*)?)$/;

/** The name; empty only where the kernel itself gives none. */
export function processName(process: Nameable): string {
  const { comm, kernelThread } = process;
  if (kernelThread) return kernelThreadName(comm);
  const given = process.identity?.arguments ?? [];
  const args = unwrapped(given);
  const [first = ""] = args;
  if (first === "") return comm;
  const said = args !== given && wrappers.test(comm) ? "" : comm;
  const base = loginShell(first, comm) ?? baseName(first);
  const interpreter = args.length === 1 && /\s/.test(first) ? undefined : interpreterNamed(base);
  if (interpreter === undefined) {
    const program = programName(said, first, base, args);
    return launcherName(program, args.length === 1 ? laterWords(first) : args.slice(1)) ?? foldChanging(program);
  }
  const { shown, scriptAt } = whatRuns(interpreter, args);
  const script = scriptAt === undefined ? "" : baseName(args[scriptAt] ?? "");
  if (renamedItself(said, base, script)) return foldChanging(foldNumbers(firstWord(said)));
  const launched = scriptAt === undefined ? undefined : launcherName(script, args.slice(scriptAt + 1));
  return launched ?? [base, ...shown].join(" ");
}

/** `kworker/0:1-events` is `kworker`, `ksoftirqd/3` is `ksoftirqd`, `kswapd0` is `kswapd`. */
function kernelThreadName(comm: string): string {
  const cut = comm.search(/[/:]/);
  return (cut > 0 ? comm.slice(0, cut) : comm.replace(/[-_.]?\d+$/, "")) || comm;
}

function unwrapped(args: readonly string[]): readonly string[] {
  const [first, second] = args;
  if (first === undefined || second === undefined || second.startsWith("-") || !wrappers.test(baseName(first))) return args;
  return args.slice(1);
}

/** `-bash` is a login shell, and so is the `-su` that runs bash. */
function loginShell(first: string, comm: string): string | undefined {
  if (!/^-[\w.]+$/.test(first)) return undefined;
  return interpreterNamed(comm) === undefined ? first.slice(1) : comm;
}

/** True when an interpreter's process has a name that is neither the interpreter's nor the script's. */
function renamedItself(comm: string, interpreter: string, script: string): boolean {
  const known = withoutBrokenEnd(comm);
  if (known === "" || sayingNothing.test(comm) || isRelated(known, interpreter)) return false;
  return interpreterNamed(known) === undefined && !script.startsWith(known);
}

function programName(comm: string, first: string, base: string, args: readonly string[]): string {
  const known = withoutBrokenEnd(comm);
  const isFile = /^\.{0,2}\//.test(first);
  if (base === comm && (isFile || !isTitle(base))) return isFile || args.length > 1 ? base : foldNumbers(base);
  if (Buffer.byteLength(comm) >= longestComm && base.startsWith(known) && !isTitle(base)) return base;
  // systemd's own child, before it becomes the service whose last letters these are
  if (/^\(.*\)$/.test(comm)) return comm;
  // a wrapper as NixOS makes them: `.foo-wrapped` beside `foo`
  if (known.startsWith(`.${base}`) && `.${base}-wrapped`.startsWith(known)) return base;
  const title = isTitle(first) ? firstWord(first) : undefined;
  const fallback = plainName(title ?? base) ?? comm;
  if (known === "" || sayingNothing.test(comm)) return fallback;
  if (title !== undefined && (isRelated(known, title) || first.startsWith(known.trim()) || isPlainTitle(first, args))) return title;
  // what only an interpreter's process can do: it was given another first argument, or wrote over it
  if (interpreterNamed(known) !== undefined) return fallback;
  // no file is called `Isolated Web Co`: it is a name that the program gave this process of many
  if (/\s/.test(comm) || args.includes("-contentproc")) return fallback;
  return foldNumbers(firstWord(comm));
}

/** One beginning with the other, as `php-fpm` and `php-fpm8.2` or `sshd` and `sshd-session` do. */
function isRelated(one: string, other: string): boolean {
  return one !== "" && other !== "" && (one.startsWith(other) || other.startsWith(one));
}

/** The kernel cuts at the byte, so the last character of a name may be broken. */
function withoutBrokenEnd(comm: string): string {
  return comm.replace(/\ufffd+$/, "");
}
