/** A redactor whose rules may change while others hold it, and its functions. */
import { createRedactor, type Redactor, type RedactSettings } from "./redactor.ts";

/** Cuts by the newest settings; what was kept before stays as it was cut then. */
export class ChangingRedactor implements Redactor {
  #now: Redactor;
  #version = 0;

  constructor(settings: RedactSettings) {
    this.#now = createRedactor(settings);
  }

  change(settings: RedactSettings): void {
    this.#now = createRedactor(settings);
    this.#version++;
  }

  get level(): Redactor["level"] {
    return this.#now.level;
  }

  get version(): number {
    return this.#version;
  }

  readonly text: Redactor["text"] = (text) => this.#now.text(text);
  readonly commandLine: Redactor["commandLine"] = (argv) => this.#now.commandLine(argv);
  readonly argumentList: Redactor["argumentList"] = (argv) => this.#now.argumentList(argv);
}
