/**
 * Every preset that ships, cut down to a few steps, run to its end on a built-in base by the command line: proves that
 * each of its stages goes through, says nothing about quality. What needs a model to be fetched begins with the base.
 *
 *   npm run bench:presets -- [PRESET…] [--json FILE]
 *
 * Exits with 1 where one did not finish.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { assertNever } from "#shared/errors.ts";
import type { Stage } from "#shared/schema/recipe.ts";

/** A cold start that is long enough for some right solutions, on the easiest sums; everything else in a few steps. */
const EASY = "{ task: arithmetic, difficulties: [2, 3] }";
const SHIPPED = new Set(["gradus-base", "gradus-student"]);

const Finished = z.object({
  status: z.string(),
  results: z.array(
    z.object({ name: z.string(), pass1: z.number(), ci: z.tuple([z.number(), z.number()]) }),
  ),
});
/** What the command line prints where it did not come to a launch. */
const Refused = z.object({ error: z.unknown() });

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" } },
});
const files = globSync(join(assetFolder(), "recipes", "*.yaml")).sort();
const all = files.map((file) => ({
  id: basename(file, ".yaml"),
  yaml: readFileSync(file, "utf8"),
}));
const unknown = positionals.filter((name) => !all.some(({ id }) => id === name));
if (unknown.length > 0) {
  console.error(`no preset ${unknown.join(", ")}; there are ${all.map(({ id }) => id).join(", ")}`);
  process.exit(2);
}

/** Changes of one stage's options, as the command line takes them. */
function cutOf(stage: Stage): Record<string, string | number> {
  switch (stage.kind) {
    case "pretrain":
      return { max_steps: 4, save_steps: 2, per_device_train_batch_size: 8 };
    case "sft":
      return "source" in stage.data
        ? {
            data: `{ source: ${EASY}, examples: 256 }`,
            num_train_epochs: 3,
            // A preset for a larger model has a smaller rate than the built-in base needs.
            learning_rate: 1e-3,
            save_steps: 10,
          }
        : { max_steps: 2 };
    case "grpo":
      return {
        data: EASY,
        num_generations: 8,
        generation_batch_size: 64,
        per_device_train_batch_size: 32,
        gradient_accumulation_steps: 2,
        max_steps: 2,
        save_steps: 1,
      };
    case "rejection-sampling":
      return { data: EASY, num_prompts: 64, num_generations: 2 };
    case "distill":
      return { data: EASY, num_prompts: 64, num_generations: 2, max_steps: 2 };
    case "benchmark":
      return { data: EASY, num_problems: 16, num_samples: 2 };
    default:
      return assertNever(stage);
  }
}

function changesOf(yaml: string): string[] {
  const { models, stages } = requireRecipe(yaml);
  return [
    ...Object.entries(models).flatMap(([name, model]) =>
      SHIPPED.has(model) ? [] : [`models.${name}=gradus-base`],
    ),
    ...stages.flatMap((stage) =>
      Object.entries(cutOf(stage)).map(
        ([key, value]) => `stages.${stage.name}.${key}=${String(value)}`,
      ),
    ),
  ];
}

const main = fileURLToPath(new URL("../src-main/host/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gradus-presets-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const outcomes = [];
for (const { id, yaml } of all) {
  if (positionals.length > 0 && !positionals.includes(id)) continue;
  const begun = performance.now();
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [main, "run", id, ...changesOf(yaml), "--json", "--workspace", join(folder, id)],
    { encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  const seconds = (performance.now() - begun) / 1000;
  const document = z.union([Finished, Refused]).parse(JSON.parse(stdout));
  const { status, results: scores } =
    "error" in document ? { status: "refused", results: [] } : document;
  const results = scores.map(
    ({ name, pass1, ci }) =>
      `${name} ${(100 * pass1).toFixed(0)}% [${ci.map((end) => (100 * end).toFixed(0)).join(", ")}]`,
  );
  console.log(
    `${id}: ${status} in ${seconds.toFixed(0)} s${results.length > 0 ? `; ${results.join(", ")}` : ""}`,
  );
  if (status !== "finished")
    console.log(status === "refused" ? stdout : stderr.trim().split("\n").slice(-12).join("\n"));
  outcomes.push({ id, status, seconds, results: scores });
}
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(outcomes, null, 2));
if (outcomes.some(({ status }) => status !== "finished")) process.exitCode = 1;
