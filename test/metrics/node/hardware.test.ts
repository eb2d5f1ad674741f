import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { commonUnits } from "../../../src/procfs/units.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";
import { writeFiles } from "../../support/writeFiles.ts";
import { NodeMachine, seriesOf } from "./support.ts";

const mdstat = `Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]
md0 : active raid1 sdb1[1] sda1[0](F) sdc1[2](S)
      523712 blocks super 1.2 [2/1] [U_]
      [=>...................]  recovery =  8.5% (44544/523712) finish=17.0min speed=259783K/sec

md1 : active raid0 sde1[1] sdd1[0]
      1000000 blocks super 1.2 512k chunks

md2 : inactive sdf1[0](S)
      7000 blocks super 1.2

md3 : active raid5 sdi1[2] sdh1[1] sdg1[0]
      odd blocks
md4 : active raid1 sdk1[1] sdj1[0]
      900 blocks super 1.2 [2/2] [UU]
      \tresync=DELAYED
      bitmap: 0/1 pages [0KB], 65536KB chunk

unused devices: <none>
`;

describe("what only some machines have", () => {
  const newDirectory = tempDirectories();

  /** The series of a collector on a machine that is made of these files below proc, sys and root. */
  async function series(collector: string, files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}) {
    const folder = await newDirectory();
    writeFiles(folder, { "proc/loadavg": "0 0 0 1/2 3\n", "sys/power": "", "root/empty": "", ...files });
    for (const [path, target] of Object.entries(links)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      symlinkSync(target, join(folder, path));
    }
    const root = { procfs: join(folder, "proc"), sysfs: join(folder, "sys"), rootfs: join(folder, "root") };
    const node = new NodeMachine({ root, clock: new ManualClock(), units: commonUnits });
    try {
      await node.tick().catch(() => undefined);
      return seriesOf(node.families(collector), /^(?!node_exporter|node_scrape_collector_duration)/);
    } finally {
      node.close();
    }
  }

  for (const collector of "arp bonding cpufreq hwmon mdadm nvme os timex udp_queues".split(" "))
    it(`is absent where there is none: ${collector}`, async () => {
      assert.deepEqual(await series(collector, {}), [`node_scrape_collector_success{collector="${collector}"} 0`]);
    });

  it("mdadm: arrays by state and disks, and what an odd one says is left out", async () => {
    const shown = await series("mdadm", {
      "proc/mdstat": mdstat,
      "sys/block/md0/md/level": "raid1\n",
      "sys/block/md0/md/raid_disks": "2\n",
      "sys/block/md0/md/degraded": "1\n",
      "sys/block/md1/md/level": "raid0\n",
      "sys/block/md1/md/raid_disks": "3 (2)\n",
      "sys/block/sda/size": "1\n",
    });
    const of = (device: string, family: RegExp) => shown.filter((one) => one.includes(`"${device}"`) && family.test(one));
    assert.deepEqual(of("md0", /disks|blocks|degraded/), [
      'node_md_disks{device="md0",state="active"} 1',
      'node_md_disks{device="md0",state="failed"} 1',
      'node_md_disks{device="md0",state="spare"} 1',
      'node_md_disks_required{device="md0"} 2',
      'node_md_blocks{device="md0"} 523712',
      'node_md_blocks_synced{device="md0"} 44544',
      'node_md_raid_disks{device="md0"} 2',
      'node_md_degraded{device="md0"} 1',
    ]);
    const state = (device: string) =>
      of(device, /state="(\w+)"} 1$/).flatMap((one) => (/^node_md_state/.test(one) ? [/state="(\w+)"/.exec(one)?.[1]] : []));
    assert.deepEqual([state("md0"), state("md1"), state("md2"), state("md4")], [["recovering"], ["active"], ["inactive"], ["resync"]]);
    assert.deepEqual(of("md1", /required|raid_disks|degraded/), [
      'node_md_disks_required{device="md1"} 2',
      'node_md_raid_disks{device="md1"} 3',
      'node_md_degraded{device="md1"} 0',
    ]);
    assert.deepEqual(of("md4", /synced/), ['node_md_blocks_synced{device="md4"} 0']);
    assert.deepEqual(of("md3", /./), []);
  });

  it("hwmon: chips by their device's place, sensors in base units, alarms without", async () => {
    const chip = "sys/devices/platform/coretemp.0/hwmon/hwmon0";
    const shown = await series(
      "hwmon",
      {
        [`${chip}/name`]: "coretemp\n",
        [`${chip}/temp1_input`]: "45000\n",
        [`${chip}/temp1_label`]: "Package id 0\n",
        [`${chip}/temp1_crit_alarm`]: "0\n",
        [`${chip}/temp1_max`]: "80000\n",
        [`${chip}/fan2_input`]: "1200\n",
        [`${chip}/in0_input`]: "1032\n",
        [`${chip}/power1_average`]: "5000000\n",
        [`${chip}/energy1_input`]: "3000000\n",
        [`${chip}/pwm1`]: "98\n",
        [`${chip}/uevent`]: "",
      },
      { "sys/class/hwmon/hwmon0": "../../devices/platform/coretemp.0/hwmon/hwmon0", [`${chip}/device`]: "../../../coretemp.0" },
    );
    const at = 'chip="platform_coretemp_0"';
    assert.deepEqual([...shown].sort(), [
      `node_hwmon_chip_names{${at},chip_name="coretemp"} 1`,
      `node_hwmon_energy_joule_total{${at},sensor="energy1"} 3`,
      `node_hwmon_fan_rpm{${at},sensor="fan2"} 1200`,
      `node_hwmon_in_volts{${at},sensor="in0"} 1.032`,
      `node_hwmon_power_average_watt{${at},sensor="power1"} 5`,
      `node_hwmon_pwm{${at},sensor="pwm1"} 98`,
      `node_hwmon_sensor_label{${at},sensor="temp1",label="Package id 0"} 1`,
      `node_hwmon_temp_celsius{${at},sensor="temp1"} 45`,
      `node_hwmon_temp_crit_alarm_celsius{${at},sensor="temp1"} 0`,
      `node_hwmon_temp_max_celsius{${at},sensor="temp1"} 80`,
      'node_scrape_collector_success{collector="hwmon"} 1',
    ]);
  });

  it("thermal_zone: degrees, and how hard what cools does so", async () => {
    const folder = "sys/class/thermal";
    const shown = await series("thermal_zone", {
      [`${folder}/thermal_zone0/type`]: "x86_pkg_temp\n",
      [`${folder}/thermal_zone0/temp`]: "-1500\n",
      [`${folder}/thermal_zone1/type`]: "switched off\n",
      [`${folder}/cooling_device0/type`]: "Processor\n",
      [`${folder}/cooling_device0/cur_state`]: "-1\n",
      [`${folder}/cooling_device0/max_state`]: "10\n",
    });
    assert.deepEqual(shown.slice(0, 3), [
      'node_thermal_zone_temp{zone="0",type="x86_pkg_temp"} -1.5',
      'node_cooling_device_cur_state{name="0",type="Processor"} -1',
      'node_cooling_device_max_state{name="0",type="Processor"} 10',
    ]);
    assert.equal(shown.length, 4);
  });

  it("cpufreq: hertz and the governor", async () => {
    const folder = "sys/devices/system/cpu";
    const shown = await series("cpufreq", {
      [`${folder}/online`]: "0-1\n",
      [`${folder}/cpu0/cpufreq/cpuinfo_max_freq`]: "3700000\n",
      [`${folder}/cpu0/cpufreq/scaling_cur_freq`]: "1699981\n",
      [`${folder}/cpu0/cpufreq/scaling_governor`]: "powersave\n",
      [`${folder}/cpu0/cpufreq/scaling_available_governors`]: "performance powersave\n",
      [`${folder}/cpu1/online`]: "1\n",
    });
    assert.deepEqual(shown.slice(0, 4), [
      'node_cpu_frequency_max_hertz{cpu="0"} 3700000000',
      'node_cpu_scaling_frequency_hertz{cpu="0"} 1699981000',
      'node_cpu_scaling_governor{cpu="0",governor="performance"} 0',
      'node_cpu_scaling_governor{cpu="0",governor="powersave"} 1',
    ]);
    assert.equal(shown.length, 5);
  });

  it("bonding: members and those that work, by either name of their link", async () => {
    const folder = "sys/class/net";
    const shown = await series("bonding", {
      [`${folder}/bonding_masters`]: "bond0 int\n",
      [`${folder}/bond0/bonding/slaves`]: "eth0 eth4\n",
      [`${folder}/bond0/lower_eth0/bonding_slave/mii_status`]: "up\n",
      [`${folder}/bond0/slave_eth4/bonding_slave/mii_status`]: "down\n",
      [`${folder}/int/bonding/slaves`]: "\n",
    });
    assert.deepEqual(shown.slice(0, 4), [
      'node_bonding_slaves{master="bond0"} 2',
      'node_bonding_slaves{master="int"} 0',
      'node_bonding_active{master="bond0"} 1',
      'node_bonding_active{master="int"} 0',
    ]);
  });

  it("nvme: what the controller is, and its namespaces in bytes", async () => {
    const folder = "sys/class/nvme/nvme0";
    const shown = await series("nvme", {
      [`${folder}/model`]: "Samsung SSD\n",
      [`${folder}/serial`]: "S680\n",
      [`${folder}/firmware_rev`]: "1B2\n",
      [`${folder}/state`]: "live\n",
      [`${folder}/cntlid`]: "6\n",
      [`${folder}/nvme0n1/size`]: "100\n",
      [`${folder}/nvme0n1/nuse`]: "10\n",
      [`${folder}/nvme0n1/queue/logical_block_size`]: "4096\n",
    });
    assert.deepEqual(shown.slice(0, -1), [
      'node_nvme_info{device="nvme0",firmware_revision="1B2",model="Samsung SSD",serial="S680",state="live",cntlid="6"} 1',
      'node_nvme_namespace_info{device="nvme0",nsid="1",ana_state="unknown"} 1',
      'node_nvme_namespace_capacity_bytes{device="nvme0",nsid="1"} 409600',
      'node_nvme_namespace_size_bytes{device="nvme0",nsid="1"} 409600',
      'node_nvme_namespace_used_bytes{device="nvme0",nsid="1"} 40960',
      'node_nvme_namespace_logical_block_size_bytes{device="nvme0",nsid="1"} 4096',
    ]);
  });

  it("os: the file's values without their quotes, the version as a number, the end of support", async () => {
    const text =
      'NAME="Debian GNU/Linux"\nVERSION_ID=12.4.1\nID=debian\nPRETTY_NAME=\'It is "12"\'\nVARIANT="a \\"b\\""\nSUPPORT_END=2028-06-30\n# X=1\n';
    const shown = await series("os", { "root/usr/lib/os-release": text });
    assert.match(
      shown[0] ?? "",
      /^node_os_info\{build_id="",id="debian",.*name="Debian GNU\/Linux",pretty_name="It is "12"",variant="a "b"",/,
    );
    assert.deepEqual(shown.slice(1, 3), [
      'node_os_version{id="debian",id_like="",name="Debian GNU/Linux"} 12.4',
      `node_os_support_end_timestamp_seconds ${Date.UTC(2028, 5, 30) / 1000}`,
    ]);
  });

  it("arp and udp_queues: sums of the lines", async () => {
    const arp =
      "IP address HW type Flags HW address Mask Device\n10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n10.0.0.2 0x1 0x2 02:00:00:00:00:02 * eth0\n10.1.0.2 0x1 0x2 02:00:00:00:00:03 * wg0\n";
    assert.deepEqual((await series("arp", { "proc/net/arp": arp })).slice(0, 2), [
      'node_arp_entries{device="eth0"} 2',
      'node_arp_entries{device="wg0"} 1',
    ]);
    const line = (queues: string) => `  1: 0100007F:0035 00000000:0000 07 ${queues} 00:00000000 00000000 0 0 12 2 0 0\n`;
    const udp = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n${line("00000000:00000015")}${line("00000010:00000001")}`;
    assert.deepEqual((await series("udp_queues", { "proc/net/udp": udp })).slice(0, 2), [
      'node_udp_queues{queue="tx",ip="v4"} 16',
      'node_udp_queues{queue="rx",ip="v4"} 22',
    ]);
  });
});
