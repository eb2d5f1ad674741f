import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../support/paths.ts";

/** What the server's sources register, as `GET /archives`; a parameter or what the build makes is a star. */
export function registeredRoutes(): readonly string[] {
  const folder = join(packageRoot(), "src", "server", "routes");
  return readdirSync(folder).flatMap((file) => {
    const found = readFileSync(join(folder, file), "utf8").matchAll(
      /router\.(get|post|delete)\((?:["`]([^"`]+)["`]|exactly\(settings\.telemetryPath\))/g,
    );
    return [...found].map(([, method = "", path = "/metrics"]) => `${method.toUpperCase()} ${path.replaceAll(/:\w+|\$\{[^}]*\}/g, "*")}`);
  });
}
