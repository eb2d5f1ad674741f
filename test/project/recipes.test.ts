import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../support/paths.ts";

const map = readFileSync(join(packageRoot(), "src", "README.md"), "utf8");
const [recipes = ""] = (map.split("## Recipes\n")[1] ?? "").split("\n## ");

/** The files that a recipe names, from the root of the checkout or from `src`. */
function filesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w<>./-]+\.(?:ts|txt|yml|md))`/g)].map((match) => match[1] ?? "");
}

const isThere = (path: string) => [packageRoot(), join(packageRoot(), "src")].some((folder) => existsSync(join(folder, path)));

describe("The recipes of src/README.md", () => {
  it("name files that exist, and folders for those that are to be made", () => {
    const named = filesIn(recipes);
    assert.ok(named.length > 20, `${named.length} files`);
    for (const path of named) assert.ok(isThere(path.includes("<") ? dirname(path) : path), path);
  });

  it("are there for whatever is added most, and take five files at most", () => {
    const wanted = ["collector", "metric family", "host figure", "route", "channel", "sink", "setting"];
    for (const what of wanted) {
      const recipe = recipes
        .trim()
        .split("\n\n")
        .find((one) => one.startsWith("**") && (one.split("**")[1] ?? "").includes(what));
      assert.ok(recipe !== undefined, what);
      const own = new Set(filesIn(recipe).filter((path) => !/^(?:docs|test)\//.test(path)));
      assert.ok(own.size <= 5, `${what}: ${[...own].join(", ")}`);
    }
  });
});
