/** `npm run build`: compiles src, test and bench into dist/, whether or not that is needed. */
import { build } from "./lib/build.mjs";

const { code, output } = await build();
process.stdout.write(output);
process.exitCode = code;
