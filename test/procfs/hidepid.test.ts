import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { hiddenProcessesText, parseHiddenProcesses } from "../../src/procfs/hidepid.ts";
import { mainPath } from "../support/paths.ts";
import { requireFree, requireRoot, requireServer } from "../support/servers.ts";

const root = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n";
const proc = (options: string, point = "/proc") => `${root}23 22 0:21 / ${point} rw,nosuid - proc proc ${options}\n`;
const nobody = { capabilities: 0n, groups: [65534] };

describe("Processes that /proc hides", () => {
  it("are told by the mount, and by what its reader may do", () => {
    assert.deepEqual(parseHiddenProcesses(proc("rw,hidepid=invisible"), "/proc", nobody), { option: "hidepid=invisible" });
    assert.deepEqual(parseHiddenProcesses(proc("rw,gid=27,hidepid=2"), "/proc", nobody), { option: "hidepid=2", group: 27 });
    assert.deepEqual(parseHiddenProcesses(proc("rw,gid=27,hidepid=ptraceable"), "/proc", { ...nobody, groups: [27] }), {
      option: "hidepid=ptraceable",
    });
    assert.deepEqual(parseHiddenProcesses(proc("rw,hidepid=1", "/host\\040proc"), "/host proc", nobody), { option: "hidepid=1" });
    for (const [options, looker] of [
      ["rw", nobody],
      ["rw,hidepid=0", nobody],
      ["rw,hidepid=off", nobody],
      ["rw,gid=27,hidepid=2", { ...nobody, groups: [65534, 27] }],
      ["rw,hidepid=2", { ...nobody, capabilities: 1n << 19n }],
    ] as const) {
      assert.equal(parseHiddenProcesses(proc(options), "/proc", looker), undefined, options);
    }
    // what is mounted over it is what is seen
    assert.equal(parseHiddenProcesses(proc("rw,hidepid=2") + proc("rw").slice(root.length), "/proc", nobody), undefined);
    assert.equal(parseHiddenProcesses("", "/proc", nobody), undefined);
  });

  it("can be seen by whoever does what the note says", () => {
    assert.match(
      hiddenProcessesText({ option: "hidepid=2" }),
      /AmbientCapabilities=CAP_SYS_PTRACE in its unit\), or mount \/proc with gid=GROUP/,
    );
    assert.match(hiddenProcessesText({ option: "hidepid=2", group: 27 }), /SupplementaryGroups=27\)$/);
  });

  it("get no name from culprit once, which says how large their part is, and names them again where it may look", function () {
    this.timeout(180_000);
    requireRoot(this);
    requireServer(this, "setpriv");
    const user = ["--reuid=65534", "--regid=65534"];
    const readable = spawnSync("setpriv", [...user, "--clear-groups", "test", "-r", mainPath()]).status === 0;
    requireFree(this, readable ? undefined : "the checkout must be readable for everybody");
    const once = (...rights: readonly string[]) => {
      const script = 'mount -t proc -o hidepid=2,gid=4242 proc /proc && cd / && setpriv "$@"';
      const burner = "const end = Date.now() + 60000; while (Date.now() < end);";
      const program = [...user, ...rights, process.execPath, mainPath(), "once", "--seconds=3"];
      // the burner has our pipe too, and would keep us waiting for its end
      const args = ["-m", "sh", "-c", `"$0" -e '${burner}' & ${script}; code=$?; kill $!; exit $code`, process.execPath, ...program];
      const { stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
      assert.ok(stdout !== "", stderr);
      return stdout.replace(/\s+/g, " ");
    };
    const blind = once("--clear-groups", "--inh-caps=-all", "--bounding-set=-all");
    assert.match(blind, /Note: \d+ % of the CPU use belongs to nobody who could be seen: \/proc is mounted with hidepid=/);
    assert.match(blind, /could not be traced|who wants them was not seen/);
    assert.doesNotMatch(blind, /`culprit[^`]*` (?:\([^)]*\) )?(?:has most|uses the most|wants most)/);
    assert.doesNotMatch(once("--groups=4242", "--inh-caps=-all", "--bounding-set=-all"), /hidepid/);
    assert.doesNotMatch(once("--clear-groups", "--inh-caps=+sys_ptrace", "--ambient-caps=+sys_ptrace"), /hidepid/);
  });
});
