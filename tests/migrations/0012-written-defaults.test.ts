/** Defaults became TRL's: what a workspace of 0.1 keeps goes on meaning what it meant. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { RecipeId } from "#shared/schema/recipe-draft.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { withWrittenDefaults } from "#main/store/migrations/written-defaults.ts";
import { openStore } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const YAML = `# mine
name: Sums
models: { base: gradus-base }
stages:
  - name: cold # the start
    kind: sft
    model: base
    data: { dataset: x.jsonl }
  - { name: short, kind: sft, model: base, data: { dataset: x.jsonl }, max_steps: 3, learning_rate: 1e-4 }

  - &rl
    name: rl
    kind: grpo
    model: cold
    data: { task: arithmetic, difficulties: [3] }
    generation_batch_size: 8
    max_steps: 2
    beta: 0.1
  - <<: *rl
    name: rl-two
    beta: 0
  - name: measured
    kind: benchmark
    model: rl
    data: { task: arithmetic, difficulties: [3] }
    num_problems: 4
    max_completion_length: 99`;

const MEANT = `# mine
name: Sums
models: { base: gradus-base }
stages:
  - name: cold # the start
    learning_rate: 0.00005 # the default of Gradus 0.1
    num_train_epochs: 1 # the default of Gradus 0.1
    truncation_mode: drop # the default of Gradus 0.1
    kind: sft
    model: base
    data: { dataset: x.jsonl }
  - { name: short, truncation_mode: drop, kind: sft, model: base, data: { dataset: x.jsonl }, max_steps: 3, learning_rate: 1e-4 }

  - &rl
    name: rl
    learning_rate: 0.00005 # the default of Gradus 0.1
    max_completion_length: 256 # the default of Gradus 0.1
    use_bias_correction_kl: false # the default of Gradus 0.1
    kind: grpo
    model: cold
    data: { task: arithmetic, difficulties: [3] }
    generation_batch_size: 8
    max_steps: 2
    beta: 0.1
  - <<: *rl
    name: rl-two
    learning_rate: 0.00005 # the default of Gradus 0.1
    max_completion_length: 256 # the default of Gradus 0.1
    beta: 0
  - name: measured
    kind: benchmark
    model: rl
    data: { task: arithmetic, difficulties: [3] }
    num_problems: 4
    max_completion_length: 99`;

test("a kept recipe says the old defaults from now on, in its own layout, and so does what an undo brings back", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 12),
  );
  db.prepare(
    `INSERT INTO recipes (id, number, name, origin, yaml, start_yaml, created_at_ms, updated_at_ms)
     VALUES ('r1', 1, 'Sums', '{"kind":"text"}', ?, 'no: [recipe', 1, 1)`,
  ).run(YAML);
  const edit = db.prepare(
    `INSERT INTO edits (scope, kind, label, time_ms, state, touched, forward, inverse)
     VALUES ('recipe:r1', ?, 'edit', 1, 'done', 1, ?, ?)`,
  );
  const kept = { id: "r1", recipe: { name: "Sums", yaml: YAML, startYaml: YAML } };
  edit.run(
    "recipe-text",
    JSON.stringify({ id: "r1", yaml: "x" }),
    JSON.stringify({ id: "r1", yaml: YAML }),
  );
  edit.run("recipe-presence", JSON.stringify({ id: "r1", recipe: null }), JSON.stringify(kept));
  db.close();
  const store = openStore(file);
  const recipe = store.recipes.get(RecipeId.parse("r1"));
  expect(recipe.yaml).toBe(MEANT);
  expect(recipe.startYaml).toBe("no: [recipe");
  expect(store.edits.payload(1)).toEqual({
    forward: { id: "r1", yaml: "x" },
    inverse: { id: "r1", yaml: MEANT },
  });
  expect(store.edits.payload(2)).toEqual({
    forward: { id: "r1", recipe: null },
    inverse: { id: "r1", recipe: { name: "Sums", yaml: MEANT, startYaml: MEANT } },
  });
  store.close();
  const [cold, , rl, two, measured] = requireRecipe(recipe.yaml).stages;
  expect(cold).toMatchObject({ learning_rate: 5e-5, num_train_epochs: 1, truncation_mode: "drop" });
  expect(rl).toMatchObject({ max_completion_length: 256, use_bias_correction_kl: false });
  expect(two).toMatchObject({ learning_rate: 5e-5, max_completion_length: 256 });
  expect(measured).toMatchObject({ max_completion_length: 99 });
  expect(withWrittenDefaults(MEANT)).toBe(MEANT);
});

test("a pipeline of 0.1 is read with what its stages did, not with today's defaults", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 12),
  );
  const { recipe } = { recipe: requireRecipe(MEANT) };
  // As 0.1 wrote it: every option that it had.
  const stages = recipe.stages.map((stage) =>
    Object.fromEntries(
      Object.entries(stage).filter(
        ([name]) => !["truncation_mode", "mask_history", "use_bias_correction_kl"].includes(name),
      ),
    ),
  );
  db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
     VALUES ('p1', 1, 'Sums', 'recipe', ?, '0', 0, 'auto', 'finished', 1)`,
  ).run(JSON.stringify({ ...recipe, stages }));
  db.close();
  const store = openStore(file);
  const read = store.pipelines.get(PipelineId.parse("p1")).recipe.stages;
  expect(read[0]).toMatchObject({ truncation_mode: "drop", mask_history: false });
  expect(read[2]).toMatchObject({ use_bias_correction_kl: false, beta: 0.1 });
  store.close();
});

test.each([
  ["no recipe at all", "just words"],
  ["text that is no YAML", "stages: [\n"],
  ["an alias that grows without end", "a: &a [x, x]\nb: &b [*a, *a]\nstages: [*b, *b]\n"],
  ["stages that are no maps", "stages: [1, 2]\n"],
  ["nothing left out", "stages:\n  - { name: b, kind: pretrain }\n"],
])("%s stays as it is", (_, yaml) => {
  expect(withWrittenDefaults(yaml)).toBe(yaml);
});
