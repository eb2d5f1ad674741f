import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NowContext } from "../../src/capture/making/part.ts";
import { readProcessList } from "../../src/capture/making/processList.ts";
import { processesPart } from "../../src/capture/parts/processes.ts";
import type { ProcRoot } from "../../src/procfs/root.ts";
import { readKernelUnits } from "../../src/procfs/units.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, smallProcessList, textOf } from "./support.ts";

const units = { ticksPerSecond: 100, pageBytes: 4096 };
const namesOfCgroup = (path: string) => ({ unit: path.split("/").at(-1) ?? "", container: "" });

describe("the list of processes", () => {
  const tempDirectory = tempDirectories();

  interface FakeProcess {
    readonly stat: string;
    readonly argv?: readonly string[];
    readonly uid?: number;
  }

  async function rootWith(processes: Readonly<Record<number, FakeProcess>>): Promise<ProcRoot> {
    const directory = await tempDirectory();
    const procfs = join(directory, "proc");
    await mkdir(join(directory, "etc"), { recursive: true });
    await writeFile(join(directory, "etc/passwd"), "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n");
    await mkdir(procfs);
    await writeFile(join(procfs, "uptime"), "1000.00 1800.00\n");
    for (const [pid, { stat, argv, uid }] of Object.entries(processes)) {
      await mkdir(join(procfs, pid));
      await writeFile(join(procfs, pid, "stat"), stat);
      await writeFile(join(procfs, pid, "cgroup"), "0::/system.slice/web.service\n");
      if (argv !== undefined) await writeFile(join(procfs, pid, "cmdline"), `${argv.join("\0")}\0`);
      if (uid !== undefined) await writeFile(join(procfs, pid, "status"), `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    }
    return { procfs, sysfs: join(directory, "sys"), rootfs: directory };
  }

  const read = (root: ProcRoot) => readProcessList({ root, units, clock: new ManualClock(), reads: directReads(), namesOfCgroup });

  const stat = (pid: number, name: string, state = "S", flags = 0) =>
    `${pid} (${name}) ${state} 1 1 1 0 -1 ${flags} 0 0 0 0 150 50 0 0 20 0 7 0 90000 1000000 256 0\n`;

  it("holds what the kernel says, in seconds and bytes", async () => {
    const list = await read(await rootWith({ 42: { stat: stat(42, "a) (b"), argv: ["/usr/bin/web", "--listen", ":80"], uid: 33 } }));
    assert.deepEqual(list.rows, [
      {
        pid: 42,
        parentPid: 1,
        user: "web",
        state: "S",
        threads: 7,
        cpuSeconds: 2,
        residentBytes: 1_048_576,
        ageSeconds: 100,
        unit: "web.service",
        container: "",
        process: "a) (b",
        kernelThread: false,
        commandLine: "/usr/bin/web --listen :80",
      },
    ]);
    assert.equal(list.secretsComplete, true);
  });

  it("shows a container by the name that its engine has told, and by its id until then", async () => {
    const root = await rootWith({ 30: { stat: stat(30, "db") }, 31: { stat: stat(31, "new") }, 32: { stat: stat(32, "free") } });
    const cgroups: Readonly<Record<number, string>> = { 30: "/docker/aaaaaaaaaaaa", 31: "/docker/bbbbbbbbbbbb", 32: "/user.slice" };
    for (const [pid, path] of Object.entries(cgroups)) await writeFile(join(root.procfs, pid, "cgroup"), `0::${path}\n`);
    const { rows } = await readProcessList({
      root,
      units,
      clock: new ManualClock(),
      reads: directReads(),
      namesOfCgroup: (path) => ({ unit: "docker.service", container: path.startsWith("/docker/") ? path.slice(8) : "" }),
      // the last one lies: who is in no container has no container's name
      containerName: (path) => (path === "/docker/bbbbbbbbbbbb" ? undefined : `name of ${path}`),
    });
    assert.deepEqual(
      rows.map(({ unit, container }) => ({ unit, container })),
      ["name of /docker/aaaaaaaaaaaa", "bbbbbbbbbbbb", ""].map((container) => ({ unit: "docker.service", container })),
    );
  });

  it("goes on without what vanishes or cannot be read", async () => {
    const root = await rootWith({
      7: { stat: stat(7, "kthreadd", "I", 0x200000) },
      8: { stat: stat(8, "gone by now") },
      9: { stat: stat(9, "zombie", "Z"), argv: [], uid: 99 },
    });
    await mkdir(join(root.procfs, "10"));
    const { rows, secretsComplete } = await read(root);
    assert.deepEqual(
      rows.map(({ pid, user, commandLine }) => ({ pid, user, commandLine })),
      [
        { pid: 7, user: undefined, commandLine: "" },
        { pid: 8, user: undefined, commandLine: "" },
        { pid: 9, user: "99", commandLine: "" },
      ],
    );
    assert.equal(secretsComplete, true, "what is gone or hidden from us is so for ps as well");
  });

  it("says when a command line could not be read that ps may show", async () => {
    const root = await rootWith({ 5: { stat: stat(5, "x") } });
    await mkdir(join(root.procfs, "5", "cmdline"));
    assert.equal((await read(root)).secretsComplete, false);
  });

  it("holds no secret, not even in the arguments of a process that merely repeats it", async () => {
    const generated = ["hV3kQ9", "zTw7Lr2X"].join("");
    const { rows, secrets } = await read(
      await rootWith({
        20: { stat: stat(20, "db"), argv: ["db", "--password", generated] },
        21: { stat: stat(21, "watch"), argv: ["watch", `db ${generated}`, "x"] },
      }),
    );
    assert.ok(secrets.some(({ pid, secrets }) => pid === 20 && secrets[0]?.value === generated));
    for (const row of rows) assert.ok(!JSON.stringify(row).includes(generated), JSON.stringify(row));
  });

  it("keeps the name of a program that is another's password", async () => {
    const { rows } = await read(
      await rootWith({
        20: { stat: stat(20, "docker"), argv: ["docker", "run", "-e", "GF_ADMIN_PASSWORD=grafana", "grafana/grafana"] },
        21: { stat: stat(21, "grafana"), argv: ["grafana", "server", "--homepath=/usr/share/grafana"] },
      }),
    );
    assert.deepEqual(
      rows.map(({ commandLine }) => commandLine),
      ["docker run -e GF_ADMIN_PASSWORD=*** grafana/grafana", "grafana server --homepath=/usr/share/grafana"],
    );
  });

  it("finds the processes of this machine", async () => {
    const child = spawn("/bin/sleep", ["1000"], { stdio: "ignore" });
    try {
      const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
      await eventually("the child is listed", async () => {
        const { rows } = await readProcessList({
          root,
          units: readKernelUnits(),
          clock: new ManualClock(),
          reads: directReads(),
          namesOfCgroup,
        });
        const own = rows.find((row) => row.pid === process.pid);
        const found = rows.find((row) => row.pid === child.pid);
        return found?.commandLine === "/bin/sleep 1000" && found.parentPid === process.pid && (own?.residentBytes ?? 0) > 1e6;
      });
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is shown aligned, the busiest first, and cannot move a terminal's cursor", async () => {
    const [row] = smallProcessList.rows;
    assert.ok(row);
    const list = {
      ...smallProcessList,
      rows: [row, { ...row, pid: 12345, cpuSeconds: 99, commandLine: "", process: "evil\u001b[2Jname", user: "x".repeat(12), state: "D" }],
    };
    const context: NowContext = { request: {} as NowContext["request"], processList: async () => list };
    const [text, json] = await processesPart.run(context, new AbortController().signal);
    const lines = (await textOf(text)).split("\n");
    assert.deepEqual(lines, [
      "2 processes at 1970-01-01 00:00:00 UTC, most CPU seconds since their start first",
      "",
      "  PID  PPID  USER          S  THREADS     CPU      RSS  AGE  UNIT/CONTAINER  COMMAND",
      "12345     0  xxxxxxxxxxxx  D        1  99.00s  12.0 MB   1d  init.scope      [evil\\x1b[2Jname]",
      "    1     0  root          S        1   1.50s  12.0 MB   1d  init.scope      /sbin/init",
      "",
    ]);
    const parsed = JSON.parse(await textOf(json)) as { processes: unknown[] };
    assert.deepEqual(parsed.processes, list.rows);
  });
});
