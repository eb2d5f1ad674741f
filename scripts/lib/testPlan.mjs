/**
 * Which test files run together, and what may run beside what.
 *
 * Most tests wait, so several batches run beside each other. What burns CPU for its own proof, and holds what is shown against what it
 * says of itself, takes turns with its like; what measures the machine, or wants a machine that is calm, has it to itself at the end.
 */

/**
 * @typedef {object} Batch
 * @property {string} name
 * @property {readonly string[]} specs compiled test files, run in one process
 * @property {"light" | "burner" | "alone"} kind
 */

const alonePattern =
  /^dist\/test\/(?:collectors\/thisMachine|e2e\/(?:burnToMail|dashboards|onceNames|oomKill|page|rulesOnPrometheus|spikes))\.test\.js$/;
const burnerPattern = /^dist\/test\/e2e\/(?:archivePromises|attribution\w*|compose|relay|stress)\.test\.js$/;

/** These mount file systems that are dead or never answer... */
const mounting = [
  ...["capture/culprits", "collectors/filesystems", "procfs/space", "oddMachines", "slowReads"],
  ...["e2e/attributionOther", "e2e/hangsOnMounts"],
];
/** ... and these look at all mounts of the machine, and expect nothing out of the ordinary. */
const looking = ["capture/realMachine", "commands", "e2e/commands", "e2e/nodeExporter", "e2e/storage"];

/**
 * What is never beside each other. An installation burns as much as the burner that an alert is to name.
 *
 * @type {readonly (readonly [string, string])[]}
 */
const rivals = [...mounting.flatMap((one) => looking.map((other) => /** @type {const} */ ([one, other]))), ["project", "e2e/compose"]];

/** What takes of a folder only those files that have rivals: the others need not wait with them. */
const apartPattern = /^dist\/test\/(?:capture\/(?:culprits\/culprits|realMachine)|collectors\/filesystems|procfs\/space)\.test\.js$/;

/** Folders whose every file starts whole programs: a batch a file. */
const fileByFile = new Set(["commands", "e2e", "project", "shipped"]);

/**
 * The longest first, so that no lane is left with them at the end. Those that look at mounts come before those that make some: in turns,
 * each would wait for the other.
 */
const longest = [
  ...["e2e/compose", "e2e/attribution", "e2e/commands", "e2e/storage", "commands/replay", "commands/capture", "commands/once", "commands"],
  ...["capture/realMachine", "e2e/hangsOnMounts", "e2e/attributionOther", "project/clone", "e2e/hangsOnPipes", "server", "capture"],
  ...["recorder", "e2e/attributionCgroups", "e2e/relay", "spikes", "shipped/api"],
];

/** All folders and files that are named above, from test/ on. */
export const namedPlaces = [...mounting, ...looking, ...rivals.flat(), ...fileByFile, ...longest];

/** Whose outcome does not hang on the engine: what tries this checkout and what is shipped, the browser's page, other programs' opinions. */
const notOfEngine = new Set(["e2e", "page", "project", "shipped"]);

/**
 * True for the unit and contract tests, and for whole runs of the program.
 *
 * @param {string} path of a compiled test file
 */
export function isOfEngine(path) {
  return !notOfEngine.has(path.split("/")[2] ?? "");
}

/**
 * @param {readonly string[]} files compiled test files, from the root of the checkout
 * @returns {Batch[]} the longest first, what must be alone last
 */
export function planBatches(files) {
  /** @type {Map<string, string[]>} */
  const byName = new Map();
  for (const path of files) {
    const name = nameOf(path);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  return [...byName]
    .map(([name, specs]) => ({ name, specs, kind: kindOf(specs) }))
    .sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name));
}

/**
 * The first batch that may start now.
 *
 * @param {readonly Batch[]} waiting
 * @param {readonly Batch[]} running
 * @returns {Batch | undefined} none: wait until one of those that run is through
 */
export function nextBatch(waiting, running) {
  return waiting.find((batch) => running.every((other) => mayRunBeside(batch, other)));
}

/**
 * @param {Batch} one
 * @param {Batch} other
 */
function mayRunBeside(one, other) {
  if (one.kind === "alone" || other.kind === "alone") return false;
  if (one.kind === "burner" && other.kind === "burner") return false;
  return !rivals.some(([a, b]) => (belongsTo(one, a) && belongsTo(other, b)) || (belongsTo(one, b) && belongsTo(other, a)));
}

/**
 * @param {Batch} batch
 * @param {string} place a folder or a batch
 */
function belongsTo({ name }, place) {
  return name === place || name.startsWith(`${place}/`);
}

/** @param {string} path */
function nameOf(path) {
  const [folder = "", ...rest] = path
    .replace(/^dist\/test\//, "")
    .replace(/\.test\.js$/, "")
    .split("/");
  return fileByFile.has(folder) || alonePattern.test(path) || apartPattern.test(path) ? [folder, ...rest].join("/") : folder;
}

/**
 * @param {readonly string[]} specs
 * @returns {Batch["kind"]}
 */
function kindOf(specs) {
  if (specs.some((path) => alonePattern.test(path))) return "alone";
  return specs.some((path) => burnerPattern.test(path)) ? "burner" : "light";
}

/** @param {Batch} batch */
function order({ name, kind }) {
  if (kind === "alone") return longest.length + 1;
  const rank = longest.findIndex((place) => name === place || name.startsWith(`${place}/`));
  return rank < 0 ? longest.length : rank;
}
