import assert from "node:assert/strict";
import { nameByRules } from "../../src/attribution/groupRules.ts";
import { labelsOfProcess } from "../../src/attribution/names.ts";
import { groupId } from "../../src/model/group.ts";
import { processReading } from "../support/samples.ts";

const container = "/docker/4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e";

function reading(comm: string, args: readonly string[], cgroupPath = "/") {
  return processReading(1, comm, { identity: { commandLine: args.join(" "), arguments: args, user: "alice", cgroupPath } });
}

describe("the labels of a process", () => {
  it("say what runs, where, and for whom", () => {
    assert.deepEqual(labelsOfProcess(reading("python3", ["python3", "backup.py"], "/system.slice/backup.service")), {
      kind: "process",
      process: "python3 backup.py",
      unit: "backup.service",
      container: "",
      user: "alice",
    });
  });

  it("have the container's id until its name is known", () => {
    const unnamed = reading("nginx", ["nginx"], container);
    assert.equal(labelsOfProcess(unnamed).container, "4f1c2d3e4f5a");
    assert.equal(labelsOfProcess({ ...unnamed, identity: { ...unnamed.identity, containerName: "web" } }).container, "web");
  });

  it("hold no secret that somebody has put into the name of a unit or a container", () => {
    const hide = (text: string) => text.replaceAll("hunter2", "***");
    const process = reading("x", ["x"], "/system.slice/copy-hunter2.service");
    assert.equal(labelsOfProcess(process, undefined, hide).unit, "copy-***.service");
    const contained = reading("nginx", ["nginx"], container);
    assert.equal(
      labelsOfProcess({ ...contained, identity: { ...contained.identity, containerName: "web-hunter2" } }, undefined, hide).container,
      "web-***",
    );
  });

  it("are short and printable", () => {
    const labels = labelsOfProcess(processReading(1, `\u0000bad\n${"x".repeat(300)}`));
    assert.equal(labels.process.length, 128);
    assert.match(labels.process, /^\ufffdbad\ufffdxxx/);
  });

  it("show what would hide or turn around as what it is", () => {
    assert.equal(labelsOfProcess(processReading(1, "a\u202eb\u200bc\u2028d\ud800e")).process, "a\ufffdb\ufffdc\ufffdd\ufffde");
  });

  it("are cut between characters, not within one", () => {
    const { process } = labelsOfProcess(processReading(1, "\u{1f600}".repeat(200)));
    assert.equal(process, "\u{1f600}".repeat(128));
  });

  it("are never without a name", () => {
    assert.equal(labelsOfProcess(processReading(1, "")).process, "?");
    assert.equal(labelsOfProcess(processReading(1, " ")).process, "?");
  });

  it("keep two users apart", () => {
    const labels = labelsOfProcess(processReading(1, "same"));
    assert.notEqual(groupId(labels), groupId({ ...labels, user: "bob" }));
  });

  it("take a rule's name, and the usual one where no rule fits", () => {
    const rules = nameByRules([{ name: ["batch"], comm: ["python3"] }]);
    assert.equal(labelsOfProcess(reading("python3", ["python3", "a.py"]), rules).process, "batch");
    assert.equal(labelsOfProcess(reading("node", ["node", "b.js"]), rules).process, "node b.js");
  });
});
