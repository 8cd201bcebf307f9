import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkArchitecture } from "../../scripts/check-architecture.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "gradus-architecture-"));
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"), "dir");
  write("package.json", {
    type: "module",
    imports: {
      "#shared/*": "./src-shared/*",
      "#main/*": "./src-main/*",
      "#renderer/*": "./src-renderer/*",
    },
  });
  write("src-shared/errors.ts", "export const code = 1;");
  write(
    "src-main/engine/train.ts",
    'import { code } from "#shared/errors.ts";\nexport const step = code;',
  );
  write("src-main/store/database.ts", "export const open = 1;");
  write(
    "src-main/services/runs.ts",
    'import { open } from "#main/store/database.ts";\nexport const runs = open;',
  );
  write(
    "src-renderer/app/app.tsx",
    'import { code } from "#shared/errors.ts";\nexport const App = () => <p>{code}</p>;',
  );
  write("src-renderer/features/home/home.tsx", "export const home = 1;");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, content: string | object): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

async function check(): Promise<string[]> {
  // dependency-cruiser reads from the working folder.
  return (await checkArchitecture(["src-shared", "src-main", "src-renderer"], dir)).violations;
}

test("a tree that keeps to the arrows has no violation, and every file is seen", async () => {
  const { violations, counts } = await checkArchitecture(
    ["src-shared", "src-main", "src-renderer"],
    dir,
  );
  expect(violations).toEqual([]);
  expect(counts).toEqual({ "src-shared": 1, "src-main": 3, "src-renderer": 2 });
});

test("a root without modules is a violation of its own", async () => {
  rmSync(join(dir, "src-renderer"), { recursive: true });
  expect(await check()).toEqual([expect.stringContaining("no-module-seen: src-renderer")]);
});

test.each([
  [
    "the engine imports the store",
    "src-main/engine/a.ts",
    "#main/store/database.ts",
    "engine-imports-only",
  ],
  [
    "the store imports the engine",
    "src-main/store/a.ts",
    "#main/engine/train.ts",
    "store-imports-only",
  ],
  [
    "a service imports the engine",
    "src-main/services/a.ts",
    "#main/engine/train.ts",
    "services-imports-only",
  ],
  ["a job imports the store", "src-main/jobs/a.ts", "#main/store/database.ts", "jobs-imports-only"],
  [
    "a job imports a type of the store",
    "src-main/jobs/a.ts",
    "type:#main/store/database.ts",
    "jobs-imports-only",
  ],
  [
    "the window imports src-main",
    "src-renderer/ui/a.ts",
    "../../src-main/engine/train.ts",
    "window-imports-only-shared",
  ],
  ["the window imports Node", "src-renderer/ui/a.ts", "node:fs", "window-has-no-node"],
  [
    "a feature imports another",
    "src-renderer/features/runs/a.ts",
    "../home/home.tsx",
    "features-never-import",
  ],
  [
    "src-shared imports src-main",
    "src-shared/a.ts",
    "#main/engine/train.ts",
    "shared-imports-only",
  ],
  [
    "src-main imports the window",
    "src-main/host/a.ts",
    "#renderer/app/app.tsx",
    "main-never-imports-the-window",
  ],
  ["the command line imports Electron", "src-main/host/a.ts", "electron", "electron-in-one-file"],
  ["an import leads nowhere", "src-main/host/a.ts", "./nowhere.ts", "every-import-resolves"],
])("it is a violation when %s", async (_what, file, target, rule) => {
  const type = target.startsWith("type:");
  write(
    file,
    type
      ? `import type * as x from "${target.slice(5)}";\nexport type Y = typeof x;`
      : `import "${target}";`,
  );
  expect(await check()).toEqual(expect.arrayContaining([expect.stringContaining(rule)]));
});

test("a cycle is a violation", async () => {
  write("src-main/store/a.ts", 'import { b } from "./b.ts";\nexport const a = () => b;');
  write("src-main/store/b.ts", 'import { a } from "./a.ts";\nexport const b = () => a;');
  expect(await check()).toEqual(expect.arrayContaining([expect.stringContaining("no-cycles")]));
});
