import assert from "node:assert/strict";
import { measureReport } from "../../support/reportPage.ts";
import { requireServer } from "../../support/servers.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";
import { halfHour, hostileName, reportOf } from "./halfHour.ts";

describe("report.html in Chromium", function () {
  this.timeout(120_000);
  const tempDirectory = tempDirectories();
  before(function () {
    requireServer(this, "chromium");
  });

  it("shows all data points and the culprit's name, on a wide screen and on a phone, and runs nothing of what a process is called", async () => {
    const page = await reportOf(halfHour());
    for (const width of [1280, 360]) {
      const seen = await measureReport(page, width, await tempDirectory());
      assert.equal(seen.points, 360);
      assert.ok(seen.rightmost > 990 && seen.rightmost <= 1000, String(seen.rightmost));
      assert.equal(seen.areas, 6);
      assert.equal(seen.charts, 7);
      assert.ok(seen.scrollWidth <= width, `nothing sticks out: ${seen.scrollWidth} of ${width}`);
      assert.equal(seen.scripts, 0);
      assert.match(seen.verdict, /^burner /);
      assert.ok(seen.names.includes("burner"));
      assert.ok(seen.names.includes(hostileName.replace("\u202e", "\\u202e")), "a hostile name is but a name");
    }
  });
});
