/** `npm run bench -- NAME [options]`: runs one of the programs beside this one. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".js") && file !== "main.js")
  .map((file) => file.slice(0, -".js".length));
const [name = "", ...args] = process.argv.slice(2);
if (names.includes(name)) {
  const child = spawn(process.execPath, ["--enable-source-maps", `${folder}${name}.js`, ...args], { stdio: "inherit" });
  // Ctrl-C reaches the child by itself: it cleans up, and this waits for it
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  console.error(`expected one of ${names.join(", ")} after \`npm run bench --\`, not ${JSON.stringify(name)}`);
  process.exitCode = 2;
}
