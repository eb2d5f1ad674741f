/** How interpreters are told what to run: which of their options take a value, and which carry code instead of a file's name. */

/** Letters that stand behind one dash, alone or several together (`-Bm module`, `-euo pipefail`). */
export interface LetterOptions {
  /** Code follows, or comes from standard input: there is no script. */
  readonly inline?: string;
  /** The script's name follows. */
  readonly script?: string;
  /** A module's name follows; it is shown together with the option. */
  readonly module?: string;
  /** A value follows, in the rest of the word or else in the next. */
  readonly valued?: string;
  /** The next word is a value, and letters may go on (`-eo pipefail`). */
  readonly nextValued?: string;
  /** The rest of the word is the value, if there is one. */
  readonly attached?: string;
}

/** One interpreter. */
export interface Interpreter {
  /** Matches the base name of what was started. */
  readonly names: RegExp;
  readonly letters?: LetterOptions;
  /** Whole options (with their dashes) whose value is the next word unless `=` gives it. */
  readonly valued?: ReadonlySet<string>;
  readonly inline?: ReadonlySet<string>;
  readonly script?: ReadonlySet<string>;
  readonly module?: ReadonlySet<string>;
  /** Whole options that are a way of running and are shown as such. */
  readonly modes?: ReadonlySet<string>;
  /** First words that are no script: shown and followed by what they run, or shown alone. */
  readonly commands?: {
    readonly running?: ReadonlySet<string>;
    readonly silent?: ReadonlySet<string>;
    readonly inline?: ReadonlySet<string>;
  };
  /** What stands behind `--` is not a script but its arguments. */
  readonly dashesEnd?: true;
  /** Only options name a script. */
  readonly noPositional?: true;
  /** Words that are neither an option nor a script: java's `@argfile`. */
  readonly passedOver?: RegExp;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""));

const version = "[\\d.]*";

/** The known interpreters; the first that matches counts. */
const interpreters: readonly Interpreter[] = [
  {
    names: new RegExp(`^(?:python|pypy)${version}[dtw]?$`),
    letters: { inline: "c", module: "m", valued: "WXQ" },
    valued: words("--check-hash-based-pycs --jit"),
  },
  {
    names: /^(?:r?ba|da|a|k|mk|pdk|z|ya|po)?sh(?:-static|[\d.]+)?$/,
    letters: { inline: "cs", nextValued: "oO" },
    valued: words("--rcfile --init-file --emulate"),
  },
  {
    names: /^fish$/,
    letters: { inline: "c", valued: "Cdo" },
    valued: words("--init-command --debug --features"),
    inline: words("--command"),
  },
  { names: /^t?csh$/, letters: { inline: "cs" } },
  {
    names: /^node(?:js)?$/,
    inline: words("-e -p -pe -i --eval --print --interactive -v --version"),
    valued: words(
      `-r --require --import --loader --experimental-loader -C --conditions --env-file --env-file-if-exists --input-type --title
       --icu-data-dir --openssl-config --redirect-warnings --trace-event-categories --trace-event-file-pattern --disable-warning
       --diagnostic-dir --cpu-prof-dir --cpu-prof-name --cpu-prof-interval --heap-prof-dir --heap-prof-name --heap-prof-interval
       --heapsnapshot-signal --heapsnapshot-near-heap-limit --report-dir --report-directory --report-filename --report-signal
       --secure-heap --secure-heap-min --tls-cipher-list --tls-keylog --tls-min-v1.2 --unhandled-rejections --watch-path
       --test-name-pattern --test-skip-pattern --test-reporter --test-reporter-destination --test-concurrency --test-shard
       --test-timeout --max-http-header-size --dns-result-order --inspect-port --debug-port --inspect-publish-uid
       --experimental-default-type --localstorage-file --disable-proto --build-snapshot-config --snapshot-blob --stack-trace-limit
       --allow-fs-read --allow-fs-write --network-family-autoselection-attempt-timeout`,
    ),
    modes: words("--test"),
    module: words("--run"),
    commands: { silent: words("inspect debug") },
  },
  {
    names: /^(?:java|javaw)$/,
    valued: words(
      `-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules --limit-modules --add-opens --add-exports
       --add-reads --patch-module --enable-native-access --source -d --describe-module --finalization`,
    ),
    script: words("-jar"),
    module: words("-m --module"),
    passedOver: /^@/,
  },
  { names: new RegExp(`^perl${version}$`), letters: { inline: "eE", valued: "I", attached: "MmiFdDVx" } },
  {
    names: new RegExp(`^(?:j|mac|truffle)?ruby${version}$`),
    letters: { inline: "e", valued: "rICEX", attached: "FKTWxi" },
    valued: words("--encoding --external-encoding --internal-encoding --disable --enable --dump"),
  },
  {
    names: new RegExp(`^php(?:-cgi|-cli)?${version}(?:-cgi|-cli)?$`),
    letters: { inline: "rRBE", script: "fF", valued: "dczSbtgy" },
    inline: words("--run --process-begin --process-code --process-end"),
    script: words("--file --process-file"),
    valued: words("--define --php-ini --zend-extension --server --docroot --bindpath"),
    dashesEnd: true,
  },
  {
    names: /^deno$/,
    letters: { valued: "cL" },
    valued: words(
      "--config --import-map --lock --cert --location --seed --log-level --env-file --port --host --v8-flags --node-modules-dir",
    ),
    commands: { running: words("run task test serve bench"), inline: words("eval repl") },
  },
  {
    names: /^bun$/,
    inline: words("-e --eval -p --print"),
    valued: words("-r --preload --require --import -c --config --cwd --env-file --conditions --define -d --loader -l --port --filter -F"),
    commands: { running: words("run x exec") },
  },
  { names: new RegExp(`^lua${version}$`), letters: { inline: "ei", valued: "l" } },
  { names: /^luajit[\w.-]*$/, letters: { inline: "ei", valued: "lj", attached: "Ob" } },
  { names: /^[Rr]script$/, letters: { inline: "e" }, valued: words("--default-packages") },
  { names: /^R$/, letters: { inline: "e", script: "f", valued: "g" }, script: words("--file"), noPositional: true },
  {
    names: new RegExp(`^julia${version}$`),
    letters: { inline: "eEi", valued: "LptJCHm", attached: "Og" },
    inline: words("--eval --print"),
    valued: words("--load --procs --threads --sysimage --cpu-target --home --machine-file --project"),
  },
  {
    names: /^dotnet$/,
    valued: words("--fx-version --roll-forward --additionalprobingpath --additional-deps --depsfile --runtimeconfig"),
    commands: { silent: words("exec") },
  },
  { names: /^mono(?:-sgen)?$/, valued: words("--config --runtime") },
  {
    names: /^(?:pwsh|powershell)$/,
    inline: words("-c -Command -command -EncodedCommand -e -ec"),
    script: words("-f -File -file"),
    valued: words("-ExecutionPolicy -ep -ex -WorkingDirectory -wd -InputFormat -OutputFormat -ConfigurationName -Version"),
  },
  { names: new RegExp(`^(?:tclsh|wish)${version}$`), valued: words("-encoding -name -display -geometry") },
  { names: /^expect$/, letters: { inline: "c", script: "fb", valued: "D" } },
  { names: /^(?:groovy|scala|kotlin|elixir|crystal|guile|racket|osascript)$/, letters: { inline: "ec" }, valued: words("-cp -classpath") },
];

const anyInterpreter = new RegExp(interpreters.map((one) => `(?:${one.names.source})`).join("|"));

/** The interpreter of that base name, if it is one. */
export function interpreterNamed(name: string): Interpreter | undefined {
  return name.length <= 24 && anyInterpreter.test(name) ? interpreters.find((one) => one.names.test(name)) : undefined;
}
