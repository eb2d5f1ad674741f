import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the loopback gave no port");
  return address.port;
}

/** A server of Debian's that a test started. */
export class RunningProgram {
  readonly #child: ChildProcess;
  #output = "";

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString("utf8")).slice(-20_000);
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
  }

  /** Waits until `url` is answered with status 200, at most half a minute. */
  async answers(url: string): Promise<void> {
    await eventually(async () => {
      if (this.#child.exitCode !== null) throw new GivenUp(`it ended with ${this.#child.exitCode}:\n${this.#output}`);
      return (await fetch(url)).ok;
    }, `an answer of ${url}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}

class GivenUp extends Error {}

/** Asks again and again until the answer is there; an error means not yet. */
export async function eventually<Value>(ask: () => Promise<Value | undefined | false>, what: string): Promise<Value> {
  let last: unknown;
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      const value = await ask();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      if (error instanceof GivenUp) throw error;
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain for ${what}`, { cause: last });
}
