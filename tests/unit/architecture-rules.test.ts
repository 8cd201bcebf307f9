import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkArchitecture, RULES } from "../../scripts/check-architecture.mjs";

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
  write("src-main/platform/paths.ts", "export const home = 1;");
  write(
    "src-main/core/text/words.ts",
    'import { home } from "#main/platform/paths.ts";\nexport const words = home;',
  );
  write(
    "src-main/engine/runtime/tf.ts",
    'import { add } from "@tensorflow/tfjs";\nexport const tf = add;',
  );
  write(
    "src-main/engine/stages/run-stage.ts",
    'import { code } from "#shared/errors.ts";\nimport { tf } from "../runtime/tf.ts";\nexport const step = [code, tf];',
  );
  write("src-main/engine/inference/server.ts", "export const server = 1;");
  write("src-main/sandbox/javascript.ts", "export const run = 1;");
  write("src-main/store/database.ts", "export const open = 1;");
  write(
    "src-main/processes/engine-process.ts",
    'import { step } from "#main/engine/stages/run-stage.ts";\nexport const serve = step;',
  );
  write(
    "src-main/services/runs.ts",
    'import { open } from "#main/store/database.ts";\nexport const runs = open;',
  );
  write("src-main/procedures/router.ts", 'export { runs } from "#main/services/runs.ts";');
  write("src-main/host/main.ts", 'export { runs } from "#main/procedures/router.ts";');
  write("src-renderer/theme/tokens.ts", "export const tokens = 1;");
  write("src-renderer/bridge/host.ts", "export const host = 1;");
  write(
    "src-renderer/shell/shell.tsx",
    'import { code } from "#shared/errors.ts";\nexport const Shell = () => <p>{code}</p>;',
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
  expect(counts).toEqual({ "src-shared": 1, "src-main": 11, "src-renderer": 4 });
});

test("a root without modules is a violation of its own", async () => {
  rmSync(join(dir, "src-renderer"), { recursive: true });
  expect(await check()).toEqual([expect.stringContaining("no-module-seen: src-renderer")]);
});

/** What goes wrong, the file it is planted in, what that imports, the rule that must say so. */
const PLANTED: readonly (readonly [string, string, string, string])[] = [
  [
    "platform imports the core",
    "src-main/platform/a.ts",
    "#main/core/text/words.ts",
    "main-platform-imports-only-itself",
  ],
  [
    "the core imports the engine",
    "src-main/core/text/a.ts",
    "#main/engine/runtime/tf.ts",
    "main-core-imports-only",
  ],
  [
    "the core imports the store",
    "src-main/core/text/a.ts",
    "#main/store/database.ts",
    "main-core-imports-only",
  ],
  [
    "the engine imports the store",
    "src-main/engine/stages/a.ts",
    "#main/store/database.ts",
    "main-engine-imports-only",
  ],
  [
    "the store imports the engine",
    "src-main/store/a.ts",
    "#main/engine/stages/run-stage.ts",
    "main-store-imports-only",
  ],
  [
    "a process imports the store",
    "src-main/processes/a.ts",
    "#main/store/database.ts",
    "main-processes-imports-only",
  ],
  [
    "the host's side of a process imports the engine",
    "src-main/processes/a.ts",
    "#main/engine/runtime/tf.ts",
    "only-process-entries-import-the-engine",
  ],
  [
    "the sandbox imports the store",
    "src-main/sandbox/a.ts",
    "#main/store/database.ts",
    "main-sandbox-imports-only",
  ],
  [
    "the host's side of a process imports an interpreter",
    "src-main/processes/a.ts",
    "#main/sandbox/javascript.ts",
    "only-process-entries-import-the-sandbox",
  ],
  [
    "a service imports the engine",
    "src-main/services/a.ts",
    "#main/engine/stages/run-stage.ts",
    "main-services-imports-only",
  ],
  [
    "a service imports a procedure",
    "src-main/services/a.ts",
    "#main/procedures/router.ts",
    "main-services-imports-only",
  ],
  [
    "a procedure imports a process",
    "src-main/procedures/a.ts",
    "#main/processes/engine-process.ts",
    "main-procedures-imports-only",
  ],
  [
    "the host imports the engine",
    "src-main/host/a.ts",
    "#main/engine/stages/run-stage.ts",
    "main-host-imports-only",
  ],
  [
    "the runtime imports a stage",
    "src-main/engine/runtime/a.ts",
    "../stages/run-stage.ts",
    "engine-runtime-imports-only-itself",
  ],
  [
    "the model imports a stage",
    "src-main/engine/model/a.ts",
    "../stages/run-stage.ts",
    "engine-model-imports-only",
  ],
  [
    "sampling imports a stage",
    "src-main/engine/sampling/a.ts",
    "../stages/run-stage.ts",
    "engine-sampling-imports-only",
  ],
  [
    "inference imports a stage",
    "src-main/engine/inference/a.ts",
    "../stages/run-stage.ts",
    "engine-inference-imports-only",
  ],
  [
    "an objective imports a stage",
    "src-main/engine/objectives/a.ts",
    "../stages/run-stage.ts",
    "engine-objectives-imports-only",
  ],
  [
    "training imports a stage",
    "src-main/engine/training/a.ts",
    "../stages/run-stage.ts",
    "engine-training-imports-only",
  ],
  [
    "a stage imports inference",
    "src-main/engine/stages/a.ts",
    "../inference/server.ts",
    "engine-stages-imports-only",
  ],
  [
    "a command of the engine imports a stage",
    "src-main/engine/commands/a.ts",
    "../stages/run-stage.ts",
    "engine-commands-imports-only",
  ],
  [
    "the theme imports the bridge",
    "src-renderer/theme/a.ts",
    "#renderer/bridge/host.ts",
    "window-theme-imports-only-itself",
  ],
  [
    "the bridge imports a feature",
    "src-renderer/bridge/a.ts",
    "#renderer/features/home/home.tsx",
    "window-bridge-imports-only",
  ],
  [
    "navigation imports the bridge",
    "src-renderer/navigation/a.ts",
    "#renderer/bridge/host.ts",
    "window-navigation-imports-only-itself",
  ],
  [
    "a part of the interface imports the shell",
    "src-renderer/ui/a.ts",
    "#renderer/shell/shell.tsx",
    "window-ui-imports-only",
  ],
  [
    "a chart imports the bridge",
    "src-renderer/charts/a.ts",
    "#renderer/bridge/host.ts",
    "window-charts-imports-only",
  ],
  [
    "a feature imports the shell",
    "src-renderer/features/runs/a.ts",
    "#renderer/shell/shell.tsx",
    "window-features-imports-only",
  ],
  [
    "a feature imports another",
    "src-renderer/features/runs/a.ts",
    "#renderer/features/home/home.tsx",
    "features-never-import-each-other",
  ],
  [
    "the window imports the host",
    "src-renderer/ui/a.ts",
    "#main/engine/runtime/tf.ts",
    "window-imports-only-shared",
  ],
  ["the window imports Node", "src-renderer/ui/a.ts", "node:fs", "window-has-no-node"],
  ["shared imports the host", "src-shared/a.ts", "#main/store/database.ts", "shared-imports-only"],
  [
    "the host imports the window",
    "src-main/host/a.ts",
    "#renderer/bridge/host.ts",
    "main-never-imports-the-window",
  ],
  ["the command line imports Electron", "src-main/host/a.ts", "electron", "electron-in-one-folder"],
  ["an import leads nowhere", "src-main/host/a.ts", "./nowhere.ts", "every-import-resolves"],
  [
    "an area imports another by a relative path",
    "src-main/services/a.ts",
    "../store/database.ts",
    "package-imports-between-areas",
  ],
  [
    "a folder imports itself by the package's name",
    "src-main/services/a.ts",
    "#main/services/runs.ts",
    "relative-within-an-area",
  ],
  [
    "the host loads TensorFlow.js",
    "src-main/services/a.ts",
    "@tensorflow/tfjs",
    "host-loads-no-tensors",
  ],
  [
    "a folder has no arrows",
    "src-main/helpers/a.ts",
    "#shared/errors.ts",
    "unknown-folder: src-main/helpers",
  ],
  [
    "a folder of the engine has no arrows",
    "src-main/engine/helpers/a.ts",
    "#shared/errors.ts",
    "unknown-folder: src-main/engine/helpers",
  ],
  [
    "a folder of the window has no arrows",
    "src-renderer/helpers/a.ts",
    "#shared/errors.ts",
    "unknown-folder: src-renderer/helpers",
  ],
];

test.each(PLANTED)("%s: a violation", async (_what, file, target, rule) => {
  write(file, `import "${target}";`);
  expect(await check()).toEqual(expect.arrayContaining([expect.stringContaining(rule)]));
});

test("every rule has a violation planted for it", () => {
  const planted = PLANTED.map(([, , , rule]) => rule);
  const without = RULES.map(({ name }) => name ?? "").filter(
    (name) => name !== "no-cycles" && !planted.some((rule) => name.startsWith(rule)),
  );
  expect(without).toEqual([]);
});

test("a type from over the border is a violation as well", async () => {
  write("src-main/store/a.ts", 'export type { step } from "#main/engine/stages/run-stage.ts";');
  expect(await check()).toEqual(
    expect.arrayContaining([expect.stringContaining("main-store-imports-only")]),
  );
});

test("what only a type names is not loaded", async () => {
  write(
    "src-main/services/a.ts",
    'import type { Tensor } from "@tensorflow/tfjs";\nexport type T = Tensor;',
  );
  expect(await check()).toEqual([]);
});

test("what is loaded on demand is a way to TensorFlow.js", async () => {
  write("src-main/core/text/a.ts", 'export const later = () => import("@tensorflow/tfjs");');
  expect(await check()).toEqual([
    expect.stringContaining("host-loads-no-tensors: src-main/core/text/a.ts → "),
  ]);
});

test("a cycle is a violation", async () => {
  write("src-main/store/a.ts", 'import { b } from "./b.ts";\nexport const a = () => b;');
  write("src-main/store/b.ts", 'import { a } from "./a.ts";\nexport const b = () => a;');
  expect(await check()).toEqual(expect.arrayContaining([expect.stringContaining("no-cycles")]));
});

test("a cycle of types is one", async () => {
  write("src-main/store/a.ts", 'import type { B } from "./b.ts";\nexport type A = B | 1;');
  write("src-main/store/b.ts", 'import type { A } from "./a.ts";\nexport type B = A | 2;');
  expect(await check()).toEqual(expect.arrayContaining([expect.stringContaining("no-cycles")]));
});
