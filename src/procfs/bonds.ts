/** Bonded interfaces: /sys/class/net/bonding_masters and the state of each member (Documentation/networking/bonding.rst). */
import type { BondReading } from "../model/hardware.ts";
import type { AskedFiles } from "./askedFiles.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

/** Reads them; undefined where the module for it is not loaded. */
export async function readBonds(root: ProcRoot, files: AskedFiles, skips: Skips): Promise<BondReading[] | undefined> {
  const folder = `${root.sysfs}/class/net`;
  const ask = (paths: readonly string[]) =>
    files.texts(
      paths.map((path) => ({ path, mayRefuse: true })),
      skips,
    );
  const mastersPath = `${folder}/bonding_masters`;
  const masters = (await ask([mastersPath])).get(mastersPath);
  if (masters === undefined) return undefined;
  const names = words(masters);
  const slavesOf = (master: string) => `${folder}/${master}/bonding/slaves`;
  const lists = await ask(names.map(slavesOf));
  const members = names.map((master) => ({ master, slaves: words(lists.get(slavesOf(master)) ?? "") }));
  // old kernels call the link slave_eth0
  const statePaths = (master: string, slave: string) =>
    ["lower", "slave"].map((kind) => `${folder}/${master}/${kind}_${slave}/bonding_slave/mii_status`);
  const states = await ask(members.flatMap(({ master, slaves }) => slaves.flatMap((slave) => statePaths(master, slave))));
  const isUp = (master: string, slave: string) => statePaths(master, slave).some((path) => states.get(path)?.trim() === "up");
  return members.map(({ master, slaves }) => ({
    master,
    slaves: slaves.length,
    active: slaves.filter((slave) => isUp(master, slave)).length,
  }));
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
