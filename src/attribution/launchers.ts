/** Programs whose second word says more than they do: `npm run build`, `uv run backup.py`, `npx mocha`. */
import { plainName, scriptName } from "./scriptName.ts";

/** How one launcher is told what to launch. */
interface Launcher {
  readonly names: RegExp;
  /** Commands behind which the next word is what runs. */
  readonly running?: ReadonlySet<string>;
  /** There is no command: the first word is what runs. */
  readonly direct?: true;
  /** Options whose value is the next word. */
  readonly valued?: ReadonlySet<string>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const nodeOptions = words(
  "--prefix -w --workspace -C --dir --filter -F --cwd -p --package -c --call --loglevel --userconfig --cache --registry",
);
const pythonOptions = words(
  `--with --with-editable --with-requirements --python -p --project --directory --env-file --extra --group --index --default-index
   --from --spec --cache-dir --config-file -C -P -e --environment -n --name --prefix --cwd`,
);

const launchers: readonly Launcher[] = [
  { names: /^(?:npm|pnpm|yarn)(?:-cli)?(?:\.c?js)?$/, running: words("run run-script exec x dlx create"), valued: nodeOptions },
  { names: /^(?:npx|pnpx|bunx)(?:-cli)?(?:\.c?js)?$/, direct: true, valued: nodeOptions },
  {
    names: /^(?:ts-node|ts-node-esm|ts-node-dev|tsx|vite-node|babel-node|nodemon)(?:\.[cm]?js)?$/,
    direct: true,
    valued: words("-r --require -P --project -w --watch -x --exec -e --ext"),
  },
  { names: /^(?:uv|poetry|pipenv|hatch|pdm|rye|pipx|conda|mamba|micromamba)$/, running: words("run tool"), valued: pythonOptions },
  { names: /^uvx$/, direct: true, valued: pythonOptions },
  { names: /^bundle[r]?$/, running: words("exec"), valued: words("--gemfile") },
];

const anyLauncher = new RegExp(launchers.map((one) => `(?:${one.names.source})`).join("|"));

/** The name of a launcher together with what it launches; undefined when `name` is none. `args` are those behind its own name. */
export function launcherName(name: string, args: readonly string[]): string | undefined {
  if (name.length > 24 || !anyLauncher.test(name)) return undefined;
  const launcher = launchers.find((one) => one.names.test(name));
  if (launcher === undefined) return undefined;
  const shown = [name.replace(/(?:-cli)?\.[cm]?js$/, "")];
  const wordsBehind = wordsOf(args, launcher.valued);
  const command = launcher.direct === true ? undefined : next(wordsBehind);
  if (command !== undefined) shown.push(command);
  if (launcher.direct === true || (command !== undefined && launcher.running?.has(command) === true)) {
    const target = next(wordsBehind);
    if (target !== undefined) shown.push(target);
  }
  return shown.join(" ");
}

/** The arguments that are no options, in order; undefined for one that is no name either. */
function* wordsOf(args: readonly string[], valued: ReadonlySet<string> | undefined): Generator<string | undefined, undefined> {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word === "--") continue;
    if (!word.startsWith("-")) yield targetName(word);
    else if (valued?.has(word) === true) at++;
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
