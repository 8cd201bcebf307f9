/** docs/papers names files and tests: each of them is there, and each objective and preset stands in it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/papers/README.md"), "utf8");

/** Cells of all tables that stand under this heading, one for each row. */
function column(name: string): string[] {
  return page.split("\n\n").flatMap((block) => {
    const [head = "", , ...rows] = block.trim().split("\n");
    const place = head.startsWith("|") ? cellsOf(head).indexOf(name) : -1;
    return place === -1 ? [] : rows.map((row) => cellsOf(row)[place] ?? "");
  });
}

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test("every file that it names is there", () => {
  const files = column("file");
  expect(files.length).toBeGreaterThan(60);
  for (const cell of files) {
    const named = [...cell.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => name);
    expect(named.length, cell).toBeGreaterThan(0);
    let folder = "";
    for (const name of named) {
      // Behind the first of a cell, a name without a folder stands in the folder before it.
      const path = name.includes("/") ? name : `${folder}/${name}`;
      folder = path.slice(0, path.lastIndexOf("/"));
      expect(existsSync(join(root, path)), path).toBe(true);
    }
  }
});

test("every test and recorded trajectory that it names is there, and no row is without one", () => {
  const tests = column("test");
  expect(tests).toHaveLength(column("file").length);
  const named = tests.map((cell) =>
    cell
      .replaceAll(/ \([^)]*\)/gu, "")
      .split(";")
      .flatMap(testFiles),
  );
  expect(tests.filter((_, row) => named[row]?.length === 0)).toEqual([]);
  expect(named.flat().filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/** Files of a part of a cell: `a, b`, or with what kind they are, `golden a, b`. */
function testFiles(part: string): string[] {
  const [, kind = "unit", names = part] = /^ *(golden|e2e) (.*)$/su.exec(part) ?? [];
  return names.split(",").flatMap((one) => {
    const name = one.trim();
    // A page that is linked is looked at with every link.
    if (name === "–" || name === "" || name.startsWith("[")) return [];
    if (kind !== "golden") return [`tests/${kind}/${name}.test.ts`];
    const recorded = `tests/fixtures/reference/grpo-trajectories/${name}`;
    const isFolder = existsSync(join(root, recorded));
    return [isFolder ? recorded : `tests/fixtures/reference/grpo-family/${name}.json`];
  });
}

test("every objective and every preset stands in it", () => {
  const noPaper = new Set([
    "objective",
    "sequences",
    "stop-gradient",
    "estimate-advantages",
    "next-token-scores",
  ]);
  const objectives = readdirSync(join(root, "src-main/engine/objectives"))
    .filter((name) => !noPaper.has(basename(name, ".ts")))
    .filter((name) => !page.includes(name));
  expect(objectives).toEqual([]);
  const presets = readdirSync(join(root, "assets/recipes"));
  expect(presets.filter((name) => !page.includes(`assets/recipes/${name}`))).toEqual([]);
});
