/** The programs that a capture runs: the usual ones, and the user's own. */
import type { CommandSpec } from "../making/command.ts";

/** A program, and what must be known of it to keep what it says. */
export interface DiagnosticCommand extends CommandSpec {
  /** It may show the arguments of other programs. */
  readonly showsCommandLines: boolean;
  /** What is run when this one is not installed. */
  readonly orElse?: DiagnosticCommand;
}

/** A command of the user's own, as the configuration has it. */
export interface OwnCommand {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** Five thousand processes make 700 KiB of `ps`, with short arguments; thirty thousand sockets 4 MiB of `ss`. */
const perItem = { sizeLimitBytes: 4 * mebibyte };

function figures(name: string, argv: CommandSpec["argv"], changes: Partial<DiagnosticCommand> = {}): DiagnosticCommand {
  return { name, argv, timeLimitSeconds: 10, sizeLimitBytes: mebibyte, showsCommandLines: false, ...changes };
}

function commandLines(name: string, argv: CommandSpec["argv"], changes: Partial<DiagnosticCommand> = {}): DiagnosticCommand {
  return figures(name, argv, { ...changes, showsCommandLines: true });
}

/**
 * What is run where it is installed. Those that watch for some seconds come first, so that they watch while the others run; `df` and
 * those that ask a daemon, which may hang, come late.
 */
export const defaultCommands: readonly DiagnosticCommand[] = [
  figures("vmstat", ["vmstat", "1", "5"], { timeLimitSeconds: 15 }),
  figures("iostat", ["iostat", "-x", "1", "3"], { timeLimitSeconds: 15 }),
  commandLines("top", ["top", "-b", "-n", "1"], perItem),
  commandLines("ps", ["ps", "auxwwf"], perItem),
  figures("free", ["free", "-h"]),
  figures("ss-s", ["ss", "-s"]),
  figures("ip-link", ["ip", "-s", "link"]),
  figures("ss-tanp", ["ss", "-tanp"], perItem),
  // the kernel tells its command line and audited programs; the end is what counts
  commandLines("dmesg", ["dmesg", "--ctime"], { sizeLimitBytes: 256 * kibibyte, keepTail: true }),
  // sudo and cron write down what they start. Without --lines a unit that logs wildly would be read for minutes.
  commandLines("journalctl", ["journalctl", "--since=-15min", "--no-pager", "--output=short-iso", "--lines=20000"], { keepTail: true }),
  // the first of two rounds knows no rates yet
  figures("systemd-cgtop", ["systemd-cgtop", "--batch", "--iterations=2", "--delay=1"]),
  figures("df", ["df", "-h"]),
  figures("df-i", ["df", "-i"]),
  // cut to its usual twenty characters a command line would end in half a secret
  commandLines("docker-ps", ["docker", "ps", "--no-trunc"], { orElse: commandLines("podman-ps", ["podman", "ps", "--no-trunc"]) }),
  figures("docker-stats", ["docker", "stats", "--no-stream"], { orElse: figures("podman-stats", ["podman", "stats", "--no-stream"]) }),
];

/** What is run first in the archive of a crash: what the kernel said in the boot before, an error where only one is kept. */
export const afterCrashCommands: readonly DiagnosticCommand[] = [
  commandLines("journalctl-previous-boot", ["journalctl", "--dmesg", "--boot=-1", "--no-pager", "--output=short-iso", "--lines=20000"], {
    keepTail: true,
  }),
  // among twenty thousand lines nobody finds them
  commandLines(
    "journalctl-previous-boot-oom",
    [
      "journalctl",
      "--dmesg",
      "--boot=-1",
      "--no-pager",
      "--output=short-iso",
      "--lines=2000",
      "--grep=oom|out of memory|killed process|memory: usage",
    ],
    { keepTail: true },
  ),
];

/** A command of the user's own; nobody knows what it may show. */
export function ownCommand({ name, argv, timeoutSeconds, maxBytes }: OwnCommand): DiagnosticCommand {
  return { name, argv, timeLimitSeconds: timeoutSeconds, sizeLimitBytes: maxBytes, showsCommandLines: true };
}
