import assert from "node:assert/strict";
import { RudeClient } from "./rudeClient.ts";
import { eventually, Stage } from "./support.ts";

describe("clients that say nothing", () => {
  let stage: Stage;
  let clients: RudeClient[];
  beforeEach(async () => {
    clients = [];
    stage = await Stage.open({ mostConnections: 8 });
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.destroy();
    await stage.close();
  });

  function client(): RudeClient {
    const made = new RudeClient(stage.port);
    clients.push(made);
    return made;
  }

  /** Whoever comes later has its answer, so the server has seen those before. */
  async function accepted(): Promise<void> {
    await eventually(() => clients.every(({ isOpen }) => isOpen));
    assert.equal((await stage.ask("/-/healthy")).status, 200);
  }

  it("may do so while there is room, and have to go after five seconds once three quarters of the places are taken", async () => {
    for (let number = 0; number < 5; number++) client();
    await accepted();
    await stage.clock.advance(20);
    assert.ok(clients.every(({ isOpen }) => isOpen));
    const late = client();
    await accepted();
    await stage.clock.advance(2);
    await eventually(() => clients.slice(0, 5).every(({ isOpen }) => !isOpen));
    assert.ok(late.isOpen);
  });

  it("or a byte now and then are silent all the same", async () => {
    for (let number = 0; number < 7; number++) client().socket.write("GET /metrics HTTP/1.1\r\nX: ");
    await accepted();
    for (let second = 0; second < 7; second++) {
      for (const { socket } of clients) socket.write("a");
      await stage.clock.advance(1);
    }
    await eventually(() => clients.every(({ isOpen }) => !isOpen));
  });

  it("lose their places to whoever comes when none is left, the most silent first", async () => {
    for (let number = 0; number < 8; number++) {
      client();
      if (number < 7) await accepted();
      await eventually(() => clients.every(({ isOpen }) => isOpen));
      await stage.clock.advance(0.1);
    }
    assert.equal((await stage.ask("/metrics")).status, 200);
    await eventually(() => clients[0]?.isOpen === false);
    assert.equal(clients.filter(({ isOpen }) => isOpen).length, 7);
    assert.ok(stage.logLines.some(({ message }) => message.startsWith("all places for connections are taken")));
  });

  it("are not let stay half closed by an answer that they do not read", async () => {
    const odd = client();
    odd.socket.pause();
    odd.socket.write("hello\r\n\r\n");
    await eventually(() => stage.clock.waiting > 0);
    await stage.clock.advance(1);
    odd.socket.resume();
    await eventually(() => !odd.isOpen);
  });
});
