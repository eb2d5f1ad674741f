import assert from "node:assert/strict";
import { CpuCounter } from "../../../src/collectors/portable/cpu.ts";
import { disksOf, filesystemsOf, networkOf } from "../../../src/collectors/portable/levels.ts";
import { isKernelThread, nameOf, stateOf } from "../../../src/collectors/portable/processFacts.ts";
import { windowFor } from "../../../src/collectors/portable.ts";
import { carefulRedactor } from "../../../src/redact/redactor.ts";

const ticks = { rawLoadUser: 0, rawLoadNice: 0, rawLoadSystem: 0, rawLoadIdle: 0, rawLoadIrq: 0 };
const process = { pid: 10, parentPid: 1, name: "sh", cpu: 0, cpuu: 0, cpus: 0, memRss: 1, state: "sleeping", command: "sh" };

describe("systeminformation's answers on Linux [any OS]", () => {
  it("leave out the wait for disks: what no mode explains is waiting, not work", () => {
    const cpu = new CpuCounter({ remainderWaits: true });
    cpu.add([ticks], 100);
    cpu.add([{ ...ticks, rawLoadUser: 1000, rawLoadIdle: 1500 }], 105);
    const { total } = cpu.reading(0);
    assert.deepEqual([total.user, total.idle, total.iowait], [1, 1.5, 2.5]);
    assert.equal(cpu.busySeconds, 1);
  });

  it("count nothing twice where the modes explain more than the time that passed", () => {
    const cpu = new CpuCounter({ remainderWaits: true });
    cpu.add([ticks], 100);
    cpu.add([{ ...ticks, rawLoadIdle: 5010 }], 105);
    assert.equal(cpu.reading(0).total.iowait, 0);
  });

  it("count a counter that fell as one that stood still", () => {
    const cpu = new CpuCounter({ remainderWaits: false });
    cpu.add([{ ...ticks, rawLoadIdle: -20, rawLoadUser: 30 }], 100);
    assert.deepEqual(cpu.reading(0).total.idle, 0);
  });

  it("cut the names of kernel threads, which the command still holds", () => {
    const worker = { ...process, parentPid: 2, name: "u4:1-flush", command: "kworker/u4:1-flush" };
    assert.equal(isKernelThread(worker, "linux"), true);
    assert.equal(nameOf(worker, "linux", carefulRedactor), "kworker/u4:1-flush");
    assert.equal(isKernelThread(worker, "darwin"), false);
  });

  it("know no word for idle, so the state is not known", () => {
    assert.equal(stateOf({ ...process, state: "unknown" }), "");
  });

  it("call a share of another host read-only for want of knowing", () => {
    const levels = { type: "nfs4", size: 100, used: 40, available: 50 };
    const readings = filesystemsOf(
      [
        { ...levels, fs: "nas:/export", mount: "/mnt/nas", rw: false },
        { ...levels, fs: "/dev/sda1", mount: "/", type: "ext4", rw: true },
        { ...levels, fs: "/dev/sr0", mount: "/media/cd", type: "udf", rw: false },
        { ...levels, fs: "overlay", mount: "/var/lib/docker/overlay2/x/merged", type: "overlay", rw: false },
      ],
      "linux",
    );
    assert.deepEqual(
      readings.map((one) => [one.mountpoint, one.readOnly]),
      [
        ["/mnt/nas", undefined],
        ["/", false],
        ["/media/cd", true],
      ],
    );
    assert.deepEqual(readings[0]?.size, { sizeBytes: 100, freeBytes: 60, availableBytes: 50 });
  });

  it("are zeros where lsblk is missing: that is no disk, not an idle one", () => {
    assert.equal(disksOf({ rx: 0, wx: 0 }), undefined);
    assert.equal(disksOf(null), undefined);
    assert.deepEqual(disksOf({ rx: 5, wx: 0 }), [{ device: "all", whole: true, readBytes: 5, writtenBytes: 0 }]);
  });

  it("are zeros for an interface that could not be asked", () => {
    const zeros = { rx_bytes: 0, rx_dropped: 0, rx_errors: 0, tx_bytes: 0, tx_dropped: Number.NaN, tx_errors: 0 };
    const readings = networkOf([
      { ...zeros, iface: "eth1", operstate: "unknown" },
      { ...zeros, iface: "eth2", operstate: "down" },
      { ...zeros, iface: "lo", operstate: "unknown", rx_bytes: 7, tx_bytes: 7 },
    ]);
    assert.deepEqual(
      readings.map((one) => [one.device, one.receive.bytes, one.transmit.drops]),
      [
        ["eth2", 0, undefined],
        ["lo", 7, undefined],
      ],
    );
  });
});

describe("the window of a slow source [any OS]", () => {
  it("holds six readings at least", () => {
    assert.equal(windowFor(60, 5), 60);
    assert.equal(windowFor(60, 15), 90);
    assert.equal(windowFor(300, 15), 300);
  });
});
