import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inertOptions } from "#shared/schema/inert-options.ts";
import {
  inputsOf,
  readRecipe,
  requireRecipe,
} from "#main/services/recipes/checks/recipe-checks.ts";

/** A recipe whose stages are given as YAML, one item a line. */
function recipe(...stages: string[]): string {
  return ["name: Test", "models:", "  base: somewhere", "stages:", ...stages].join("\n");
}

const SFT =
  "  - { name: cold, kind: sft, model: base, data: { source: { task: arithmetic, difficulties: [3] }, examples: 8 } }";

function grpo(options: string): string {
  return `  - { name: grpo, kind: grpo, model: base, max_steps: 1, data: { task: arithmetic, difficulties: [3] }, ${options} }`;
}

/** Path, line and message of every problem. */
function problems(yaml: string, overrides: string[] = []) {
  return readRecipe(yaml, overrides).problems.map(({ path, line, message }) => ({
    path,
    line,
    message,
  }));
}

test("every recipe that ships is sound", () => {
  const folder = new URL("../../assets/recipes/", import.meta.url);
  for (const file of readdirSync(folder)) {
    expect(readRecipe(readFileSync(new URL(file, folder), "utf8")).problems).toEqual([]);
  }
});

/** A benchmark of one model on the same sums. */
function benchmark(name: string, model: string, options = ""): string {
  return `  - { name: ${name}, kind: benchmark, model: ${model}, num_problems: 64, data: { task: arithmetic, difficulties: [3] }${options} }`;
}

test("benchmarks of one recipe that are scored by two rules are named, with what to do", () => {
  const yaml = recipe(
    benchmark("before", "base", ", scoring: lenient"),
    SFT,
    benchmark("after", "cold"),
  );
  const found = readRecipe(yaml);
  expect(found.recipe).not.toBeNull();
  expect(found.problems).toEqual([
    {
      path: "stages[0].scoring",
      keys: ["stages", 0, "scoring"],
      line: 5,
      column: expect.any(Number),
      level: "warning",
      message:
        '"before" is scored lenient and "after" strict: no verdict can be given between them',
      advice: "Score both alike, or add a strict benchmark of base on the same problems.",
      fixes: [
        {
          label: "Score before strict",
          changes: [{ keys: ["stages", 0, "scoring"], value: "strict" }],
        },
      ],
    },
  ]);
  // Strict once more, as the demo has it: there is a partner.
  expect(
    problems(
      recipe(
        benchmark("before", "base", ", scoring: lenient"),
        benchmark("before-strict", "base"),
        SFT,
        benchmark("after", "cold"),
      ),
    ),
  ).toEqual([]);
});

test("benchmarks that sample differently are named; on other problems they are no pair", () => {
  const after = benchmark("after", "cold");
  expect(problems(recipe(benchmark("before", "base", ", temperature: 0.5"), SFT, after))).toEqual([
    {
      path: "stages[0].temperature",
      line: 5,
      message:
        '"before" and "after" sample differently (temperature 0.5 and 1): a verdict between them is of the sampling too',
    },
  ]);
  const harder = benchmark("before", "base", ", scoring: lenient").replace("[3]", "[4]");
  expect(problems(recipe(harder, SFT, after))).toEqual([]);
});

test("an unknown key is named with its line", () => {
  const yaml = recipe(
    SFT,
    "  - name: again",
    "    kind: sft",
    "    model: cold",
    "    data: { stage: cold }",
    "    learning_rat: 1",
  );
  expect(problems(yaml)).toContainEqual({
    path: "stages[1].learning_rat",
    line: 10,
    message: '"learning_rat" is not an option here',
  });
});

test("a wrong type is named with its line", () => {
  const yaml = recipe(
    SFT,
    "  - name: check",
    "    kind: benchmark",
    "    model: cold",
    "    num_problems: many",
    "    data: { task: arithmetic, difficulties: [3] }",
  );
  expect(problems(yaml)).toEqual([
    {
      path: "stages[1].num_problems",
      line: 9,
      message: 'must be a number, and is the text "many"',
    },
  ]);
});

test.each([
  [
    "kind: stf",
    "kind",
    'must be one of pretrain, sft, grpo, rejection-sampling, distill, benchmark, and is the text "stf"',
    "Use sft",
  ],
  [
    "kind: pretrain\n    sequence_length: 4\n    max_steps: 1",
    "sequence_length",
    "must be at least 8, and is 4",
    "Use 8",
  ],
  [
    "kind: pretrain\n    max_steps: 1.5",
    "max_steps",
    "must be a whole number, and is 1.5",
    undefined,
  ],
  [
    "kind: pretrain\n    max_steps: 1\n    bf16: 1",
    "bf16",
    "must be true or false, and is 1",
    undefined,
  ],
  [
    "kind: pretrain\n    max_steps: 1\n    lr_scheduler_type: line",
    "lr_scheduler_type",
    'must be one of constant, linear, cosine, cosine_with_restarts, warmup_stable_decay, and is the text "line"',
    "Use linear",
  ],
  ["kind: sft", "data", "is missing", undefined],
])(
  "what the schema refuses is said at the option and in its words: %s",
  (lines, key, message, label) => {
    const yaml = recipe("  - name: one", "    model: base", ...`    ${lines}`.split("\n"));
    const found = readRecipe(yaml).problems.find(({ path }) => path === `stages[0].${key}`);
    expect(found?.message).toBe(message);
    expect(found?.fixes[0]?.label).toBe(label);
  },
);

test("text that is no YAML is named with its line", () => {
  const [problem] = readRecipe("name: x\nmodels: [\n").problems;
  expect(problem?.message).toContain("not valid YAML");
  expect(problem?.line).toBe(3);
});

test("an empty file and a list are refused, not crashed on", () => {
  expect(readRecipe("").recipe).toBeNull();
  expect(readRecipe("- a\n- b\n").recipe).toBeNull();
  expect(readRecipe("5").problems).not.toEqual([]);
});

test("a generation batch that is no multiple of the group is refused, with a size that fits", () => {
  const [problem] = readRecipe(
    recipe(grpo("generation_batch_size: 20, num_generations: 8, per_device_train_batch_size: 4")),
  ).problems;
  expect(problem).toMatchObject({ path: "stages[0].generation_batch_size", line: 5 });
  expect(problem?.message).toContain("num_generations (8)");
  // 20 / 8 rounds to 3 groups (2.5 rounds up).
  expect(problem?.advice).toContain("Use 24");
});

test("a generation batch that is no multiple of the optimizer's step is refused", () => {
  const [problem] = readRecipe(
    recipe(
      grpo(
        "generation_batch_size: 48, num_generations: 8, per_device_train_batch_size: 16, gradient_accumulation_steps: 2",
      ),
    ),
  ).problems;
  expect(problem?.message).toContain("16 × 2 = 32");
  expect(problem?.advice).toContain("Use 64");
});

test("a generation batch of several steps and groups is fine", () => {
  const yaml = recipe(
    grpo(
      "generation_batch_size: 64, num_generations: 8, per_device_train_batch_size: 8, gradient_accumulation_steps: 4",
    ),
  );
  expect(problems(yaml)).toEqual([]);
});

test("stages whose problems never run out ask for max_steps and refuse epochs, which they could not honour", () => {
  const epochs = recipe(grpo("generation_batch_size: 8, num_generations: 8, num_train_epochs: 2"));
  expect(problems(epochs)).toContainEqual({
    path: "stages[0].num_train_epochs",
    line: 5,
    message: '"num_train_epochs" is not an option here',
  });
  for (const stage of [
    "  - { name: base, kind: pretrain, model: base }",
    "  - { name: grpo, kind: grpo, model: base, data: { task: arithmetic, difficulties: [3] }, generation_batch_size: 8 }",
    "  - { name: base, kind: pretrain, model: base, max_steps: -1 }",
  ]) {
    expect(problems(recipe(stage)).map(({ path }) => path)).toContain("stages[0].max_steps");
  }
});

test("two stages of one name are refused", () => {
  expect(problems(recipe(SFT, SFT))).toEqual([
    { path: "stages[1].name", line: 6, message: 'there are two stages "cold"' },
  ]);
});

test("an input that does not exist is named, with what exists", () => {
  const [problem] = readRecipe(recipe(SFT.replace("model: base", "model: bas"))).problems;
  expect(problem?.message).toBe('there is no stage or model "bas"');
  expect(problem?.advice).toBe("Known here: base, cold.");
});

test("what an sft stage is measured on is an input as its data are, and no part of them", () => {
  const stage = (evalData: string) => `
name: Measured
models: { base: gradus-base }
stages:
  - { name: traces, kind: rejection-sampling, model: base, data: { task: arithmetic, difficulties: [3] }, num_prompts: 4 }
  - name: sft
    kind: sft
    model: base
    data: { dataset: mine.jsonl }
    eval_steps: 5
    eval_data: ${evalData}
`;
  const { recipe } = readRecipe(stage("{ stage: traces }"));
  const [, sft] = recipe?.stages ?? [];
  expect(sft === undefined ? [] : inputsOf(sft)).toContainEqual({
    key: ["eval_data", "stage"],
    name: "traces",
    gives: "dataset",
  });
  const later = readRecipe(stage("{ stage: nowhere }")).problems;
  expect(later).toContainEqual(
    expect.objectContaining({ path: "stages[1].eval_data.stage", level: "error" }),
  );
  // A share of the data is not held out beside it, and a source that is measured on has no weight.
  const options: Readonly<Record<string, unknown>> = {
    eval_steps: 5,
    eval_data: { stage: "traces" },
  };
  const inert = inertOptions("sft", (name) => options[name]);
  expect(inert.get("test_size")).toMatch(/eval_data/u);
  expect(readRecipe(stage("{ stage: traces, weight: 2 }")).recipe).toBe(null);
});

test("an input that comes later is refused, and a circle is called one", () => {
  const later = [
    "  - { name: check, kind: benchmark, model: cold, data: { task: arithmetic, difficulties: [3] }, num_problems: 4 }",
    SFT,
  ];
  expect(problems(recipe(...later)).map(({ message }) => message)).toEqual([
    'the stage "cold" comes later',
  ]);
  const circle = [
    "  - { name: a, kind: sft, model: b, data: { dataset: x.jsonl } }",
    "  - { name: b, kind: sft, model: a, data: { dataset: x.jsonl } }",
  ];
  expect(problems(recipe(...circle)).map(({ message }) => message)).toEqual([
    '"a" and "b" need each other: the stages form a circle',
  ]);
});

test("an input of the wrong kind is refused", () => {
  const yaml = recipe(SFT, "  - { name: more, kind: sft, model: base, data: { stage: cold } }");
  expect(problems(yaml).map(({ message }) => message)).toEqual([
    'the stage "cold" (sft) makes a model, and a dataset is needed',
  ]);
});

test("a name that means a model and an earlier stage is refused where it is used", () => {
  const yaml = recipe(
    SFT.replace("name: cold", "name: base"),
    "  - { name: check, kind: benchmark, model: base, data: { task: arithmetic, difficulties: [3] }, num_problems: 4 }",
  );
  expect(problems(yaml).map(({ path }) => path)).toEqual(["stages[1].model"]);
});

test("overrides change options by the stage's name and are checked like the file", () => {
  const changed = requireRecipe(recipe(SFT), ["seed=7", "stages.cold.learning_rate=1e-3"]);
  expect(changed.seed).toBe(7);
  expect(changed.stages[0]).toMatchObject({ learning_rate: 0.001 });
  expect(problems(recipe(SFT), ["stages.cold.learning_rate=fast"])[0]?.path).toBe(
    "stages[0].learning_rate",
  );
  expect(problems(recipe(SFT), ["stages.warm.learning_rate=1"])[0]?.message).toContain(
    "changes nothing",
  );
  expect(problems(recipe(SFT), ["nonsense"])[0]?.message).toContain("changes nothing");
});

test("an override cannot reach an object's prototype", () => {
  const { problems: found } = readRecipe(recipe(SFT), ["__proto__.polluted=1"]);
  expect(found).not.toEqual([]);
  expect("polluted" in {}).toBe(false);
});

test("every problem is listed in the error, so that one attempt shows them all", () => {
  const bad = recipe(SFT.replace("model: base", "model: nowhere"), SFT);
  expect(() => requireRecipe(bad)).toThrow(/line 5.*nowhere.*\n.*line 6.*two stages "cold"/);
});
