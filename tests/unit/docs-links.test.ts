import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const documents = globSync(["*.md", "docs/**/*.md", "assets/**/*.md"], { cwd: ROOT });

describe("the documents", () => {
  test.each(documents)("%s links to files that exist", (document) => {
    const text = readFileSync(join(ROOT, document), "utf8");
    const links = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? "");
    const missing = links.filter(
      (link) => !/^[a-z]+:/.test(link) && !existsSync(join(ROOT, dirname(document), link)),
    );
    expect(missing).toEqual([]);
  });

  test("the README names every npm script that a user starts with, and each exists", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const named = [...readme.matchAll(/npm (?:run )?(?:--silent )?([a-z][a-z:]+)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(named).toEqual(expect.arrayContaining(["start", "demo", "test", "gradus", "bench"]));
    for (const name of named.filter((word) => word !== "packages"))
      expect(scripts, name).toHaveProperty(name);
  });
});
