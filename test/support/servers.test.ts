import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { programPath } from "./servers.ts";

describe("Looking for a program", () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "culprit-path-"));
    for (const name of ["first", "second"]) mkdirSync(join(folder, name));
    mkdirSync(join(folder, "first", "promtool"));
    writeFileSync(join(folder, "first", "amtool"), "");
    for (const name of ["promtool", "amtool"]) {
      writeFileSync(join(folder, "second", name), "#!/bin/sh\n");
      chmodSync(join(folder, "second", name), 0o755);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("goes through the folders of PATH and wants a file that can be run", () => {
    const search = [join(folder, "missing"), "", join(folder, "first"), join(folder, "second")].join(delimiter);
    assert.equal(programPath("promtool", search), join(folder, "second", "promtool"));
    assert.equal(programPath("amtool", search), join(folder, "second", "amtool"));
  });

  it("finds nothing where there is nothing", () => {
    assert.equal(programPath("prometheus", join(folder, "second")), undefined);
    assert.equal(programPath("promtool", ""), undefined);
  });
});
