import assert from "node:assert/strict";
import { FailedLogins } from "../../../src/server/auth/failedLogins.ts";
import { Users } from "../../../src/server/auth/users.ts";
import { ManualClock } from "../../support/manualClock.ts";

describe("failed logins", () => {
  const fail = (failed: FailedLogins, addresses: readonly string[]) => {
    for (const address of addresses) failed.note(address);
  };

  it("are counted by network of IPv6, for whoever has one address of it has all", () => {
    const failed = new FailedLogins(new ManualClock());
    fail(
      failed,
      Array.from({ length: 10 }, (_, index) => `2001:db8:0:7:${index}::${index}`),
    );
    assert.ok(failed.waitSeconds("2001:db8::7:ffff:1:2:3") !== undefined);
    assert.ok(failed.waitSeconds("2001:0db8:0000:0007::1") !== undefined);
    assert.equal(failed.waitSeconds("2001:db8:0:8::1"), undefined);
    assert.equal(failed.waitSeconds("::1"), undefined);
  });

  it("are one address' however it is written, and no other's", () => {
    const failed = new FailedLogins(new ManualClock());
    fail(
      failed,
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? "10.0.0.1" : "::ffff:10.0.0.1")),
    );
    assert.ok(failed.waitSeconds("10.0.0.1") !== undefined && failed.waitSeconds("::FFFF:10.0.0.1") !== undefined);
    assert.equal(failed.waitSeconds("::ffff:10.0.0.2"), undefined);
  });

  it("of a name that there is not take as long as those of one that there is", async () => {
    const compared: string[] = [];
    const users = new Users({
      hashes: () => new Map([["ops", "$2b$14$of-ops"]]),
      scopes: new Map(),
      compare: async (_password, hash) => {
        compared.push(hash);
        return true;
      },
    });
    assert.equal(await users.find("nobody", "guess"), undefined, "also where the password is right for somebody else");
    assert.deepEqual(compared, ["$2b$14$of-ops"]);
  });
});
