/** A client that speaks HTTP by hand, and not as it should. */
import { connect, type Socket } from "node:net";

/** A connection, and what has come over it. */
export class RudeClient {
  readonly socket: Socket;
  isOpen = false;
  #text = "";

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1", () => {
      this.isOpen = true;
    });
    this.socket.on("data", (chunk) => {
      this.#text += String(chunk);
    });
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.isOpen = false;
    });
  }

  text(): string {
    return this.#text;
  }

  statuses(): readonly number[] {
    return [...this.#text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }
}
