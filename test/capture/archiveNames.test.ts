import assert from "node:assert/strict";
import { archiveId, archiveIdPattern } from "../../src/capture/archives/archiveNames.ts";

const atMs = Date.UTC(2026, 10, 21, 10, 15, 0, 789);
const free = () => false;
const named = (name: string) => archiveId({ atMs, origin: "alert", name, seed: "key" }, free);

describe("the id of an archive", () => {
  it("says when, why and what", () => {
    assert.match(named("HighCpu"), /^20261121T101500Z-alert-HighCpu-[0-9a-f]{6}$/);
    assert.match(archiveId({ atMs, origin: "manual", name: "manual", seed: "x" }, free), /^20261121T101500Z-manual-[0-9a-f]{6}$/);
  });

  const hostile = [
    "../../etc/passwd",
    "..",
    ".",
    "",
    "/",
    "a/b\\c",
    "-rf *",
    ".hidden",
    "x\0y",
    "new\nline",
    "%2e%2e%2f",
    "<script>alert(1)</script>",
    "$(reboot)`id`;&|'\"",
    "Größe über 日本語 🔥",
    "a".repeat(5000),
    "....",
    "a...........b",
    "CON.tar.gz",
    "\ud800",
  ];
  for (const name of hostile) {
    it(`is harmless for the name ${JSON.stringify(name.slice(0, 40))}`, () => {
      const id = named(name);
      assert.match(id, archiveIdPattern);
      assert.match(id, /^[A-Za-z0-9._-]+$/);
      assert.ok(id.length <= 100);
      assert.ok(!id.includes(".."));
    });
  }

  it("differs for another trouble of the same second and name, and is the same for the same", () => {
    assert.notEqual(named("A"), archiveId({ atMs, origin: "alert", name: "A", seed: "other" }, free));
    assert.equal(named("A"), named("A"));
  });
});
