import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINE_ARROWS, MAIN_ARROWS, WINDOW_ARROWS } from "../../scripts/check-architecture.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const text = readFileSync(join(ROOT, "docs/ARCHITECTURE.md"), "utf8");

/** The rows of the table that follows a line of the document, cell by cell. */
function tableAfter(line: string): string[][] {
  const after = text.slice(text.indexOf(line) + line.length).trimStart();
  const rows = after.split("\n\n")[0]?.split("\n") ?? [];
  return rows.slice(2).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const FOLDER = /^`([a-z/]+)\/`$/;

test.each([
  ["Areas of `src-main/`:", MAIN_ARROWS],
  ["Folders of `src-main/engine/`:", ENGINE_ARROWS],
  ["Areas of `src-renderer/`; a feature never imports another:", WINDOW_ARROWS],
])("%s the document and the check say the same, word for word", (line, arrows) => {
  expect(text).toContain(line);
  const said = tableAfter(line).map(([folder = "", , imports = ""]) => [
    FOLDER.exec(folder)?.[1],
    imports,
  ]);
  const checked = Object.entries(arrows).map(([folder, allowed]) => [
    folder,
    allowed.length === 0 ? "nothing" : allowed.join(", "),
  ]);
  expect(said).toEqual(checked);
});

describe("the rooms of the larger areas", () => {
  const said = tableAfter("Rooms of the larger areas of `src-main/`:").map(
    ([folder = ""]) => FOLDER.exec(folder)?.[1] ?? folder,
  );

  test("are those that hold files, each with its purpose", () => {
    const areas = "core,processes,services,store,host";
    const found = globSync(`src-main/{${areas}}/*/**/*.ts`, { cwd: ROOT }).map((file) =>
      file.replaceAll("\\", "/").split("/").slice(1, 3).join("/"),
    );
    expect([...said].toSorted()).toEqual([...new Set(found)].toSorted());
  });
});

test.each(["docs/ARCHITECTURE.md", "docs/papers/README.md", "docs/GLOSSARY.md", "README.md"])(
  "%s names no file or folder that is not there",
  (document) => {
    const named = readFileSync(join(ROOT, document), "utf8").matchAll(
      /`((?:src-main|src-shared|src-renderer|tests|bench|assets|scripts|docs)\/[^`*…{ ]*)`/g,
    );
    const missing = [...named].flatMap(([, path = ""]) =>
      globSync(path.replace(/\/$/, ""), { cwd: ROOT }).length === 0 ? [path] : [],
    );
    expect(missing).toEqual([]);
  },
);
