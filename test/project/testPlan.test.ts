import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";
import { importScript } from "./trees.ts";

interface Batch {
  readonly name: string;
  readonly specs: readonly string[];
  readonly kind: "light" | "burner" | "alone";
}

interface TestPlan {
  readonly namedPlaces: readonly string[];
  planBatches(files: readonly string[]): Batch[];
  nextBatch(waiting: readonly Batch[], running: readonly Batch[]): Batch | undefined;
}

describe("What npm test runs beside what", () => {
  let plan: TestPlan;
  before(async () => {
    plan = await importScript<TestPlan>("lib/testPlan.mjs");
  });

  const test = (name: string) => `dist/test/${name}.test.js`;
  const batch = (name: string) => {
    const [first] = plan.planBatches([test(name)]);
    assert.ok(first !== undefined);
    return first;
  };

  it("names only folders and files that there are", () => {
    const isThere = (place: string) => [place, `${place}.test.ts`].some((path) => existsSync(join(packageRoot(), "test", path)));
    assert.deepEqual(
      plan.namedPlaces.filter((place) => !isThere(place)),
      [],
    );
  });

  it("runs every file once", () => {
    const files = ["log", "capture/archives", "capture/report/report", "e2e/page", "e2e/commands", "commands/once", "procfs/stat"].map(
      test,
    );
    const specs = plan.planBatches(files).flatMap((one) => one.specs);
    assert.deepEqual([...specs].sort(), [...files].sort());
  });

  it("gives a folder one process, but each file one where whole programs are started", () => {
    const names = plan.planBatches(["procfs/stat", "procfs/mounts", "commands/once", "commands/record"].map(test)).map(({ name }) => name);
    assert.deepEqual(names.sort(), ["commands/once", "commands/record", "procfs"]);
  });

  it("begins with what takes longest and ends with what must be alone", () => {
    const names = plan.planBatches(["e2e/page", "procfs/stat", "e2e/compose"].map(test)).map(({ name }) => name);
    assert.deepEqual(names, ["e2e/compose", "procfs", "e2e/page"]);
  });

  it("runs what burns CPU one after the other, with others beside it", () => {
    const [compose, attribution, procfs] = [batch("e2e/compose"), batch("e2e/attribution"), batch("procfs/stat")];
    assert.equal(plan.nextBatch([attribution, procfs], [compose]), procfs);
    assert.equal(plan.nextBatch([attribution], [compose]), undefined);
    assert.equal(plan.nextBatch([attribution], [procfs]), attribution);
  });

  it("runs nothing beside what measures the machine", () => {
    const [page, procfs] = [batch("e2e/page"), batch("procfs/stat")];
    assert.equal(plan.nextBatch([procfs], [page]), undefined);
    assert.equal(plan.nextBatch([page], [procfs]), undefined);
    assert.equal(plan.nextBatch([page], []), page);
  });

  it("takes a file that measures the machine out of its folder", () => {
    const batches = plan.planBatches(["collectors/disks", "collectors/thisMachine"].map(test)).map(({ name, kind }) => [name, kind]);
    assert.deepEqual(batches, [
      ["collectors", "light"],
      ["collectors/thisMachine", "alone"],
    ]);
  });

  it("keeps those apart that disturb each other", () => {
    assert.equal(plan.nextBatch([batch("capture/realMachine")], [batch("collectors/filesystems")]), undefined);
    assert.equal(plan.nextBatch([batch("commands/capture")], [batch("e2e/hangsOnMounts")]), undefined);
    assert.equal(plan.nextBatch([batch("project/clone")], [batch("e2e/compose")]), undefined);
  });
});
