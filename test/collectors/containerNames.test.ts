import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { join } from "node:path";
import { namesOfCgroup } from "../../src/attribution/cgroupNames.ts";
import { ContainerNames } from "../../src/collectors/containerNames.ts";
import { listUserContainers } from "../../src/collectors/userEngines.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const ids = ["a", "b", "c"].map((digit) => digit.repeat(64));
const [web = "", db = "", other = ""] = ids;
const path = (id: string) => `/system.slice/docker-${id}.scope`;

describe("the names of containers", () => {
  const makeDirectory = tempDirectories();
  const servers: Server[] = [];
  const watched: ContainerNames[] = [];
  let clock: ManualClock;
  let log: ReturnType<typeof recordedLog>;
  let socket: string;
  let questions: string[];
  /** What the engine has now. */
  let running: readonly object[];

  beforeEach(async () => {
    clock = new ManualClock();
    log = recordedLog();
    socket = join(await makeDirectory(), "docker.sock");
    questions = [];
    running = [{ Id: web, Names: ["/web"], Image: "nginx", Labels: {} }];
  });
  afterEach(async () => {
    for (const names of watched.splice(0)) names.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  /** An engine that answers as `respond` says, or with what is running. */
  async function serve(respond?: RequestListener, at = socket): Promise<void> {
    const server = createServer((request, response) => {
      questions.push(`${request.method} ${request.url}`);
      if (respond === undefined) response.setHeader("Content-Type", "application/json").end(JSON.stringify(running));
      else respond(request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(at, resolve));
  }

  function watch(sockets: readonly string[] = [socket]): ContainerNames {
    const names = new ContainerNames({ sockets, containerOf: (cgroup) => namesOfCgroup(cgroup).container, clock, log: log.log });
    watched.push(names);
    return names;
  }

  /** Answers come over a real socket: they take a moment that no clock of ours counts. */
  async function until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 400 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(condition(), "what was waited for has not happened");
  }

  const messages = () => log.lines().map(({ level, message, reason }) => [level, message, reason]);

  it("are asked for when an id turns up, and known a moment later", async () => {
    await serve();
    const names = watch();
    assert.equal(names.nameOf(path(web)), undefined);
    assert.equal(names.nameOf("/system.slice/ssh.service"), undefined);
    await clock.advance(0);
    await until(() => names.version === 1);
    assert.equal(names.nameOf(path(web)), "web");
    assert.equal(names.nameOf(`/docker/${web}/inner`), "web");
    assert.deepEqual(questions, ["GET /containers/json"]);
  });

  it("are asked for by nobody on a machine without containers", async () => {
    await serve();
    const names = watch();
    for (const cgroup of ["/", "/system.slice/ssh.service", "/lxc.payload.web1", "/user.slice"]) names.nameOf(cgroup);
    await clock.advance(100);
    assert.equal(clock.waiting, 0);
    assert.deepEqual(questions, []);
  });

  it("are asked for twice a minute at most, however many are new", async () => {
    await serve();
    const names = watch();
    names.nameOf(path(web));
    await clock.advance(0);
    await until(() => names.version === 1);
    running = [...running, { Id: db, Names: ["/db"] }];
    assert.equal(names.nameOf(path(db)), undefined);
    await clock.advance(29);
    assert.equal(questions.length, 1);
    await clock.advance(1);
    await until(() => names.version === 2);
    assert.equal(names.nameOf(path(db)), "db");
    await clock.advance(1000);
    assert.equal(questions.length, 2);
  });

  it("stay unknown where the engine knows none, which is asked twice and not for ever", async () => {
    await serve();
    const names = watch();
    names.nameOf(path(other));
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(names.nameOf(path(other)), undefined);
    }
    assert.equal(questions.length, 2);
    assert.equal(names.version, 0);
    assert.deepEqual(messages(), []);
  });

  it("come from every engine that there is", async () => {
    const podman = `${socket}.podman`;
    await serve();
    await serve((_, response) => response.end(JSON.stringify([{ Id: db, Names: ["db"] }])), podman);
    const names = watch([socket, podman, `${socket}.none`]);
    names.nameOf(path(web));
    names.nameOf(path(db));
    await clock.advance(0);
    await until(() => names.version === 1);
    assert.deepEqual([names.nameOf(path(web)), names.nameOf(path(db))], ["web", "db"]);
    assert.deepEqual(messages(), []);
  });

  it("come from a user's own engine for that user's containers, and from nobody else's", async () => {
    const rootfs = await makeDirectory();
    const runtime = join(rootfs, "run/user/1000/podman");
    mkdirSync(runtime, { recursive: true });
    await serve(
      (_, response) =>
        response.end(
          JSON.stringify([
            { Id: web, Names: ["shop"] },
            { Id: db, Names: ["posing"] },
          ]),
        ),
      join(runtime, "podman.sock"),
    );
    const names = new ContainerNames({
      sockets: [],
      listOfUser: (userId, signal) => listUserContainers({ rootfs, reads: directReads() }, userId, signal),
      containerOf: (cgroup) => namesOfCgroup(cgroup).container,
      clock,
      log: log.log,
    });
    watched.push(names);
    const cgroupOf = (userId: number, id: string) =>
      `/user.slice/user-${userId}.slice/user@${userId}.service/user.slice/libpod-${id}.scope/container`;
    for (const cgroup of [cgroupOf(1000, web), cgroupOf(1001, web), path(db)]) assert.equal(names.nameOf(cgroup), undefined);
    await clock.advance(0);
    await until(() => names.version === 1);
    assert.deepEqual(
      [cgroupOf(1000, web), cgroupOf(1001, web), path(db)].map((cgroup) => names.nameOf(cgroup)),
      ["shop", undefined, undefined],
    );
  });

  it("are not waited for when an engine hangs, which is said once", async () => {
    await serve(() => undefined);
    const names = watch();
    assert.equal(names.nameOf(path(web)), undefined);
    await clock.advance(0);
    await until(() => questions.length === 1);
    assert.equal(names.nameOf(path(web)), undefined);
    await clock.advance(5);
    await until(() => messages().length === 1);
    assert.deepEqual(messages(), [["warn", "the names of containers are not known, so their ids are shown", "no answer within 5 s"]]);
    await clock.advance(30);
    await until(() => questions.length === 2);
    await clock.advance(5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(messages().length, 1);
  });

  it("of one engine wait for another that hangs no longer than its five seconds", async () => {
    const hanging = `${socket}.podman`;
    await serve();
    await serve(() => undefined, hanging);
    const names = watch([socket, hanging]);
    names.nameOf(path(web));
    await clock.advance(0);
    await until(() => questions.length === 2);
    await clock.advance(5);
    await until(() => names.version === 1);
    assert.equal(names.nameOf(path(web)), "web");
  });

  it("are known once the engine works again", async () => {
    let broken = true;
    await serve((_, response) => {
      if (broken) response.writeHead(500).end("no");
      else response.end(JSON.stringify(running));
    });
    const names = watch();
    names.nameOf(path(web));
    await clock.advance(0);
    await until(() => messages().length === 1);
    broken = false;
    await clock.advance(30);
    await until(() => names.version === 1);
    assert.equal(names.nameOf(path(web)), "web");
    assert.deepEqual(messages(), [
      ["warn", "the names of containers are not known, so their ids are shown", "expected status 200, got 500"],
      ["info", "the names of containers are known again", undefined],
    ]);
  });

  it("come from an engine that is started later", async () => {
    const names = watch();
    names.nameOf(path(web));
    await clock.advance(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await serve();
    await clock.advance(30);
    await until(() => names.version === 1);
    assert.equal(names.nameOf(path(web)), "web");
    assert.deepEqual(messages(), []);
  });

  for (const [what, answer] of [
    ["no JSON", "<html>"],
    ["no list", "{}"],
    ["no ids", '[{"Names":["/x"]}]'],
  ] as const) {
    it(`are not taken from an answer that is ${what}`, async () => {
      await serve((_, response) => response.end(answer));
      const names = watch();
      names.nameOf(path(web));
      await clock.advance(0);
      await until(() => messages().length === 1);
      assert.equal(messages()[0]?.[2], "expected a list of containers with Id and Names");
    });
  }

  it("are not taken from an answer without end", async () => {
    await serve((_, response) => {
      const chunk = " ".repeat(1 << 20);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const names = watch();
    names.nameOf(path(web));
    await clock.advance(0);
    await until(() => messages().length === 1);
    assert.equal(messages()[0]?.[2], "the answer is too long");
  });

  it("are not asked for any more after closing", async () => {
    await serve(() => undefined);
    const names = watch();
    names.nameOf(path(web));
    await clock.advance(0);
    await until(() => questions.length === 1);
    names.close();
    await clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(questions.length, 1);
    assert.deepEqual(messages(), []);
  });
});
