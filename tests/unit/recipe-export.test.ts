/** Exports: names that the trainers really have, files as they were looked at, and rules that judge as ours do. */
import { CriticOptions } from "#shared/schema/critic-options.ts";
import { inputWith, NO_SETS } from "../helpers/problem-with.ts";
import { taskProblemOf } from "#main/core/problems/problem.ts";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { NO_OUTSIDE } from "#main/core/problems/outside/outside-task.ts";
import { readParquet } from "#main/core/tables/read-parquet.ts";
import type { OwnParts } from "#main/services/exports/export-part.ts";
import { exportRecipe } from "#main/services/exports/export-recipe.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import { formatSolution } from "#main/core/problems/task.ts";
import { listTasks } from "#main/core/problems/registry.ts";
import { builtInReward } from "#main/core/rewards/built-in-rewards.ts";
import type { ExportedData } from "#shared/schema/recipe-draft.ts";
import { NamedReward } from "#shared/schema/reward.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { lacking } from "../helpers/need.ts";
import { findTransformersPython, pythonWith } from "../helpers/python-transformers.ts";

const OWN = `def reward(completions, prompts, gold, id, **columns):
    return [None if c == "" else len(c) + len(p) + len(g) + len(i) for c, p, g, i in zip(completions, prompts, gold, id)]
`;
const FROM = { sets: NO_SETS, outside: NO_OUTSIDE };
const OWN_PARTS: OwnParts = {
  textOf: ({ file }) => {
    expect(file).toBe("rewards/own.py");
    return OWN;
  },
  endpointOf: () => undefined,
};

const fixtures = new URL("../fixtures/export/", import.meta.url);
const Names = z.object({
  grpo: z.array(z.string()),
  rloo: z.array(z.string()),
  sft: z.array(z.string()),
  gkd: z.array(z.string()),
  lora: z.array(z.string()),
  verl: z.array(z.string()),
});
const NAMES = Names.parse(JSON.parse(readFileSync(new URL("names.json", fixtures), "utf8")));
const TrainerFile = z.object({
  trainer: z.enum(["sft", "grpo", "rloo", "gkd"]),
  args: z.record(z.string(), z.unknown()),
  peft: z.record(z.string(), z.unknown()).optional(),
});

/** As Gradus' own reader of Parquet has them. */
async function readExported(
  data: readonly ExportedData[],
  wanted: string,
): Promise<Record<string, unknown>[]> {
  const file = join(temporaryFolder(), "rows.parquet");
  const { base64 = "" } = data.find(({ name }) => name === wanted) ?? {};
  writeFileSync(file, Buffer.from(base64, "base64"));
  const rows: Record<string, unknown>[] = [];
  for await (const row of readParquet(file).rows) {
    if ("bad" in row) throw new Error(row.bad);
    rows.push(row.value);
  }
  return rows;
}

function recipe(name: string, overrides: readonly string[] = []) {
  const yaml = readFileSync(new URL(`../../assets/recipes/${name}.yaml`, import.meta.url), "utf8");
  return requireRecipe(yaml, overrides);
}

const EVERY_OPTION = [
  "stages.grpo.use_peft=true",
  "stages.grpo.bf16=true",
  "stages.grpo.epsilon_high=0.28",
  "stages.grpo.delta=4",
  "stages.grpo.beta=0.01",
  "stages.grpo.min_p=0.05",
  "stages.grpo.off_policy_mask_threshold=0.5",
  "stages.grpo.importance_sampling_clip_min=0.3",
  "stages.grpo.lr_scheduler_type=cosine",
  "stages.grpo.min_lr_ratio=0.1",
  "stages.grpo.eval_steps=10",
  "stages.grpo.filter_groups=true",
  "stages.grpo.load_best_model_at_end=true",
  "stages.cold-start.use_peft=true",
  "stages.cold-start.packing=true",
];

test.each([
  "demo",
  "demo-smoke",
  "dapo",
  "r1-full",
  "r1-zero",
  "dr-grpo",
  "gspo",
  "tiny-sft",
  "distill-only",
  "rl-against-distillation",
  "on-policy-distill",
])("every name that %s has for TRL is a name of TRL 1.16's configuration", async (name) => {
  const given = name === "demo" ? EVERY_OPTION : [];
  const { files } = await exportRecipe(recipe(name, given), "trl", FROM, OWN_PARTS);
  const configs = files.filter((file) => file.name.endsWith(".yaml"));
  expect(configs.length).toBeGreaterThan(0);
  for (const file of configs) {
    const { trainer, args, peft } = TrainerFile.parse(parse(file.text));
    expect(Object.keys(args).filter((key) => !NAMES[trainer].includes(key))).toEqual([]);
    expect(Object.keys(peft ?? {}).filter((key) => !NAMES.lora.includes(key))).toEqual([]);
  }
});

test.each(["demo", "dapo", "r1-full"])(
  "every override that %s has for verl is a key of verl 0.9's",
  async (name) => {
    const { files } = await exportRecipe(
      recipe(name, name === "demo" ? EVERY_OPTION : []),
      "verl",
      FROM,
      OWN_PARTS,
    );
    const scripts = files.filter((file) => file.name.endsWith(".sh"));
    expect(scripts.length).toBeGreaterThan(0);
    for (const { text } of scripts) {
      const keys = [...text.matchAll(/^ {2}([\w.]+)=/gmu)].map(([, key = ""]) => key);
      expect(keys.length).toBeGreaterThan(30);
      expect(keys.filter((key) => !NAMES.verl.includes(key))).toEqual([]);
    }
  },
);

test("every option of a grpo stage is written for TRL or listed as missing", async () => {
  const grpo = recipe("demo", EVERY_OPTION).stages.find(({ kind }) => kind === "grpo");
  const { files, unmapped } = await exportRecipe(
    recipe("demo", EVERY_OPTION),
    "trl",
    FROM,
    OWN_PARTS,
  );
  const config = TrainerFile.parse(
    parse(files.find(({ name }) => name === "grpo.yaml")?.text ?? ""),
  );
  const said = new Set([
    ...Object.keys(config.args),
    ...unmapped
      .filter(({ path }) => path.startsWith("stages.grpo."))
      .map(({ path }) => path.slice("stages.grpo.".length)),
    // Said under other names: the file's own keys, weights beside functions, peft's, and the kwargs of the schedule.
    // TRL says of vLLM what is of any sampler here.
    ...Object.keys(config.args).map((name) => name.replace(/^vllm_/u, "")),
    // At their defaults what TRL's GRPOTrainer does and has no option for; else listed as missing.
    ...["adv_estimator", "normalize_advantages", "kl_estimator", "use_kl_in_reward"],
    ...["shuffle_minibatches", "curriculum", "replay_groups", "max_staleness", "adv_k"],
    // Of adv_estimator gae, which is listed.
    ...Object.keys(CriticOptions.shape),
    ...[
      "name",
      "kind",
      "model",
      "data",
      // At their defaults: what is set of them is listed.
      "eval_on_start",
      "eval_problems",
      "num_generations_eval",
      // Of filter_groups, which is listed.
      "max_num_gen_batches",
      // The form that rewards.py reads; another one is listed as missing.
      "answer_format",
      // Stand in the data file's prompts.
      "system_prompt",
      "prompt_template",
      "rewards",
      "use_peft",
      "lora_r",
      "lora_alpha",
      "lora_dropout",
      "lora_target_modules",
      "use_rslora",
      "min_lr_ratio",
    ],
  ]);
  expect(Object.keys(grpo ?? {}).filter((key) => !said.has(key))).toEqual([]);
  expect(config.args).toMatchObject({
    lr_scheduler_type: "cosine_with_min_lr",
    lr_scheduler_kwargs: { min_lr_rate: 0.1 },
  });
});

test("what has no counterpart is listed, with its value and why", async () => {
  const trl = (await exportRecipe(recipe("demo"), "trl", FROM, OWN_PARTS)).unmapped;
  expect(trl).toContainEqual({
    path: "stages.grpo.min_lr_ratio",
    value: 0.1,
    why: "transformers' linear schedule always ends at 0",
  });
  expect(trl.map(({ path }) => path)).toContain("stages.student.teacher");
  expect(trl.map(({ path }) => path)).toContain("stages.traces.kind");
  const verl = (
    await exportRecipe(recipe("demo", EVERY_OPTION), "verl", FROM, OWN_PARTS)
  ).unmapped.map(({ path }) => path);
  expect(verl).toEqual(
    expect.arrayContaining([
      "stages.grpo.delta",
      "stages.grpo.min_p",
      "stages.grpo.lora_dropout",
      "stages.cold-start.kind",
    ]),
  );
});

test("what TRL does not do stands in the head of the script that it runs", async () => {
  const { files, unmapped } = await exportRecipe(recipe("dapo"), "trl", FROM, OWN_PARTS);
  const script = files.find(({ name }) => name === "train.py")?.text ?? "";
  const head = script.split("\n").filter((line) => line.startsWith("# - "));
  expect(head).toHaveLength(unmapped.length);
  expect(head.join("\n")).toContain(
    "stages.grpo.filter_groups = true: TRL samples each batch once",
  );
});

test("what an sft stage is measured on is a file of its own for TRL, written where it is worked out", async () => {
  const of = async (evalData: string) => {
    const made = await exportRecipe(
      recipe("demo-smoke", [
        "stages.cold-start.eval_steps=2",
        `stages.cold-start.eval_data=${evalData}`,
      ]),
      "trl",
      FROM,
      OWN_PARTS,
    );
    const yaml = made.files.find(({ name }) => name === "cold-start.yaml")?.text ?? "";
    return { ...made, config: z.record(z.string(), z.unknown()).parse(parse(yaml)) };
  };
  const worked = await of("{ source: { task: arithmetic, difficulties: [3] }, examples: 5 }");
  expect(worked.config).toMatchObject({ eval_data: "data/cold-start-eval.parquet" });
  expect(worked.config).not.toHaveProperty("test_size");
  const file = worked.data.find(({ name }) => name === "data/cold-start-eval.parquet");
  expect(file?.rows).toBe(5);
  const listed = worked.unmapped.map(({ path }) => path);
  expect(listed.filter((path) => /eval_data|test_size/u.test(path))).toEqual([]);
  const written = await of("{ dataset: held.jsonl }");
  expect(written.config).toMatchObject({
    eval_data: "data/cold-start-eval.jsonl",
    last_answer: true,
  });
  expect(written.unmapped).toContainEqual(
    expect.objectContaining({ path: "stages.cold-start.eval_data.dataset", value: "held.jsonl" }),
  );
});

test("R1-Zero's prompts are the paper's plain text for TRL, and a conversation that is listed for verl", async () => {
  const first = async (target: "trl" | "verl") => {
    const made = await exportRecipe(recipe("r1-zero"), target, FROM, OWN_PARTS);
    const [row] = await readExported(made.data, "data/grpo.parquet");
    return { prompt: row?.["prompt"], listed: made.unmapped.map(({ path }) => path) };
  };
  const trl = await first("trl");
  expect(trl.prompt).toMatch(/^A conversation between User and Assistant\. .*\nAssistant:$/su);
  expect(trl.listed).not.toContain("stages.grpo.prompt_template");
  const verl = await first("verl");
  expect(verl.prompt).toEqual([expect.objectContaining({ role: "user" })]);
  expect(verl.listed).toContain("stages.grpo.prompt_template");
});

test("RLOO with its own advantages is TRL's RLOOTrainer, and with others is listed", async () => {
  const rloo = [
    ...["loss_type=rloo", "adv_estimator=rloo", "kl_estimator=k1"],
    ...["use_kl_in_reward=true", "beta=0.05", "normalize_advantages=true"],
  ].map((option) => `stages.grpo.${option}`);
  const of = async (overrides: readonly string[]) => {
    const { files, unmapped } = await exportRecipe(
      recipe("demo", overrides),
      "trl",
      FROM,
      OWN_PARTS,
    );
    const text = files.find(({ name }) => name === "grpo.yaml")?.text ?? "";
    return {
      ...TrainerFile.parse(parse(text)),
      missing: unmapped.map(({ path }) => path.replace("stages.grpo.", "")),
    };
  };
  const own = await of(rloo);
  expect(own.trainer).toBe("rloo");
  expect(own.args).toMatchObject({ beta: 0.05, normalize_advantages: true });
  expect(Object.keys(own.args).filter((key) => !NAMES.rloo.includes(key))).toEqual([]);
  expect(own.missing).not.toContain("kl_estimator");
  const other = await of(rloo.filter((option) => !option.includes("adv_estimator")));
  expect(other.trainer).toBe("grpo");
  expect(other.args).not.toHaveProperty("loss_type");
  expect(other.missing).toEqual(expect.arrayContaining(["loss_type", "use_kl_in_reward"]));
  const plus = await of(["stages.grpo.adv_estimator=reinforce_plus_plus"]);
  expect(plus.missing).toContain("adv_estimator");
});

test("what verl has no counterpart for in the objective is listed, and what it has is written", async () => {
  const { files, unmapped } = await exportRecipe(
    recipe("demo", [
      ...["stages.grpo.loss_type=grpo", "stages.grpo.importance_sampling_level=sequence"],
      ...["stages.grpo.entropy_coef=0.01", "stages.grpo.top_entropy_quantile=0.2"],
      "stages.grpo.adv_estimator=rloo",
    ]),
    "verl",
    FROM,
    OWN_PARTS,
  );
  const script = files.find(({ name }) => name === "grpo.sh")?.text;
  expect(script).toContain("actor.policy_loss.loss_mode=gspo");
  expect(script).toContain("actor.entropy_coeff=0.01");
  expect(script).toContain("algorithm.adv_estimator=rloo");
  const paths = unmapped.map(({ path }) => path);
  expect(paths).toContain("stages.grpo.top_entropy_quantile");
  expect(paths).not.toContain("stages.grpo.loss_type");
});

test("what is left out where it is too long, and a lower bound of the sampler's weight, are listed", async () => {
  const missing = async (target: "trl" | "verl", name: string, ...changes: string[]) => {
    const { unmapped } = await exportRecipe(recipe(name, changes), target, FROM, OWN_PARTS);
    return unmapped.map(({ path }) => path);
  };
  const weighed = ["stages.grpo.bf16=true", "stages.grpo.importance_sampling_clip_min=0.3"];
  const bound = "stages.grpo.importance_sampling_clip_min";
  expect(await missing("verl", "demo", ...weighed)).toContain(bound);
  expect(await missing("verl", "demo", "stages.grpo.bf16=true")).not.toContain(bound);
  const dropped = "stages.student.truncation_mode";
  const drop = `${dropped}=drop`;
  const solved = ["stages.student.lmbda=0.5", "stages.student.seq_kd=false"];
  expect(await missing("trl", "on-policy-distill", drop, ...solved)).toContain(dropped);
  expect(await missing("trl", "on-policy-distill", ...solved)).not.toContain(dropped);
});

test("a constant rate that is warmed up to is transformers' constant_with_warmup", async () => {
  // transformers' "constant" leaves warmup_steps out.
  const rateOf = async (warmup: number): Promise<unknown> => {
    const { files } = await exportRecipe(
      recipe("demo-smoke", [`stages.grpo.warmup_steps=${String(warmup)}`]),
      "trl",
      FROM,
      OWN_PARTS,
    );
    const yaml = files.find(({ name }) => name === "grpo.yaml");
    return TrainerFile.parse(parse(yaml?.text ?? "")).args["lr_scheduler_type"];
  };
  expect([await rateOf(0), await rateOf(2)]).toEqual(["constant", "constant_with_warmup"]);
});

test.each(["trl", "verl"] as const)(
  "%s is told of a language reward that does not apply",
  async (to) => {
    const { unmapped } = await exportRecipe(recipe("r1-full"), to, FROM, OWN_PARTS);
    expect(unmapped).toContainEqual(
      expect.objectContaining({ path: "stages.grpo.rewards", value: "language" }),
    );
  },
);

test.each([
  ["trl", "cold-start.yaml"],
  ["trl", "grpo.yaml"],
  ["trl", "train.py"],
  ["verl", "grpo.sh"],
  ["verl", "reward_grpo.py"],
] as const)("the smoke recipe for %s: %s is as it was looked at", async (target, name) => {
  const { files } = await exportRecipe(recipe("demo-smoke"), target, FROM, OWN_PARTS);
  const text = files.find((file) => file.name === name)?.text;
  await expect(text).toMatchFileSnapshot(new URL(`${target}/${name}`, fixtures).pathname);
});

test("prompts are the run's own, a row of Parquet each, as many as it draws", async () => {
  const { data } = await exportRecipe(recipe("demo-smoke"), "trl", FROM, OWN_PARTS);
  expect(data.map(({ name, rows }) => [name, rows])).toEqual([
    ["data/cold-start.parquet", expect.any(Number)],
    // 3 steps of 64 completions in groups of 8.
    ["data/grpo.parquet", 24],
  ]);
  const rows = await readExported(data, "data/grpo.parquet");
  expect(rows).toHaveLength(24);
  expect(rows[0]).toMatchObject({ task: "arithmetic", prompt: [{ role: "user" }] });
  const [example] = await readExported(data, "data/cold-start.parquet");
  expect(example).toMatchObject({
    prompt: [{ role: "user" }],
    completion: [{ role: "assistant", content: expect.stringContaining("<answer>") }],
  });
});

test("verl's rows have the columns that its loader reads", async () => {
  const trl = await exportRecipe(recipe("demo-smoke"), "trl", FROM, OWN_PARTS);
  const verl = await exportRecipe(recipe("demo-smoke"), "verl", FROM, OWN_PARTS);
  const asked = await readExported(trl.data, "data/grpo.parquet");
  const rows = await readExported(verl.data, "data/grpo.parquet");
  expect(rows).toHaveLength(24);
  for (const [index, row] of rows.entries()) {
    const { prompt, task, gold, ...rest } = asked[index] ?? {};
    const contents = z.array(z.object({ content: z.string() })).parse(prompt);
    const text = contents.map(({ content }) => content).join("\n");
    expect(row).toEqual({
      data_source: task,
      prompt,
      ability: "reasoning",
      reward_model: { style: "rule", ground_truth: gold },
      extra_info: { split: "train", index, prompt: text, ...rest },
    });
  }
  const script = verl.files.find(({ name }) => name === "grpo.sh")?.text;
  expect(script).toContain("data.train_files='data/grpo.parquet'");
});

describe("what a set holds out has a file of its own", () => {
  const SIDES = { train: ["1+1?", "2+2?", "3+3?"], test: ["4+4?", "5+5?"] };
  const sets: SetReader = ({ split }) =>
    SIDES[split].map((content, i) => ({
      id: `${split}-${String(i)}`,
      messages: [{ role: "user", content }],
      gold: "2",
      verifier: { name: "maths", options: {} },
      solution: null,
      tags: [],
      difficulty: null,
      columns: {},
      split,
    }));
  const exported = async (target: "trl" | "verl", overrides: readonly string[] = []) => {
    const given = ['stages.grpo.data={"problems":"mine"}', ...overrides];
    const from = { sets, outside: NO_OUTSIDE };
    const made = await exportRecipe(recipe("demo-smoke", given), target, from, OWN_PARTS);
    const askedIn = async (file: string) =>
      (await readExported(made.data, file)).map(
        ({ prompt }) =>
          z
            .array(z.object({ content: z.string() }))
            .parse(prompt)
            .at(-1)?.content,
      );
    const text = (name: string) => made.files.find((file) => file.name === name)?.text ?? "";
    return { ...made, text, askedIn };
  };

  test.each(["trl", "verl"] as const)("for %s, and none of it is trained on", async (target) => {
    const { askedIn, text } = await exported(target);
    const trained = new Set(await askedIn("data/grpo.parquet"));
    const heldOut = await askedIn("data/grpo-test.parquet");
    expect([...trained].map((one) => SIDES.train.includes(one ?? ""))).not.toContain(false);
    expect(new Set(heldOut)).toEqual(new Set(SIDES.test));
    const head = text(target === "trl" ? "train.py" : "grpo.sh");
    expect(head).toContain("# data/grpo.parquet holds the 24 prompts that are trained on");
    expect(head).toContain("# data/grpo-test.parquet holds the 2 held-out problems");
  });

  test("which the trainers measure on as the stage does", async () => {
    const every = ["stages.grpo.eval_steps=2", "stages.grpo.num_generations_eval=3"];
    const trl = await exported("trl", every);
    const config: unknown = parse(trl.text("grpo.yaml"));
    expect(config).toMatchObject({
      data: "data/grpo.parquet",
      eval_data: "data/grpo-test.parquet",
      args: { eval_strategy: "steps", eval_steps: 2, num_generations_eval: 3 },
    });
    expect(trl.text("train.py")).toContain("eval_dataset=held_out");
    const verl = await exported("verl", every);
    expect(verl.text("grpo.sh")).toContain("data.val_files='data/grpo-test.parquet'");
    expect(verl.text("grpo.sh")).toContain("rollout.val_kwargs.n=3");
    const [row] = await readExported(verl.data, "data/grpo-test.parquet");
    expect(row).toMatchObject({ extra_info: { split: "test" } });
  });

  test("a problem of both sides is trained on, and listed", async () => {
    const same = 'stages.grpo.data={"problems":"mine","split":"test"}';
    const { data, unmapped, text } = await exported("verl", [same]);
    expect(data.map(({ name }) => name)).toEqual(["data/grpo.parquet"]);
    expect(unmapped).toContainEqual(
      expect.objectContaining({ path: "stages.grpo.eval_data", value: 2 }),
    );
    expect(text("grpo.sh")).toContain("# Nothing is held out: there is no test file.");
    expect(text("grpo.sh")).toContain("trainer.test_freq=-1");
  });
});

const arrowPython = findTransformersPython(["pyarrow"]);
const PYARROW = pythonWith(arrowPython, "pyarrow");

test.skipIf(!PYARROW.met)(`pyarrow reads what is written for verl${lacking(PYARROW)}`, async () => {
  const folder = temporaryFolder();
  const { data } = await exportRecipe(recipe("demo-smoke"), "verl", FROM, OWN_PARTS);
  const rows = await readExported(data, "data/grpo.parquet");
  const [file] = data;
  writeFileSync(join(folder, "grpo.parquet"), Buffer.from(file?.base64 ?? "", "base64"));
  const script = `
import json, pyarrow.parquet
print(json.dumps(pyarrow.parquet.read_table("grpo.parquet").to_pylist()))
`;
  const { stdout, stderr } = spawnSync(arrowPython ?? "", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual(rows);
});

test("numbers are numbers to Python's YAML 1.1 too: an exponent comes after a point", async () => {
  const { files } = await exportRecipe(recipe("demo-smoke"), "trl", FROM, OWN_PARTS);
  const text = files.find(({ name }) => name === "grpo.yaml")?.text ?? "";
  expect(text).toContain("adam_epsilon: 1.0e-8\n");
  expect(text).not.toMatch(/[^.\d]\d+e/u);
});

test("a name with quotes stays one word of the shell", async () => {
  const { files } = await exportRecipe(
    recipe("demo-smoke", [`name="it's $(rm -rf ~)"`]),
    "verl",
    FROM,
    OWN_PARTS,
  );
  const script = files.find(({ name }) => name === "grpo.sh")?.text ?? "";
  expect(script).toContain(`trainer.project_name='it'"'"'s $(rm -rf ~)'`);
});

test("a task without a rule in Python is listed, and a task with one is not", async () => {
  const tasks = ["graph-path", "short-story"].map((task) => ({ task, difficulties: [1] }));
  const { unmapped } = await exportRecipe(
    recipe("demo-smoke", [
      `stages.grpo.data=${JSON.stringify([{ ...tasks[0], difficulties: [5] }, tasks[1]])}`,
    ]),
    "trl",
    FROM,
    OWN_PARTS,
  );
  expect(
    unmapped.filter(({ path }) => path === "stages.grpo.data").map(({ value }) => value),
  ).toEqual(["short-story"]);
});

const PYTHON = {
  met: spawnSync("python3", ["--version"]).status === 0,
  how: "install Python 3 as python3",
};

test.skipIf(!PYTHON.met)(`the rules in Python judge as ours do${lacking(PYTHON)}`, async () => {
  const { files } = await exportRecipe(recipe("demo-smoke"), "trl", FROM, OWN_PARTS);
  const folder = temporaryFolder();
  for (const name of ["rewards.py", "verifiers.py"])
    writeFileSync(join(folder, name), files.find((file) => file.name === name)?.text ?? "");
  const rewards = [
    { name: "answer" },
    { name: "format" },
    { name: "language" },
    { name: "accuracy" },
    { name: "tag_count" },
    { name: "reasoning_steps" },
    { name: "cosine" },
    { name: "cosine", min_value_wrong: 0, max_len: 70 },
    { name: "repetition_penalty" },
    { name: "repetition_penalty", ngram_size: 1, max_penalty: -0.5 },
  ].map((spec) => NamedReward.parse(spec));
  const ruled = listTasks().flatMap((task) => (task.verify === null ? [] : [task]));
  const cases = ruled.flatMap((task) =>
    drawProblems({
      source: { task: task.name, difficulties: task.difficulties.slice(0, 2) },
      split: "train",
      seed: 3,
      count: 12,
    }).flatMap((problem) => {
      const { think, answer } = task.solve(taskProblemOf(problem));
      const wrap = (text: string): string =>
        `<think>\n${think}\n</think>\n<answer>${text}</answer>`;
      return [
        formatSolution({ think, answer }),
        wrap(` ${answer} `),
        wrap("7"),
        wrap(""),
        wrap(`${answer}=${problem.gold}`),
        wrap(answer.replaceAll("*", "×")),
        wrap("1+"),
        wrap("2**3"),
        wrap(`x = ${answer}`),
        wrap("p is true, q is false, r is true"),
        wrap(answer.replaceAll(" ", "\n")),
        wrap(answer.split("-").toReversed().join(" -> ")),
        wrap("Ann is a knight, Ann is a knave"),
        `<answer>${answer}</answer>`,
        `<think>我们先算 sum of the two</think><answer>${answer}</answer>`,
        `text <think>a</think><answer>${answer}</answer> more`,
        `<think>\nFirst, 1\n- a b a b a b 😀\nStep 2: a b\n</think>\n<answer>\n${answer}\n</answer>`,
        "",
      ].map((completionText) => ({ problem, completionText }));
    }),
  );
  const script = `
import json, sys
import rewards
cases, specs = json.load(sys.stdin)
out = []
for case in cases:
    args = dict(columns=["{}"], completions=[case["text"]], prompts=[case["prompt"]], task=[case["task"]], gold=[case["gold"]], data=[case["data"]])
    out.append([rewards.with_options(spec)(**args)[0] for spec in specs])
print(json.dumps(out))
`;
  const { stdout, stderr } = spawnSync("python3", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    input: JSON.stringify([
      cases.map(({ problem, completionText }) => ({
        text: completionText,
        prompt: problem.prompt,
        task: problem.source,
        gold: problem.gold,
        data: JSON.stringify(problem.data),
      })),
      rewards,
    ]),
  });
  expect(stderr).toBe("");
  const given = z.array(z.array(z.number().nullable())).parse(JSON.parse(stdout));
  const wanted = cases.map(({ problem, completionText }) => {
    const input = inputWith(problem, completionText, 100);
    return rewards.map((spec) => builtInReward(spec, [input])[0]);
  });
  const differing = cases.flatMap((one, at) =>
    rewards.every((_, r) => Math.abs((given[at]?.[r] ?? 9) - (wanted[at]?.[r] ?? 9)) < 1e-12)
      ? []
      : [{ text: one.completionText, given: given[at], wanted: wanted[at] }],
  );
  expect(differing).toEqual([]);
});

test.skipIf(!PYTHON.met)(
  `files of one's own and the length of a group go along${lacking(PYTHON)}`,
  async () => {
    const yaml = [
      "stages.grpo.rewards=[{name: length}, {name: cosine, max_len: 50}, {file: rewards/own.py, weight: 0.2}, {file: a.js}, {name: code}]",
    ];
    const trl = await exportRecipe(recipe("demo-smoke", yaml), "trl", FROM, OWN_PARTS);
    expect(parse(trl.files.find(({ name }) => name === "grpo.yaml")?.text ?? "")).toMatchObject({
      rewards: [
        { name: "length" },
        { name: "cosine", max_len: 50 },
        { name: "own", file: "own/own.py" },
      ],
      args: { reward_weights: [1, 1, 0.2] },
    });
    expect(trl.unmapped.map(({ value }) => value)).toEqual(
      expect.arrayContaining(["a.js", "code"]),
    );
    const verl = await exportRecipe(recipe("demo-smoke", yaml), "verl", FROM, OWN_PARTS);
    expect(verl.files.find(({ name }) => name === "reward_grpo.py")?.text).toContain(
      'add(0.2, rewards.own("own/own.py", "own"))',
    );
    expect(verl.unmapped.map(({ value }) => value)).toContain("length");
    const folder = temporaryFolder();
    for (const { name, text } of trl.files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const [row] = await readExported(trl.data, "data/grpo.parquet");
    const script = `
import json, sys, rewards
row = json.load(sys.stdin)
texts = ["<think>a</think><answer>" + row["gold"] + "</answer>", "", "x" * 20]
args = {key: [value] * 3 for key, value in row.items()}
args["prompts"] = args.pop("prompt")
args["completions"] = [[{"role": "assistant", "content": text}] for text in texts]
own = rewards.own("own/own.py", "own")
print(json.dumps([own.__name__, own(**args), rewards.length(**args), len(row["prompt"][-1]["content"]), row["gold"], json.loads(row["columns"])["id"], len(texts[0])]))
`;
    const { stdout, stderr } = spawnSync("python3", ["-c", script], {
      cwd: folder,
      encoding: "utf8",
      input: JSON.stringify(row),
    });
    expect(stderr).toBe("");
    const [name, own, length, prompt, gold, id, first] = z
      .tuple([
        z.string(),
        z.array(z.number().nullable()),
        z.array(z.number()),
        z.number(),
        z.string(),
        z.string(),
        z.number(),
      ])
      .parse(JSON.parse(stdout));
    const rest = prompt + gold.length + id.length;
    expect([name, own]).toEqual(["own", [first + rest, null, 20 + rest]]);
    // Right and longest; wrong and shortest; wrong, between.
    expect(length).toEqual([-0.5, 0, Math.min(0, 0.5 - 20 / first)]);
  },
);
