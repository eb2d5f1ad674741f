import assert from "node:assert/strict";
import { nameByRules } from "../../src/attribution/groupRules.ts";
import type { GroupRule } from "../../src/model/groupRule.ts";
import { processReading } from "../support/samples.ts";

function process(comm: string, args: readonly string[], user = "root") {
  return processReading(1, comm, { identity: { commandLine: "", arguments: args, user, cgroupPath: "/" } });
}

/** The name that rules give to a process. */
function named(rules: readonly GroupRule[], comm: string, ...args: string[]): string | undefined {
  const rule = nameByRules(rules);
  assert.ok(rule);
  return rule(process(comm, args));
}

const exeBase: GroupRule["name"] = [{ variable: "ExeBase" }];

describe("groups[] rules", () => {
  it("are nothing when there are none", () => assert.equal(nameByRules([]), undefined));

  it("give the name of the first that fits", () => {
    const rules: GroupRule[] = [
      { name: ["first"], comm: ["a", "b"] },
      { name: ["second"], comm: ["b", "c"] },
    ];
    assert.equal(named(rules, "b", "b"), "first");
    assert.equal(named(rules, "c", "c"), "second");
    assert.equal(named(rules, "d", "d"), undefined);
  });

  it("demand all selectors, one of comm, one of exe and all of cmdline", () => {
    const rules: GroupRule[] = [{ name: ["it"], comm: ["java", "jsvc"], exe: ["java"], cmdline: [/kafka/, /-Xmx\d+/] }];
    assert.equal(named(rules, "java", "/usr/bin/java", "-Xmx1G", "kafka.Kafka"), "it");
    assert.equal(named(rules, "java", "/usr/bin/java", "kafka.Kafka"), undefined);
    assert.equal(named(rules, "java", "/usr/bin/jre", "-Xmx1G", "kafka.Kafka"), undefined);
    assert.equal(named(rules, "node", "/usr/bin/java", "-Xmx1G", "kafka.Kafka"), undefined);
  });

  it("compare exe with the whole path where it has a slash, else with the end of it", () => {
    const rules: GroupRule[] = [{ name: exeBase, exe: ["/usr/bin/postgres", "redis-server"] }];
    assert.equal(named(rules, "x", "/usr/bin/postgres"), "postgres");
    assert.equal(named(rules, "x", "/opt/bin/postgres"), undefined);
    assert.equal(named(rules, "x", "/opt/bin/redis-server"), "redis-server");
    assert.equal(named(rules, "x"), undefined);
  });

  it("know comm by its first fifteen bytes as well as whole", () => {
    assert.equal(named([{ name: ["dns"], comm: ["systemd-resolved"] }], "systemd-resolve"), "dns");
    assert.equal(named([{ name: ["dns"], comm: ["systemd-resolve"] }], "systemd-resolve"), "dns");
    assert.equal(named([{ name: ["dns"], comm: ["systemd-resol"] }], "systemd-resolve"), undefined);
  });

  it("put what they found into the name", () => {
    const name: GroupRule["name"] = [
      { variable: "Comm" },
      "/",
      { variable: "ExeBase" },
      "/",
      { variable: "ExeFull" },
      "/",
      { variable: "Username" },
      ":",
      { match: "port" },
      { match: "none" },
    ];
    const rule: GroupRule = { name, cmdline: [/--port (?<port>\d+)/, /(?<none>zzz)?$/] };
    assert.equal(nameByRules([rule])?.(process("web", ["/opt/bin/webd", "--port", "80"], "www")), "web/webd//opt/bin/webd/www:80");
  });

  it("leave the usual name where theirs comes out empty", () => {
    assert.equal(named([{ name: [{ match: "x" }], cmdline: [/(?<x>)/] }], "a", "a"), undefined);
  });

  it("name no connection: of a title only the first word is a program", () => {
    const rules: GroupRule[] = [{ name: exeBase, comm: ["postgres"] }];
    assert.equal(named(rules, "postgres", "postgres: alice db1 [local] idle"), "postgres");
    assert.equal(named([{ name: ["web"], exe: ["nginx"] }], "nginx", "nginx: worker process"), "web");
  });

  it("fit kernel threads and others without arguments by comm", () => {
    assert.equal(named([{ name: ["flush"], comm: ["kswapd0"] }], "kswapd0"), "flush");
    assert.equal(named([{ name: exeBase, comm: ["kswapd0"] }], "kswapd0"), "kswapd0");
  });

  it("see what stands behind a long class path", () => {
    const rules: GroupRule[] = [{ name: ["kafka"], cmdline: [/kafka\.Kafka$/] }];
    const options = Array.from({ length: 20 }, (_, index) => `-Dsome.long.property.name${index}=/opt/kafka/config/value`);
    assert.equal(named(rules, "java", "java", "-cp", "/opt/libs/x.jar:".repeat(30), ...options, "kafka.Kafka"), "kafka");
  });

  it("search at most two kibibytes", () => {
    const lengths: number[] = [];
    const pattern = {
      source: "",
      exec(text: string) {
        lengths.push(text.length);
        return null;
      },
    };
    named(
      [{ name: ["x"], cmdline: [pattern] }],
      "x",
      ..."y"
        .repeat(300)
        .split("")
        .map((one) => one.repeat(500)),
    );
    assert.equal(lengths.length, 1);
    assert.ok((lengths[0] ?? 0) <= 2048);
  });
});
