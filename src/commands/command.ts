/** What a command of the command line is. */
import type { FlagDefinition, ParsedFlags } from "../config.ts";
import type { Clock } from "../model/clock.ts";
import type { Lifetime } from "./lifetime.ts";

/** A terminal, a pipe or a file. */
export interface Output {
  write(text: string): unknown;
  /** Absent or false when nobody is looking directly. */
  readonly isTTY?: boolean;
  /** How wide a terminal is, in characters. */
  readonly columns?: number;
}

/** What a command is given. */
export interface CommandContext {
  /** The flags, and the words behind the command's name. */
  readonly flags: ParsedFlags;
  /** Standard input; untouched unless the command reads it. */
  readonly input: () => AsyncIterable<Uint8Array | string>;
  readonly out: Output;
  readonly err: Output;
  readonly lifetime: Lifetime;
  readonly clock: Clock;
}

/** One command. */
export interface Command {
  readonly name: string;
  /** How it is called, a line for each way. */
  readonly usage: readonly string[];
  readonly summary: string;
  readonly flags: readonly FlagDefinition[];
  /** How many words may follow its name. */
  readonly mostWords: number;
  /** Does the work; the result is the exit code. */
  run(context: CommandContext): Promise<number>;
}

/** The command line makes no sense; the message says what was expected. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
