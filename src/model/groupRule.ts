/** A rule of the configuration that gives processes a name of the user's own, as process-exporter's `process_names` do. */

/** One piece of a name: text as it is, something of the process, or what a named group of a pattern has matched. */
export type NamePart = string | { readonly variable: NameVariable } | { readonly match: string };

/** What a name can be made of: the kernel's name, the first argument without and with its folder, the user. */
export type NameVariable = "Comm" | "ExeBase" | "ExeFull" | "Username";

/** A regular expression, as far as rules need one. */
export interface CommandLinePattern {
  readonly source: string;
  exec(text: string): { readonly groups?: Readonly<Record<string, string | undefined>> | undefined } | null;
}

/** A process that fits every selector that is given has this name. */
export interface GroupRule {
  readonly name: readonly NamePart[];
  /** The kernel's name is one of these. */
  readonly comm?: readonly string[];
  /** The first argument is one of these: all of it where there is a slash, else what follows its last slash. */
  readonly exe?: readonly string[];
  /** All of these are found somewhere in the arguments, joined by spaces. */
  readonly cmdline?: readonly CommandLinePattern[];
}
