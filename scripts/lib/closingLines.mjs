/** The last lines of `npm test`: what failed, what was unsteady, what was pending and why, and the counts, alone on the last line. */

/** @typedef {import("./testOutcome.mjs").Outcome} Outcome */

/** @typedef {{ readonly program?: string, readonly package?: string, readonly reason?: string }} Want what test/support/servers.ts wrote */

const costlyFiles = 10;

/**
 * @param {Outcome} outcome
 * @param {{ readonly wants: readonly Want[], readonly costs: boolean, readonly isCi: boolean }} options
 * @returns {string[]}
 */
export function closingLines(outcome, { wants, costs, isCi }) {
  const { passed, failures, broken, unsteady, pending, seconds } = outcome;
  const lines = [...broken];
  const failed = failures.length + broken.length;
  if (passed + failed + unsteady.length + pending.length === 0) lines.push("No test matched.");
  for (const { title, error } of failures) lines.push(`Failed: ${title}\n${error}\n`);
  for (const { title, error } of unsteady) {
    lines.push(`Unsteady: ${title}, failed once (${firstLine(error)}), passed when its file was run again alone\n${error}\n`);
  }
  if (costs) lines.push(describeCosts(seconds));
  if (pending.length > 0) lines.push(describePending(pending, wants, isCi));
  const counts = [`${passed} passed`, `${failed} failed`];
  if (unsteady.length > 0) counts.push(`${unsteady.length} unsteady`);
  if (pending.length > 0) counts.push(`${pending.length} skipped`);
  return [...lines, counts.join(", ")];
}

/** @param {string} error */
function firstLine(error) {
  return error.split("\n").find((line) => line.trim() !== "") ?? "without a word";
}

/** @param {Readonly<Record<string, number>>} seconds by compiled file */
function describeCosts(seconds) {
  const ranked = Object.entries(seconds)
    .sort(([, a], [, b]) => b - a)
    .slice(0, costlyFiles);
  const lines = ranked.map(([path, cost]) => `  ${cost.toFixed(1).padStart(6)} s  ${path}`);
  return ["The files that took longest:", ...lines].join("\n");
}

/**
 * @param {readonly string[]} titles
 * @param {readonly Want[]} wants
 * @param {boolean} isCi
 */
function describePending(titles, wants, isCi) {
  const programs = distinct(wants.map((want) => want.program));
  const reasons = distinct(wants.map((want) => want.reason));
  if (programs.length > 0) {
    const packages = distinct(wants.map((want) => want.package)).join(" ");
    reasons.unshift(`not found: ${programs.join(", ")}; apt-get install ${packages} would run what needs them`);
  }
  const why = reasons.length > 0 ? reasons.join("; ") : `no reason was given: ${titles.join("; ")}`;
  return `Pending: ${titles.length} (${why})${isCi ? "; with CI=true that is a failure" : ""}`;
}

/**
 * @param {readonly (string | undefined)[]} texts
 * @returns {string[]}
 */
function distinct(texts) {
  return [...new Set(texts.filter((text) => text !== undefined))].sort();
}
