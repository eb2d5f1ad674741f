/** The programs that a release needs from elsewhere. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * @typedef {object} Needed
 * @property {string} program
 * @property {string} what it is needed for
 * @property {string} from where it comes from
 */

/**
 * @param {readonly Needed[]} needed
 * @param {string} search a PATH
 * @throws when programs are missing; says which, what for, and where they come from
 */
export function requirePrograms(needed, search = process.env.PATH ?? "") {
  const missing = needed.filter(({ program }) => !isInstalled(program, search));
  if (missing.length === 0) return;
  const lines = missing.map(({ program, what, from }) => `  ${program}: needed for ${what}; ${from}`);
  throw new Error(`programs are missing:\n${lines.join("\n")}`);
}

/** @param {string} program @param {string} search */
function isInstalled(program, search) {
  return search.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/**
 * @param {string} name what people know it by
 * @param {Promise<{ code: number, output: string }>} running
 * @returns {Promise<{ code: number, output: string }>}
 * @throws with what it said when it failed
 */
export async function must(name, running) {
  const result = await running;
  if (result.code !== 0) throw new Error(`${name} failed with exit code ${result.code}:\n${result.output.trim()}`);
  return result;
}
