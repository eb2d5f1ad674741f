import assert from "node:assert/strict";
import { parsePasswd } from "../../src/procfs/passwd.ts";
import { parseCgroups, parseCommandLine, parseStatusUserId } from "../../src/procfs/pidIdentity.ts";
import { newPidStat, parsePidStat } from "../../src/procfs/pidStat.ts";

function parse(line: string) {
  const bytes = Buffer.from(line, "latin1");
  const stat = newPidStat();
  parsePidStat(bytes, bytes.length, stat);
  return { ...stat, comm: bytes.toString("utf8", stat.commStart, stat.commEnd) };
}

const tail = "S 1 42 42 0 -1 4194304 110 0 0 0 7 3 5 2 20 0 4 0 178183 17162240 3424 18446744073709551615 1 2 3";

describe("the kernel's process files", () => {
  it("reads the counters of a process", () => {
    const stat = parse(`42 (sleep) ${tail}\n`);
    assert.deepEqual(
      { ...stat, commStart: 0, commEnd: 0 },
      {
        pid: 42,
        comm: "sleep",
        commStart: 0,
        commEnd: 0,
        state: "S".charCodeAt(0),
        parentPid: 1,
        sessionId: 42,
        flags: 4194304,
        userTicks: 7,
        systemTicks: 3,
        childUserTicks: 5,
        childSystemTicks: 2,
        threads: 4,
        startTicks: 178183,
        virtualBytes: 17162240,
        residentPages: 3424,
      },
    );
  });

  for (const name of ["a) (b", ") R 1 (", "(((", "two words", "", ")"]) {
    it(`ends a process' name at the last parenthesis: ${JSON.stringify(name)}`, () => {
      const stat = parse(`42 (${name}) ${tail}\n`);
      assert.equal(stat.comm, name);
      assert.equal(stat.userTicks, 7);
      assert.equal(stat.residentPages, 3424);
    });
  }

  it("shows a name with broken UTF-8 with a replacement character", () => {
    assert.equal(parse(`42 (caf\xe9) ${tail}\n`).comm, "caf\ufffd");
  });

  it("quotes a line that is cut short", () => {
    assert.throws(() => parse("42 (sleep) S 1 42\n"), /24 fields.*sleep/);
    assert.throws(() => parse("nonsense"), /pid \(name\)/);
  });

  it("splits a command line at its NULs and keeps empty arguments", () => {
    assert.deepEqual(parseCommandLine(Buffer.from("grep\0\0file\0")), ["grep", "", "file"]);
    assert.deepEqual(parseCommandLine(Buffer.from("postgres: writer process   \0\0\0")), ["postgres: writer process   "]);
    assert.deepEqual(parseCommandLine(Buffer.alloc(0)), []);
  });

  it("prefers the unified cgroup path and falls back to the hierarchy that says something", () => {
    assert.equal(parseCgroups("0::/system.slice/nginx.service\n").path, "/system.slice/nginx.service");
    assert.equal(parseCgroups("0::/system.slice/nginx.service (deleted)\n").unified, "/system.slice/nginx.service");
    assert.equal(parseCgroups("4:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n0::/\n").path, "/docker/abc");
    assert.equal(parseCgroups("1:name=systemd:/a:b\n0::/\n").path, "/a:b");
    assert.equal(parseCgroups("0::/\n").path, "/");
  });

  it("takes the effective user of a process", () => {
    assert.equal(parseStatusUserId("p", "Name:\tsudo\nUid:\t1000\t0\t0\t0\n"), 0);
    assert.throws(() => parseStatusUserId("/proc/7/status", "Name:\tx\n"), /\/proc\/7\/status/);
  });

  it("reads user names, the first of two with one number", () => {
    assert.deepEqual(
      [...parsePasswd("root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n\n# comment\nbad\npostgres:x:106:110::/:/bin/sh\n")],
      [
        [0, "root"],
        [106, "postgres"],
      ],
    );
  });
});
