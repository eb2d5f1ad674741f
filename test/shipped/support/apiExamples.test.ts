import assert from "node:assert/strict";
import { type ApiExample, complaintsOf, examplesOf } from "./apiExamples.ts";

const documented = `### \`GET /x\` and more

\`\`\`sh
curl "$CULPRIT/x"
\`\`\`

\`\`\`http
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8

{
  "id": "a1",
  "sizeBytes": 12, // or null
  "reason": "why", // not always
  "list": [{ "n": 1 }], // may be empty
  "figures": { // and more
    "cpu": { "mean": [1] }
  },
  "any": {}
}
\`\`\`
`;
const json = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8";
const text = "HTTP/1.1 200 OK\r\nContent-Type: text/plain";

describe("an example of docs/api.md", () => {
  const [example = assert.fail("no example was found")] = examplesOf(documented);
  const right = { id: "b", sizeBytes: null, list: [{ n: 2 }], figures: { cpu: { mean: [null, 1] }, load: { mean: [2] } }, any: { a: 1 } };
  const complaints = (change: object, head = json) => complaintsOf(example, head, JSON.stringify({ ...right, ...change }));
  const ofText = (body: string): ApiExample => ({ ...example, headers: [], body });

  it("is read with its route, its command and its answer", () => {
    assert.deepEqual([example.route, example.command, example.status], ["GET /x", 'curl "$CULPRIT/x"', 200]);
    assert.deepEqual(example.headers, [["content-type", "application/json; charset=utf-8"]]);
  });

  it("is like an answer of the same shape, whatever its figures are", () => {
    assert.deepEqual(complaints({}), []);
    assert.deepEqual(complaints({ reason: "because", list: [], sizeBytes: 3 }), []);
  });

  it("is not like one with other members, kinds, status or headers", () => {
    assert.deepEqual(complaints({ id: undefined }), ["the answer.id is missing"]);
    assert.deepEqual(complaints({ id: 7 }), ['the answer.id is 7, documented is "a1"']);
    assert.deepEqual(complaints({ more: 1 }), ["the answer.more is not documented"]);
    assert.deepEqual(complaints({ list: [{ n: 1 }, { m: 1 }] }), [
      "the answer.list[1].m is not documented",
      "the answer.list[1].n is missing",
    ]);
    assert.deepEqual(complaints({ figures: { cpu: { mean: [1] }, load: 3 } }), ["the answer.figures.load is no object"]);
    assert.deepEqual(complaints({ figures: { cpu: { mean: [] } } }), ["the answer.figures.cpu.mean is empty"]);
    assert.deepEqual(complaints({}, json.replace("200", "404")), ["the status is 404 and not 200"]);
    assert.deepEqual(complaints({}, json.replace("utf-8", "latin1")), ["content-type is not application/json; charset=utf-8"]);
  });

  it("of text is like one that has its lines, with other figures and spaces", () => {
    const table = ofText("NAME SIZE\n… 1.4 MB /archives/….tar.gz");
    assert.deepEqual(complaintsOf(table, text, "NAME   SIZE\nweb  912.0 kB  /archives/x-1.tar.gz\n"), []);
    assert.deepEqual(complaintsOf(table, text, "NAME   SIZE\nweb  912.0 kB  /archives/x-1.zip\n"), [
      "no line is like … 1.4 MB /archives/….tar.gz",
    ]);
  });
});
