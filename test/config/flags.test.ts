import assert from "node:assert/strict";
import { type FlagDefinition, formatProblem, parseFlags } from "../../src/config.ts";

const definitions: readonly FlagDefinition[] = [
  { name: "web.listen-address", value: "HOST:PORT", help: "", repeatable: true },
  { name: "log.level", value: "LEVEL", help: "" },
  { name: "help", short: "h", help: "" },
];

const problemsOf = (...argv: string[]): readonly string[] => parseFlags(argv, definitions).problems.map(formatProblem);

describe("Flags", () => {
  it("are read with their values behind = or as the next word", () => {
    const { values, problems } = parseFlags(["--log.level=debug", "--web.listen-address", ":1"], definitions);
    assert.deepEqual(Object.fromEntries(values), { "log.level": ["debug"], "web.listen-address": [":1"] });
    assert.deepEqual(problems, []);
  });

  it("may be repeated where that has a meaning", () => {
    const { values } = parseFlags(["--web.listen-address=:1", "--web.listen-address=:2"], definitions);
    assert.deepEqual(values.get("web.listen-address"), [":1", ":2"]);
    assert.deepEqual(problemsOf("--log.level=info", "--log.level=debug"), ["--log.level: expected at most once"]);
  });

  it("are told from the words between them", () => {
    const { values, positionals } = parseFlags(["token", "-h", "write", "--", "--log.level"], definitions);
    assert.deepEqual(positionals, ["token", "write", "--log.level"]);
    assert.ok(values.has("help"));
  });

  it("that nobody knows are named with the nearest one", () => {
    assert.deepEqual(problemsOf("--web.listen-adress=:1"), ["--web.listen-adress: unknown flag; did you mean --web.listen-address?"]);
    assert.deepEqual(problemsOf("--loglevel=info"), ["--loglevel: unknown flag; did you mean --log.level?"]);
    assert.deepEqual(problemsOf("--frobnicate"), ["--frobnicate: unknown flag; --help lists what there is"]);
    assert.deepEqual(problemsOf("-x"), ["-x: unknown flag; --help lists what there is"]);
  });

  it("without their value are refused, and so are values that nobody asked for", () => {
    const expected = ["--log.level: expected a value: --log.level=LEVEL"];
    assert.deepEqual(problemsOf("--log.level"), expected);
    assert.deepEqual(problemsOf("--log.level="), expected);
    assert.deepEqual(problemsOf("--log.level", "--help"), expected);
    assert.deepEqual(problemsOf("--help=yes"), ["--help: takes no value"]);
  });

  it("are all judged, not only the first", () => assert.equal(problemsOf("--a", "--b", "--log.level").length, 3));
});
