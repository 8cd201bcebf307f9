/** Paths that lead nowhere: words that say what to do, at every border. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { explainFileError } from "#main/platform/explain-file-error.ts";
import { makeFolder } from "#main/platform/make-folder.ts";
import { explainError } from "#main/store/explain-error.ts";
import { prepareWorkspace } from "#main/store/workspace.ts";
import { openStore } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { LINUX, lacking } from "../helpers/need.ts";

const root = temporaryFolder();
symlinkSync(join(root, "gone"), join(root, "dangling"));
symlinkSync(join(root, "round"), join(root, "round"));
writeFileSync(join(root, "file"), "");

test.each([
  ["a dangling link", join(root, "dangling"), /is a link to what is not there/],
  ["a link to itself", join(root, "round"), /leads back to itself/],
  ["a file", join(root, "file"), /is not a folder/],
  ["a place below a file", join(root, "file", "below"), /is not a folder/],
  ["a name of 300 letters", join(root, "a".repeat(300)), /longer than the system's names/],
  ["a path of 5,000 letters", join(root, "d/".repeat(2500)), /longer than the system's names/],
])("a workspace at %s is refused in words", (_what, path, message) => {
  expect(() => prepareWorkspace(path)).toThrow(message);
});

test.runIf(LINUX.met)(`a workspace in /proc is refused, and at once${lacking(LINUX)}`, () => {
  expect(() => prepareWorkspace("/proc/gradus")).toThrow(/No folder can be made at \/proc\/gradus/);
  expect(() => prepareWorkspace("/proc/self/gradus/below")).toThrow(/No folder can be made/);
});

test("folders are made with those above them, and one that is there stays", () => {
  const deep = join(root, "a", "b", "c");
  makeFolder(deep);
  writeFileSync(join(deep, "kept"), "1");
  makeFolder(deep);
  expect(readFileSync(join(deep, "kept"), "utf8")).toBe("1");
});

test.each([
  ["ENOENT", () => readFileSync(join(root, "none")), "NOT_FOUND"],
  ["EISDIR", () => readFileSync(root), "BAD_INPUT"],
  ["ENAMETOOLONG", () => mkdirSync(join(root, "x".repeat(300))), "BAD_INPUT"],
])("%s is explained with its path and advice, and shortened", (_code, act, code) => {
  let caught: unknown;
  try {
    act();
  } catch (error) {
    caught = error;
  }
  const known = explainFileError(caught);
  expect(known).toMatchObject({ code });
  expect(known?.advice).toBeTruthy();
  expect(known?.message.length).toBeLessThan(400);
  expect(explainError(new TypeError("a bug"))).toBeUndefined();
});

test("a damaged database is told as such, wherever it shows", () => {
  const file = join(root, "damaged.sqlite");
  const store = openStore(file);
  store.close();
  const bytes = readFileSync(file);
  bytes.fill(0xab, 4096, bytes.length);
  writeFileSync(file, bytes);
  let caught: unknown;
  try {
    openStore(file, { readonly: true }).pipelines.list({ offset: 0, limit: 10 });
  } catch (error) {
    caught = error;
  }
  expect(explainError(caught)).toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(/damaged/),
  });
});
