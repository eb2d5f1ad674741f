import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mainPath, packageRoot } from "../support/paths.ts";
import { composeFile } from "./support/composeFile.ts";
import { shippedText } from "./support/rules.ts";

const page = shippedText("docs/deploy.md");

/** The lines of a section that are to be typed or copied. */
function commandsOf(heading: string): readonly string[] {
  const section = page.split(/^#{2,3} /m).find((one) => one.startsWith(`${heading}\n`));
  assert.ok(section !== undefined, `there is no section ${heading}`);
  return section
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.trim());
}

describe("docs/deploy.md", () => {
  it("installs the service of systemd in five lines, of files that are there, to where the unit looks for them", () => {
    const [clone = "", user = "", config = "", unit = "", enable = ""] = commandsOf("systemd");
    const text = shippedText("systemd/culprit.service");
    assert.match(clone, /^sudo git clone <this repository> (\/opt\/culprit) && cd \1 && sudo npm run build$/);
    assert.match(text, / \/opt\/culprit\/dist\/src\/main\.js /);
    assert.equal(user.split(" ").at(-1), /^User=(.*)$/m.exec(text)?.[1]);
    const [source = "", target = ""] = config.split(" ").slice(-2);
    assert.ok(existsSync(join(packageRoot(), source)), source);
    assert.ok(text.includes(`--config.file=${target} `), target);
    assert.ok(existsSync(join(packageRoot(), unit.split(" ").at(-2) ?? "")), unit);
    assert.equal(enable, "sudo systemctl enable --now culprit");
  });

  it("names only flags that Culprit knows, and so do the unit and the compose file", () => {
    const help = ["--help", "token --help"].map(
      (args) => spawnSync(process.execPath, [mainPath(), ...args.split(" ")], { encoding: "utf8" }).stdout,
    );
    const known = new Set(help.join("\n").match(/--[a-z][\w.-]*/g));
    const lines = [
      ...page.split("\n").filter((line) => line.includes("main.js")),
      ...shippedText("systemd/culprit.service").split("\n"),
      (composeFile().services.culprit?.command ?? []).join(" "),
      shippedText("Dockerfile")
        .split("\n")
        .find((line) => line.startsWith("CMD ")) ?? "",
      shippedText("deploy/compose/setup.mjs")
        .split("\n")
        .find((line) => line.includes('"token", "write"')) ?? "",
    ];
    // dots are Culprit's alone; its other flags are those of `token`
    const named = lines.flatMap((line) => line.match(/--(?:[a-z]+\.[\w.-]+|scope|mode|group)(?==)/g) ?? []);
    assert.ok(named.length > 12, named.join(" "));
    for (const flag of named) assert.ok(known.has(flag), flag);
  });

  it("leads to sections and files that are there", () => {
    const sections = new Set([...page.matchAll(/^#{2,3} (.+)$/gm)].map(([, title = ""]) => `#${title.toLowerCase().replaceAll(" ", "-")}`));
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    assert.ok(links.length > 5);
    for (const link of links) assert.ok(link.startsWith("#") ? sections.has(link) : existsSync(join(packageRoot(), "docs", link)), link);
  });
});
