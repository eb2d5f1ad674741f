/** The one place where secrets are cut out: of command lines, and of any other text that is about to be kept or shown. */
export type { FoundSecret, RedactedArguments, RedactedCommandLine } from "./commandLine.ts";
export { carefulRedactor, createRedactor, type RedactLevel, type Redactor, type RedactSettings } from "./redactor.ts";
export type { PatternFinder } from "./rules.ts";
export type { Span } from "./spans.ts";
