/** `capture.commands[]`: programs of the user's own that a capture runs. */
import { resolve } from "node:path";
import { z } from "zod";
import { duration, size } from "./fields.ts";
import { formatSize } from "./size.ts";

/** A command that captures run; its name is free, unique, and safe as the name of a file. */
interface OwnCommandSettings {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** What holds for a command that does not say otherwise. */
const commandDefaults = { timeout: 10, maxBytes: mebibyte } as const;

/** All commands of a capture together have no more time than this. */
const longestTimeout = 30;

/** Their outputs are held in memory until they are free of secrets. */
const mostBytesTogether = 16 * mebibyte;

/** Names of the commands that Culprit runs without being told. */
export const usualCommandNames: readonly string[] = [
  ...["vmstat", "iostat", "top", "ps", "free", "ss-s", "ip-link", "ss-tanp", "dmesg", "journalctl", "systemd-cgtop", "df", "df-i"],
  ...["docker-ps", "podman-ps", "docker-stats", "podman-stats"],
];

/** Each becomes the name of a file, on other people's systems too; two that differ only in case are one file there. */
const safeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function commandName(): z.ZodType<string, unknown> {
  return z.unknown().transform((value, context) => {
    const name = typeof value === "string" && safeName.test(value) ? value : undefined;
    if (name !== undefined && !usualCommandNames.includes(name.toLowerCase())) return name;
    const expected =
      name === undefined
        ? "a name of letters, digits, dots, dashes and underscores, such as pg-activity"
        : "a name that no usual command has";
    context.addIssue({ code: "custom", message: `expected ${expected}` });
    return z.NEVER;
  });
}

function argumentList(): z.ZodType<readonly [string, ...string[]], unknown> {
  return z.unknown().transform((value, context) => {
    const [program, ...rest] = Array.isArray(value) ? (value as unknown[]) : [];
    const args = rest.filter(isArgument);
    if (isArgument(program) && program !== "" && args.length === rest.length) return [program, ...args] as const;
    if (!Array.isArray(value) || value.length === 0) {
      const message = "expected a list of a program and its arguments, such as [ls, -l, /tmp]; no shell is there to take a text apart";
      context.addIssue({ code: "custom", message });
    } else {
      if (!isArgument(program) || program === "") {
        context.addIssue({ code: "custom", path: [0], message: "expected the name or the path of a program" });
      }
      for (const [index, one] of rest.entries()) {
        if (isArgument(one)) continue;
        context.addIssue({ code: "custom", path: [index + 1], message: "expected text; numbers, true and false need quotes here" });
      }
    }
    return z.NEVER;
  });
}

function isArgument(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0");
}

const command = () =>
  z.strictObject({
    name: commandName(),
    command: argumentList(),
    timeout: duration(0.1, longestTimeout).optional(),
    maxBytes: size(kibibyte, mostBytesTogether).optional(),
  });

/** The list of them. */
export function ownCommands() {
  return z.array(command()).superRefine((commands, context) => {
    const names = commands.map(({ name }) => name.toLowerCase());
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      context.addIssue({ code: "custom", path: [index, "name"], message: "expected a name that no command before it has" });
    }
    const bytes = commands.reduce((sum, { maxBytes = commandDefaults.maxBytes }) => sum + maxBytes, 0);
    if (bytes <= mostBytesTogether) return;
    const message = `expected commands whose maxBytes are at most ${formatSize(mostBytesTogether)} together, not ${formatSize(bytes)}`;
    context.addIssue({ code: "custom", message });
  });
}

/** A command as the rest of Culprit sees it. A program that is named by a relative path is looked for from the folder of the file on. */
export function ownCommandSettings(written: z.output<ReturnType<typeof command>>, folder: string): OwnCommandSettings {
  const { name, timeout = commandDefaults.timeout, maxBytes = commandDefaults.maxBytes } = written;
  const [program, ...args] = written.command;
  return { name, argv: [program.includes("/") ? resolve(folder, program) : program, ...args], timeoutSeconds: timeout, maxBytes };
}
