import { type Config, ConfigError, formatProblem, type LoadOptions, loadConfig } from "../../src/config.ts";

/** Loads a configuration from files that only exist in the test; everything happens in /etc/culprit. */
export function load(files: Readonly<Record<string, string>>, options: LoadOptions = {}): Config {
  const readFile = (path: string): string => {
    const text = files[path.replace(/^\/etc\/culprit\//, "")];
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    return text;
  };
  return loadConfig({ env: {}, cwd: "/etc/culprit", readFile, ...options });
}

/** The configuration from one file. */
export function loadText(text: string, options: LoadOptions = {}): Config {
  return load({ "culprit.yml": text }, options);
}

/** The problems of what cannot be loaded, a line each. */
export function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(formatProblem);
    throw error;
  }
  return [];
}
