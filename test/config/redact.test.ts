import assert from "node:assert/strict";
import { createRedactor } from "../../src/redact/redactor.ts";
import { loadText, problemsOf } from "./support.ts";

const textWith = (section: string) => createRedactor(loadText(`redact: ${section}\n`).redact).text;

describe("redact of the configuration", () => {
  it("is careful unless told", () => {
    assert.equal(loadText("").redact.level, "careful");
    assert.equal(loadText("redact:\n").redact.level, "careful");
    for (const level of ["known", "careful", "names"]) assert.equal(loadText(`redact: { level: ${level} }\n`).redact.level, level);
  });

  it("takes patterns of one's own: all that they find, or what their first group finds", () => {
    const text = textWith(String.raw`{ patterns: ['\bcustomer-\d{8}\b', 'badge=(\w+)'] }`);
    assert.equal(text("a customer-12345678 with badge=blue7, and customer-1"), "a *** with badge=***, and customer-1");
    assert.equal(text(text("a customer-12345678 with badge=blue7")), "a *** with badge=***");
  });

  it("applies them to command lines as well", () => {
    const redactor = createRedactor(loadText("redact: { patterns: ['case-[0-9]+'] }\n").redact);
    assert.equal(redactor.commandLine(["sort", "case-4711", "x"]).text, "sort *** x");
    assert.deepEqual(redactor.argumentList(["sort", "case-4711", "x"]).arguments, ["sort", "***", "x"]);
  });

  it("applies them to what is wrong with the file as well", () => {
    const problems = problemsOf(() => loadText("redact: { patterns: ['case-[0-9]+'] }\nsample: { interval: case-4711 }\n"));
    assert.match(problems[0] ?? "", /sample\.interval: .*\*\*\*/);
    assert.doesNotMatch(problems.join("\n"), /4711/);
  });

  it("refuses what cannot be", () => {
    assert.match(problemsOf(() => loadText("redact: { level: some }\n"))[0] ?? "", /redact\.level: expected .*known.*careful.*names/);
    assert.match(
      problemsOf(() => loadText("redact: { patterns: ['('] }\n"))[0] ?? "",
      /redact\.patterns\[0\]: expected a regular expression \(/,
    );
    assert.match(problemsOf(() => loadText("redact: { patterns: ['a*'] }\n"))[0] ?? "", /fits the empty text/);
    assert.match(problemsOf(() => loadText("redact: { patterns: ['(?=a)b'] }\n"))[0] ?? "", /looking ahead/);
  });
});
