/** The door of this folder: one durable bounded queue for whatever must not be lost. */
export type { Entry } from "./batches.ts";
export {
  inItsDirectory,
  makeDirectory,
  makeDirectoryIfPossible,
  moveAside,
  refusesToWrite,
  syncDirectory,
  unlessRefused,
  writeDurably,
} from "./durable.ts";
export { isStillAlive, readBirth } from "./processBirth.ts";
export { openSpool, type Spool, type SpoolOptions } from "./spool.ts";
