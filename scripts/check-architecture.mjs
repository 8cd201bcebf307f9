/**
 * Checks who may import whom, as docs/ARCHITECTURE.md says it: the arrows between the areas of src-main, inside the
 * engine, and between the areas of the window; no cycle, types included; Electron in one folder; package imports between
 * areas and relative paths within one; and no way from the host to a module of TensorFlow.js.
 *
 * Uses dependency-cruiser's `cruise()` rather than its command line, since that one exits 0 when it understood no file at
 * all: here a root without modules is an error, and so is a folder that no arrow names.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const ROOTS = ["src-shared", "src-main", "src-renderer"];

/**
 * Areas of src-main and the other areas of it that each may import. A process's entry files (`*-process.ts`,
 * `*-thread.ts`) are the far side of a channel: they alone import the engine, and the sandbox's interpreters.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const MAIN_ARROWS = {
  platform: [],
  core: ["platform"],
  engine: ["core", "platform"],
  sandbox: ["core", "platform"],
  store: ["platform"],
  processes: ["engine", "sandbox", "core", "platform"],
  services: ["processes", "store", "core", "platform"],
  procedures: ["services", "store", "core", "platform"],
  host: ["procedures", "services", "processes", "store", "core", "platform"],
};

/**
 * Folders of src-main/engine and the others of it that each may import.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const ENGINE_ARROWS = {
  runtime: [],
  model: ["runtime"],
  sampling: ["model", "runtime"],
  inference: ["sampling", "model", "runtime"],
  objectives: ["model", "runtime"],
  training: ["objectives", "model", "runtime"],
  stages: ["training", "objectives", "sampling", "model", "runtime"],
  commands: ["training", "objectives", "sampling", "model", "runtime"],
};

/**
 * Areas of the window and the others that each may import.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const WINDOW_ARROWS = {
  theme: [],
  bridge: ["theme"],
  navigation: [],
  ui: ["navigation", "bridge", "theme"],
  charts: ["ui", "theme"],
  features: ["charts", "ui", "navigation", "bridge", "theme"],
  shell: ["features", "charts", "ui", "navigation", "bridge", "theme"],
};

/** Packages that compute with tensors, or load what does. */
const TENSOR_PACKAGES = /(^|\/)node_modules\/(@tensorflow|webgpu)\//;
/** What starts the host: everything that they import without a type runs in its process. */
const HOST_AREAS = /^src-main\/(host|procedures|services|store|core|platform)\//;

/**
 * @param {string} folder that holds the areas
 * @param {Readonly<Record<string, readonly string[]>>} arrows
 * @param {string} name of the rules
 * @returns {import("dependency-cruiser").IForbiddenRuleType[]}
 */
function arrowRules(folder, arrows, name) {
  // An area that may import all the others needs no rule.
  const bound = Object.entries(arrows).filter(
    ([, allowed]) => allowed.length + 1 < Object.keys(arrows).length,
  );
  return bound.map(([area, allowed]) => ({
    name: `${name}-${area}-imports-only-${["itself", ...allowed].join("-")}`,
    severity: "error",
    from: { path: `^${folder}/${area}/` },
    to: { path: `^${folder}/`, pathNot: `^${folder}/(${[area, ...allowed].join("|")})/` },
  }));
}

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
export const RULES = [
  ...arrowRules("src-main", MAIN_ARROWS, "main"),
  ...arrowRules("src-main/engine", ENGINE_ARROWS, "engine"),
  ...arrowRules("src-renderer", WINDOW_ARROWS, "window"),
  {
    name: "only-process-entries-import-the-engine",
    severity: "error",
    from: { path: "^src-main/processes/", pathNot: "-(process|thread)\\.ts$" },
    to: { path: "^src-main/engine/" },
  },
  {
    name: "only-process-entries-import-the-sandbox",
    severity: "error",
    from: { path: "^src-main/processes/", pathNot: "-(process|thread)\\.ts$" },
    to: { path: "^src-main/sandbox/", pathNot: "interpreter\\.ts$" },
  },
  {
    name: "shared-imports-only-itself-and-zod",
    severity: "error",
    from: { path: "^src-shared/" },
    to: { pathNot: "^src-shared/|^node_modules/(zod|@orpc/contract)/" },
  },
  {
    name: "window-imports-only-shared",
    severity: "error",
    from: { path: "^src-renderer/" },
    to: { path: "^(src-main|scripts|tests|bench)/" },
  },
  {
    name: "window-has-no-node",
    severity: "error",
    from: { path: "^src-renderer/", pathNot: "vite\\.config\\.ts$" },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "features-never-import-each-other",
    severity: "error",
    from: { path: "^src-renderer/features/([^/]+)/" },
    to: { path: "^src-renderer/features/", pathNot: "^src-renderer/features/$1/" },
  },
  {
    name: "main-never-imports-the-window",
    severity: "error",
    from: { path: "^src-main/" },
    to: { path: "^(src-renderer|scripts|tests|bench)/" },
  },
  {
    name: "electron-in-one-folder",
    severity: "error",
    from: { path: "^src-", pathNot: "^src-main/host/electron/" },
    to: { path: "(^|/)electron(/index\\.js|/electron\\.d\\.ts)?$|^node_modules/electron/" },
  },
  { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  {
    name: "every-import-resolves",
    severity: "error",
    from: { path: "^src-" },
    to: { couldNotResolve: true },
  },
];

/**
 * The area that a file belongs to; a feature is an area of its own.
 * @param {string} file relative to the root
 */
function areaOf(file) {
  const depth = file.startsWith("src-renderer/features/")
    ? 3
    : file.startsWith("src-shared/")
      ? 1
      : 2;
  return file.split("/").slice(0, depth).join("/");
}

/**
 * The places of a module's imports as they are written, types marked.
 * @param {string} text
 */
function writtenImports(text) {
  return [
    ...text.matchAll(/\b(?:import|export)\s+(type\s)?(?:[\w*{][^"';]*?\sfrom\s+)?"([^"]+)"/g),
  ].map(([, type, specifier = ""]) => ({ type: type !== undefined, specifier }));
}

/**
 * One of our modules: what it imports as it is written, and where dependency-cruiser found it.
 * @typedef {object} OwnModule
 * @property {string} source relative to the root
 * @property {readonly { type: boolean, specifier: string }[]} written
 * @property {readonly { module: string, resolved: string }[]} dependencies
 */

/**
 * A specifier between areas is "#main/…"; within one it is relative.
 * @param {OwnModule} module
 */
function wrongSpecifiers({ source, written, dependencies }) {
  return written.flatMap(({ specifier }) => {
    const resolved = dependencies.find(({ module }) => module === specifier)?.resolved;
    if (resolved === undefined || !resolved.startsWith("src-")) return [];
    const within = areaOf(resolved) === areaOf(source);
    if (within && specifier.startsWith("#"))
      return [`relative-within-an-area: ${source} → ${specifier}`];
    if (!within && specifier.startsWith("."))
      return [`package-imports-between-areas: ${source} → ${specifier}`];
    return [];
  });
}

/**
 * The shortest way from any module of the host's process to a package that computes with tensors. Imports of types are
 * no way; what is loaded on demand is one.
 * @param {readonly OwnModule[]} own
 */
function wayToTensors(own) {
  const modules = new Map(own.map((module) => [module.source, module]));
  const queue = [...modules.keys()].filter((source) => HOST_AREAS.test(source));
  const from = new Map(queue.map((source) => [source, ""]));
  for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
    if (TENSOR_PACKAGES.test(source)) {
      const way = [source];
      for (let step = from.get(source) ?? ""; step !== ""; step = from.get(step) ?? "")
        way.unshift(step);
      return way;
    }
    const { written = [], dependencies = [] } = modules.get(source) ?? {};
    for (const { module, resolved } of dependencies) {
      const named = written.filter(({ specifier }) => specifier === module);
      if ((named.length > 0 && named.every(({ type }) => type)) || from.has(resolved)) continue;
      from.set(resolved, source);
      queue.push(resolved);
    }
  }
  return null;
}

/**
 * Folders that hold modules and that no arrow names: their imports would be nobody's concern.
 * @param {string} baseDir
 */
function unknownFolders(baseDir) {
  const places = /** @type {const} */ ([
    ["src-main", MAIN_ARROWS],
    ["src-main/engine", ENGINE_ARROWS],
    ["src-renderer", WINDOW_ARROWS],
  ]);
  return places.flatMap(([folder, arrows]) => {
    const found = globSync(`${folder}/*/**/*.{ts,tsx}`, { cwd: baseDir }).map(
      (file) =>
        file
          .replaceAll("\\", "/")
          .slice(folder.length + 1)
          .split("/")[0] ?? "",
    );
    return [...new Set(found)]
      .filter((area) => !Object.hasOwn(arrows, area))
      .map(
        (area) =>
          `unknown-folder: ${folder}/${area} has no arrows in scripts/check-architecture.mjs`,
      );
  });
}

/**
 * @param {readonly string[]} roots folders relative to `baseDir`
 * @param {string} baseDir
 * @returns {Promise<{ violations: string[], counts: Record<string, number> }>}
 */
export async function checkArchitecture(roots = ROOTS, baseDir = ROOT) {
  const { output } = await cruise(
    roots.filter((root) => existsSync(`${baseDir}/${root}`)),
    {
      baseDir,
      parser: "swc",
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      ruleSet: { forbidden: RULES },
      validate: true,
      enhancedResolveOptions: {
        exportsFields: ["exports"],
        conditionNames: ["import", "node", "default"],
      },
    },
  );
  if (typeof output === "string") throw new Error("dependency-cruiser returned text");
  const own = output.modules
    .filter(({ source }) => source.startsWith("src-"))
    .map(({ source, dependencies }) => ({
      source,
      dependencies,
      written: writtenImports(readFileSync(join(baseDir, source), "utf8")),
    }));
  const counts = Object.fromEntries(
    roots.map((root) => [root, own.filter(({ source }) => source.startsWith(`${root}/`)).length]),
  );
  const violations = output.summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
  );
  violations.push(...own.flatMap((module) => wrongSpecifiers(module)));
  const way = wayToTensors(own);
  if (way !== null) violations.push(`host-loads-no-tensors: ${way.join(" → ")}`);
  violations.push(...unknownFolders(baseDir));
  for (const [root, count] of Object.entries(counts)) {
    if (count === 0)
      violations.push(`no-module-seen: ${root} shows no module, so nothing was checked there`);
  }
  return { violations, counts };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { violations, counts } = await checkArchitecture();
  for (const violation of violations) console.error(violation);
  const seen = Object.entries(counts).map(([root, count]) => `${root} ${count}`);
  console.log(`architecture: ${violations.length} violations; modules seen: ${seen.join(", ")}`);
  if (violations.length > 0) process.exitCode = 1;
}
