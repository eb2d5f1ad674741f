/** A refusal, thrown where it is noticed and answered in one place. */

/** What goes with a refusal besides its sentence. */
interface ProblemExtras {
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Further fields of the JSON answer. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A request that cannot be served, with the sentence that its sender is told. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, extras: ProblemExtras = {}) {
    super(message);
    this.status = status;
    this.headers = extras.headers ?? {};
    this.details = extras.details ?? {};
  }
}
