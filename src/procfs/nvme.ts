/** /sys/class/nvme: a folder a controller, with one for each of its namespaces (drivers/nvme/host/sysfs.c). */
import { defined } from "../model/defined.ts";
import type { NvmeReading } from "../model/hardware.ts";
import type { AskedFiles } from "./askedFiles.ts";
import { folderNames } from "./deviceFolders.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

const controllerFiles = ["firmware_rev", "model", "serial", "state", "cntlid"];
const namespaceFiles = ["size", "nuse", "queue/logical_block_size", "ana_state"];
const namespacePattern = /^nvme\d+n(\d+)$/;

/** Reads them; undefined where the machine has none. */
export async function readNvme(root: ProcRoot, files: AskedFiles, skips: Skips): Promise<NvmeReading[] | undefined> {
  const folder = `${root.sysfs}/class/nvme`;
  const devices = await folderNames(files, folder);
  if (devices === undefined) return undefined;
  const all = await Promise.all(
    devices.map(async (device) => ({ device, namespaces: (await folderNames(files, `${folder}/${device}`, namespacePattern)) ?? [] })),
  );
  const paths = all.flatMap(({ device, namespaces }) => [
    ...controllerFiles.map((file) => `${folder}/${device}/${file}`),
    ...namespaces.flatMap((namespace) => namespaceFiles.map((file) => `${folder}/${device}/${namespace}/${file}`)),
  ]);
  const texts = await files.texts(
    // how much is used the controller says
    paths.map((path) => ({ path, isDoubtful: path.endsWith("/nuse"), mayRefuse: true })),
    skips,
  );
  return all.map(({ device, namespaces }) => ({
    device,
    texts: new Map(controllerFiles.flatMap((file) => entry(file, texts.get(`${folder}/${device}/${file}`)))),
    namespaces: namespaces.map((namespace) => {
      const lineOf = (file: string) => texts.get(`${folder}/${device}/${namespace}/${file}`)?.trim();
      return {
        id: namespacePattern.exec(namespace)?.[1] ?? "",
        anaState: lineOf("ana_state") ?? "unknown",
        ...defined({
          blocks: numberIn(lineOf("size")),
          blocksUsed: numberIn(lineOf("nuse")),
          blockBytes: numberIn(lineOf("queue/logical_block_size")),
        }),
      };
    }),
  }));
}

function numberIn(line: string | undefined): number | undefined {
  return line !== undefined && /^\d+$/.test(line) ? Number(line) : undefined;
}

function entry(file: string, text: string | undefined): (readonly [string, string])[] {
  return text === undefined ? [] : [[file, text.trim()]];
}
