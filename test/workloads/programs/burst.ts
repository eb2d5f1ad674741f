/** burst SECONDS [FILE [KEY]]: burns so much CPU and is gone; with a file it is its own witness. */
import { burnUntil, reportAndDie } from "./program.ts";

const [seconds = "0.3", file, key] = process.argv.slice(2);
burnUntil(Number(seconds));
if (file !== undefined) reportAndDie(file, key);
