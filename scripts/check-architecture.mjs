/**
 * Checks who may import whom (docs/ARCHITECTURE.md): host → services → {jobs, store}; jobs →
 * engine, so the host never imports the engine; the window imports src-shared only; engine and store never see each other; features never
 * import each other; Electron is imported by one file; no cycles.
 *
 * Uses dependency-cruiser's `cruise()` rather than its command line, since that one exits 0 when it
 * understood no file at all: here a root that shows no module is an error.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const ROOTS = ["src-shared", "src-main", "src-renderer"];

/** Areas of src-main and the areas of ours that each may import. */
export const MAIN_ARROWS = {
  host: ["host", "services", "jobs", "store", "platform"],
  engine: ["engine", "platform"],
  store: ["store", "platform"],
  jobs: ["jobs", "engine", "platform"],
  services: ["services", "jobs", "store", "platform"],
  platform: ["platform"],
};

/** A rule for each area: it imports nothing of src-main but what its arrows allow. */
function arrowRules() {
  return Object.entries(MAIN_ARROWS).map(([area, allowed]) => ({
    name: `${area}-imports-only-${allowed.join("-")}`,
    severity: "error",
    from: { path: `^src-main/${area}/` },
    to: { path: "^src-main/", pathNot: `^src-main/(${allowed.join("|")})/` },
  }));
}

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
export const RULES = [
  ...arrowRules(),
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
    name: "electron-in-one-file",
    severity: "error",
    from: { path: "^src-", pathNot: "^src-main/host/(electron\\.ts|preload\\.ts)$" },
    to: { path: "(^|/)electron(/|$)" },
  },
  {
    name: "no-cycles",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "every-import-resolves",
    severity: "error",
    from: { path: "^src-" },
    to: { couldNotResolve: true },
  },
];

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
  const counts = Object.fromEntries(
    roots.map((root) => [
      root,
      output.modules.filter(({ source }) => source.startsWith(`${root}/`)).length,
    ]),
  );
  const violations = output.summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
  );
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
