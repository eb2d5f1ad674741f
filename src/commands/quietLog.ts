/** The log of a command that answers by itself: what goes well is not worth a line, unless somebody asks for it. */
import type { Config, ParsedFlags } from "../config.ts";

/** The settings with only warnings, where no flag says otherwise. */
export function quietLog(settings: Config["log"], { values }: ParsedFlags): Config["log"] {
  const isLoud = settings.level === "info" || settings.level === "debug";
  return isLoud && !values.has("log.level") ? { ...settings, level: "warn" } : settings;
}
