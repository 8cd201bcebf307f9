import { globSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const files = globSync(["tests/**/*.{ts,tsx,mjs}", "bench/**/*.{ts,mjs}"], { cwd: ROOT });

/** Relative paths in a file's text that lead out of the repository. */
function pathsOutside(file: string): string[] {
  const text = readFileSync(resolve(ROOT, file), "utf8");
  return [...text.matchAll(/["'`]((?:\.\.\/)+[^"'`$]*)/g)].flatMap(([, path = ""]) =>
    relative(ROOT, resolve(ROOT, dirname(file), path)).startsWith("..") ? [path] : [],
  );
}

test("no test reads a file beside the repository: a clone has all that they need", () => {
  expect(files.length).toBeGreaterThan(200);
  expect(
    Object.fromEntries(
      files.flatMap((file) => {
        const paths = pathsOutside(file);
        return paths.length === 0 ? [] : [[file, paths]];
      }),
    ),
  ).toEqual({});
});
