/** Programs whose second word says more than they do: `npm run build`, `uv run backup.py`, `npx mocha`. */
import { plainName, scriptName } from "./scriptName.ts";

/** How one launcher is told what to launch. Behind an option that is not listed nothing is shown: it may be that option's value. */
interface Launcher {
  readonly names: RegExp;
  /** Commands behind which the next word is what runs. */
  readonly running?: ReadonlySet<string>;
  /** There is no command: the first word is what runs. */
  readonly direct?: true;
  /** Options whose value is the next word. */
  readonly valued: ReadonlySet<string>;
  /** Options without a value. */
  readonly flags: ReadonlySet<string>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const ofNode = {
  valued: words("--prefix -w --workspace -C --dir --filter -F --cwd -p --package -c --call --loglevel --userconfig --cache --registry"),
  flags: words(
    `-y --yes -g --global -s --silent -q --quiet -d --verbose -r --recursive --if-present --workspaces --ignore-scripts --no-install
     --offline --prefer-offline --no-audit --no-fund --production --frozen-lockfile --no-save --save-dev -D --parallel --stream --bun`,
  ),
};
const ofPython = {
  valued: words(
    `--with --with-editable --with-requirements --python -p --project --directory --env-file --extra --group --index --default-index
     --from --spec --cache-dir --config-file -C -P -e --environment -n --name --prefix --cwd`,
  ),
  flags: words(
    `-q --quiet -v --verbose --no-project --frozen --locked --isolated --no-sync --all-extras --no-dev --dev --offline --active --script -s
     --no-cache --no-config --no-interaction -m --module --no-capture-output --live-stream`,
  ),
};
const ofTypeScript = {
  valued: words("-r --require -P --project --watch-path -x --exec --ext --tsconfig --import --loader"),
  flags: words("-T --transpile-only --transpileOnly --esm --files -s --swc --respawn --no-cache --watch -w --inspect --enable-source-maps"),
};

const launchers: readonly Launcher[] = [
  { names: /^(?:npm|pnpm|yarn)(?:-cli)?(?:\.c?js)?$/, running: words("run run-script exec x dlx create"), ...ofNode },
  { names: /^(?:npx|pnpx|bunx)(?:-cli)?(?:\.c?js)?$/, direct: true, ...ofNode },
  { names: /^(?:ts-node|ts-node-esm|ts-node-dev|tsx|vite-node|babel-node|nodemon)(?:\.[cm]?js)?$/, direct: true, ...ofTypeScript },
  { names: /^(?:uv|poetry|pipenv|hatch|pdm|rye|pipx|conda|mamba|micromamba)$/, running: words("run tool"), ...ofPython },
  { names: /^uvx$/, direct: true, ...ofPython },
  { names: /^bundler?$/, running: words("exec"), valued: words("--gemfile"), flags: words("--keep-file-descriptors") },
];

const anyLauncher = new RegExp(launchers.map((one) => `(?:${one.names.source})`).join("|"));

/** The name of a launcher together with what it launches; undefined when `name` is none. `args` are those behind its own name. */
export function launcherName(name: string, args: readonly string[]): string | undefined {
  if (name.length > 24 || !anyLauncher.test(name)) return undefined;
  const launcher = launchers.find((one) => one.names.test(name));
  if (launcher === undefined) return undefined;
  const shown = [name.replace(/(?:-cli)?\.[cm]?js$/, "")];
  const wordsBehind = wordsOf(args, launcher);
  const command = launcher.direct === true ? undefined : next(wordsBehind);
  if (command !== undefined) shown.push(command);
  if (launcher.direct === true || (command !== undefined && launcher.running?.has(command) === true)) {
    const target = next(wordsBehind);
    if (target !== undefined) shown.push(target);
  }
  return shown.join(" ");
}

/** The arguments that are no options, in order, up to an unknown option; undefined for one that is no name either. */
function* wordsOf(args: readonly string[], { valued, flags }: Launcher): Generator<string | undefined, undefined> {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (!word.startsWith("-")) yield targetName(word);
    else if (valued.has(word)) at++;
    else if (!flags.has(word) && !word.includes("=") && word !== "--") return;
  }
}

function next(names: Generator<string | undefined, undefined>): string | undefined {
  const { value } = names.next();
  return value;
}

/** `cowsay@1.5.0` is `cowsay`, `@scope/tool@2` stays `@scope/tool`; a path is its last part. */
function targetName(word: string): string | undefined {
  if (/\s/.test(word)) return undefined;
  const name = /^@[\w.-]+\/[\w.-]+(?:@|$)/.test(word) ? plainName(word) : scriptName(word);
  return name?.replace(/(?<=.)@[^/]*$/, "");
}
