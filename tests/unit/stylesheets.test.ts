/** Stylesheets are global: a class that two features style looks as whichever was loaded last says. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The classes that a stylesheet styles wherever they stand: selectors of one class alone. */
function ownClasses(css: string): string[] {
  const rules = css.replaceAll(/\/\*[\s\S]*?\*\//gu, "").matchAll(/([^{}]+)\{/gu);
  return [...rules].flatMap(([, selectors = ""]) =>
    selectors.split(",").flatMap((one) => /^\.([\w-]+)$/u.exec(one.trim())?.[1] ?? []),
  );
}

/** The feature that a stylesheet belongs to; the theme and the shared components are one. */
function ownerOf(file: string): string {
  return /^src-renderer\/features\/([^/]+)\//u.exec(file)?.[1] ?? "shared";
}

test("a class is styled by one feature, or by what all features share", () => {
  const files = globSync("src-renderer/**/*.css", { cwd: ROOT }).map((file) =>
    file.replaceAll("\\", "/"),
  );
  expect(files.length).toBeGreaterThan(10);
  const owners = new Map<string, Set<string>>();
  for (const file of files)
    for (const name of ownClasses(readFileSync(`${ROOT}${file}`, "utf8")))
      owners.set(name, (owners.get(name) ?? new Set()).add(ownerOf(file)));
  const shared = [...owners].filter(([, of]) => of.size > 1).map(([name, of]) => [name, ...of]);
  expect(shared).toEqual([]);
});
