import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { nameByRules } from "../../src/attribution/groupRules.ts";
import { fileSchema } from "../../src/config/settings.ts";
import { packageRoot } from "../support/paths.ts";
import { processReading } from "../support/samples.ts";
import { load, loadText } from "./support.ts";

const example = readFileSync(join(packageRoot(), "culprit.example.yml"), "utf8");

/** `#key: value` is a key that has no default of its own; `# text` is a sentence. */
const withAllKeys = example.replaceAll(/^(\s*)#(?=\w+:)/gm, "$1");

/** The keys of a schema as `section.key`; a section that is a list is a key itself. */
function schemaKeys(): readonly string[] {
  return Object.entries(fileSchema().shape).flatMap(([section, schema]) => {
    let inner: z.ZodType = schema;
    while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap() as z.ZodType;
    if (inner instanceof z.ZodArray) return [section];
    assert.ok(inner instanceof z.ZodObject);
    return Object.keys(inner.shape).map((key) => `${section}.${key}`);
  });
}

/** The keys that the example's text has, in the same form. */
function writtenKeys(text: string): readonly string[] {
  let section = "";
  return text.split("\n").flatMap((line) => {
    section = /^(\w+):/.exec(line)?.[1] ?? section;
    if (/^\w+: /.test(line) || /^ {2}- /.test(line)) return [section];
    const key = /^ {2}(\w+):/.exec(line)?.[1];
    return key === undefined ? [] : [`${section}.${key}`];
  });
}

describe("culprit.example.yml", () => {
  it("says exactly what holds without it", () => {
    assert.deepEqual(loadText(example), { ...load({}), file: "culprit.yml" });
  });

  it("has every key there is, and no other", () => {
    assert.deepEqual([...new Set(writtenKeys(withAllKeys))].sort(), [...schemaKeys()].sort());
  });

  it("has a sentence for every key", () => {
    const lines = withAllKeys.split("\n");
    const bare = lines.filter((line, index) => /^ {2}\w+:|^\w+: /.test(line) && !/^(?: {2})?# \w/.test(lines[index - 1] ?? ""));
    assert.deepEqual(bare, []);
  });

  it("can be used with the keys that are commented out, too", () => {
    const config = load({ "culprit.yml": withAllKeys, "relay.token": "t", "web.yml": "" });
    assert.equal(config.web.externalUrl, "https://culprit.example.org");
    assert.equal(config.storage.path, "/etc/culprit/data");
    assert.equal(config.archives.path, "/etc/culprit/data/archives");
    assert.equal(config.log.file, "/var/log/culprit/culprit.log");
    assert.equal(config.relay.tokenFile, "/etc/culprit/relay.token");
  });

  it("has three triggers in place of the usual six that do what is said of them", () => {
    const list = /disks as usual:\n#\n((?:# {3}- .*\n)+)/.exec(example)?.[1]?.replaceAll(/^#/gm, "");
    const triggers = loadText(`triggers:\n${list}`).triggers.map(({ metric, threshold, forSeconds }) => [
      metric,
      threshold?.value,
      forSeconds,
    ]);
    assert.deepEqual(triggers, [
      ["load5", 2, 60],
      ["cpu", 0.75, 60],
      ["disk", 0.9, 0],
    ]);
  });

  it("has a rule for names that does what it looks like", () => {
    const rule = /^# {3}- name:.*\n(?:# {5}.*\n)+/m.exec(example)?.[0].replaceAll(/^#/gm, "");
    const name = nameByRules(loadText(`groups:\n${rule}`).groups);
    const args = ["/usr/bin/java", "-Xmx1G", "-jar", "/opt/shop/cart.jar", "--port=80"];
    const identity = { commandLine: args.join(" "), arguments: args, user: "shop", cgroupPath: "/" };
    assert.equal(name?.(processReading(1, "java", { identity })), "java cart");
  });
});
