/** `node scripts/page.mjs [OUT]`: bundles the live page alone, into dist/ or the folder that is named, and says how large it is. */
import { join, resolve } from "node:path";
import { bundlePage } from "./lib/bundlePage.mjs";
import { root } from "./lib/project.mjs";

const { code, output, packedBytes } = await bundlePage(resolve(process.argv[2] ?? join(root, "dist")));
process.stdout.write(code === 0 ? `the live page: ${packedBytes} bytes packed\n` : output);
process.exitCode = code;
