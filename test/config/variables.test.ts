// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a configuration file writes variables
import assert from "node:assert/strict";
import { load, loadText, problemsOf } from "./support.ts";

describe("Variables in a configuration file", () => {
  it("are replaced in values and typed again", () => {
    const text = "archives:\n  maxCount: ${COUNT}\n  maxBytes: ${SIZE}MiB\nlog: { level: '${LEVEL}' }\n";
    const config = loadText(text, { env: { COUNT: "5", SIZE: "512", LEVEL: "debug" } });
    assert.deepEqual([config.archives.maxCount, config.archives.maxBytes, config.log.level], [5, 536_870_912, "debug"]);
  });

  it("are text when they are quoted, and a number where they are not", () => {
    const env = { NAME: "12" };
    assert.deepEqual(loadText('identity: { names: ["${NAME}"] }', { env }).identity.names, ["12"]);
    assert.deepEqual(
      problemsOf(() => loadText("identity:\n  names:\n    - ${NAME}\n", { env })),
      [
        "culprit.yml:3:7: identity.names[0]: expected a host name such as web1.example.org, got what ${NAME} stands for (a number; quoted it would be text)",
      ],
    );
  });

  it("cannot bring keys or comments of their own", () => {
    const env = { EVIL: "info\n  format: json # " };
    assert.deepEqual(
      problemsOf(() => loadText("log:\n  level: ${EVIL}\n", { env })),
      ["culprit.yml:2:10: log.level: expected one of error, warn, info, debug, got what ${EVIL} stands for (text)"],
    );
  });

  it("are left alone in comments, and where the dollar is doubled", () => {
    const config = loadText("# ${NOPE}\nhosts: { files: ['$${NOPE}/$HOME/*.yml'] }\n");
    assert.deepEqual(config.hosts.files, ["/etc/culprit/${NOPE}/$HOME/*.yml"]);
  });

  it("that are not set are all named, each with its place", () => {
    assert.deepEqual(
      problemsOf(() => loadText("web:\n  telemetryPath: /a/${ONE}/${TWO}\nlog:\n  level: ${ONE}\n")),
      [
        "culprit.yml:2:21: web.telemetryPath: the variable ONE is not set; expected it in the environment or in the .env file beside this file",
        "culprit.yml:2:28: web.telemetryPath: the variable TWO is not set; expected it in the environment or in the .env file beside this file",
        "culprit.yml:4:10: log.level: the variable ONE is not set; expected it in the environment or in the .env file beside this file",
      ],
    );
  });

  it("must be names", () => {
    for (const bad of ["${}", "${A-b}", "${VAR:-x}", "${OPEN"]) {
      assert.deepEqual(
        problemsOf(() => loadText(`log:\n  level: "x${bad}"\n`)),
        ["culprit.yml:2:12: log.level: a ${ that no variable follows; expected ${NAME}, or $${ for a literal ${"],
      );
    }
  });

  it("in a short list need quotes, which the error says", () => {
    const [problem = ""] = problemsOf(() => loadText("identity: { names: [${A}, b] }", { env: { A: "x" } }));
    assert.match(problem, /^culprit\.yml:1:\d+: not valid YAML: .*; inside of \[ \] and \{ \} a value with \$\{NAME\} needs quotes$/);
  });

  it("come from the .env beside the file, which wins over nothing that is set", () => {
    const files = { "conf/my.yml": "log: { level: '${LEVEL}', format: '${FORMAT}' }", "conf/.env": "LEVEL=debug\nFORMAT=json\n" };
    const config = load(files, { argv: ["--config.file=conf/my.yml"], env: { LEVEL: "error" } });
    const { level, format } = config.log;
    assert.deepEqual({ level, format }, { level: "error", format: "json" });
  });

  it("are told apart from a broken .env, which is named without its values", () => {
    const files = { "culprit.yml": "log: { level: '${LEVEL}' }", ".env": "LEVEL=info\nTOKEN hunter22\n" };
    assert.deepEqual(
      problemsOf(() => load(files)),
      [".env:2: expected NAME=value, with quotes around it closed"],
    );
    assert.equal(load({ ...files, "culprit.yml": "log: { level: debug }" }).log.level, "debug", "it is not read unless it is needed");
  });
});
