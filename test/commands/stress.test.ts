import assert from "node:assert/strict";
import { freePort } from "../e2e/machine.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { program } from "./support/program.ts";

describe("culprit stress", function () {
  this.timeout(120_000);
  const culprit = program();
  const tempDirectory = tempDirectories();

  it("says so where no Culprit runs", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    assert.deepEqual(await culprit(await tempDirectory(), ["stress", "cpu", "--storage.path=s", `--web.listen-address=${address}`]), {
      code: 1,
      out: "",
      err: `culprit: no Culprit runs at http://${address}; start one in another terminal, and try again\n`,
    });
  });

  for (const [args, message] of [
    [[], /^culprit: expected which load: culprit stress cpu\|memory\|io\|fork-storm /],
    [["gpu"], /^culprit: expected which load: /],
    [["cpu", "--for=soon"], /^culprit: --for: expected a duration such as 90s or 3m, got "soon"\n$/],
    [["cpu", "--processes=-1"], /^culprit: --processes: expected a number such as 8, got "-1"\n$/],
    [["io", "--size=much"], /^culprit: --size: expected a size such as 512MiB, got "much"\n$/],
  ] as const) {
    it(`refuses ${args.join(" ") || "nothing"}`, async () => {
      const { code, out, err } = await culprit(await tempDirectory(), ["stress", ...args]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
