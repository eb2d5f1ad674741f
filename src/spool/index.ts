/** The door of this folder: one durable bounded queue for whatever must not be lost. */
export type { Entry } from "./batches.ts";
export { makeDirectory, syncDirectory, writeDurably } from "./durable.ts";
export { openSpool, type Spool, type SpoolOptions } from "./spool.ts";
