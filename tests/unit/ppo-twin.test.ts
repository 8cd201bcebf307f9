/** `twin: ppo`: how it is written out, what is checked, what it takes, and what is said of both. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stageWork } from "#main/services/recipes/stage-work.ts";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import { missingOfCritic, verlCritic } from "#main/services/exports/verl-critic.ts";
import { readRecipe, requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { builtInRecipe } from "#main/services/recipes/built-in-recipes.ts";
import { withoutTwin, withTwins } from "#main/services/recipes/with-twins.ts";
import { seedOf } from "#main/services/runs/write-pipeline.ts";
import { recipeYaml } from "#main/services/recipes/write-recipe.ts";
import { learnedClaim, savedClaim, savedText, twinMeasures } from "#shared/twin-text.ts";
import { inertOptions } from "#shared/schema/inert-options.ts";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import type { TwinComparison, TwinSide } from "#shared/schema/twin-comparison.ts";
import { setKeys } from "#renderer/features/recipe/document/recipe-document.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const PRESET = builtInRecipe("ppo-twin");
/** Of the preset: where its grpo stage stands. */
const GRPO = 2;

function grpo(options: Partial<GrpoStage> = {}): GrpoStage {
  return GrpoStage.parse({
    name: "a",
    kind: "grpo",
    model: "m",
    data: { task: "arithmetic", difficulties: [3] },
    max_steps: 10,
    ...options,
  });
}

describe("a recipe with a twin", () => {
  const recipe = requireRecipe(PRESET);

  test("has the twin behind the last benchmark of its stage, with a benchmark of its own", () => {
    expect(recipe.stages.map(({ name }) => name)).toEqual([
      "cold-start",
      "benchmark-start",
      "grpo",
      "benchmark-grpo",
      "grpo-ppo",
      "benchmark-grpo-ppo",
    ]);
    const [own, twin] = [recipe.stages[GRPO], recipe.stages[GRPO + 2]];
    expect(twin).toMatchObject({ kind: "grpo", adv_estimator: "gae", model: "cold-start" });
    if (own?.kind !== "grpo" || twin?.kind !== "grpo") throw new Error("no twins");
    const { name: _, adv_estimator: __, twin: ___, ...same } = own;
    expect(twin).toMatchObject(same);
    expect(recipe.stages.at(-1)).toMatchObject({ kind: "benchmark", model: "grpo-ppo" });
  });

  test("gives both the same seed, whatever the recipe's is, and their benchmarks theirs", () => {
    for (const seed of [1, 9]) {
      const seeds = recipe.stages.map((stage) => seedOf({ ...recipe, seed }, stage));
      expect(seeds[GRPO]).toBe(seeds[GRPO + 2]);
      expect(seeds[GRPO + 1]).toBe(seeds[GRPO + 3]);
      expect(seeds[GRPO]).not.toBe(seeds[0]);
    }
  });

  test("that has its twin written out stays as it is, and reads the same again", () => {
    expect(withTwins(recipe).recipe).toEqual(recipe);
    expect(requireRecipe(recipeYaml(recipe, "again"))).toEqual(recipe);
  });

  test("is written out anew where the stage itself is another: nothing is left of the old twin", () => {
    const [grpo] = recipe.stages.slice(GRPO);
    if (grpo === undefined) throw new Error("the preset has a grpo stage");
    const bare = withoutTwin(recipe.stages, grpo);
    expect(bare.map(({ name }) => name)).toEqual(
      recipe.stages.flatMap(({ name }) => (name.endsWith("-ppo") ? [] : [name])),
    );
    expect(withTwins({ ...recipe, stages: [...bare] }).recipe).toEqual(recipe);
    const other = bare.map((stage) => (stage === grpo ? { ...stage, learning_rate: 1e-5 } : stage));
    const again = withTwins({ ...recipe, stages: other }).recipe.stages;
    expect(again[GRPO + 2]).toMatchObject({ name: "grpo-ppo", learning_rate: 1e-5 });
    expect(withoutTwin(bare, grpo)).toEqual(bare);
  });

  test("has its twin before the first stage that begins with the twin's model", () => {
    const more = PRESET.replace(
      /\n {2}- name: benchmark-grpo\n/u,
      `
  - name: second
    kind: sft
    model: grpo-ppo
    data: { source: { task: arithmetic, difficulties: [3] }, examples: 8 }

  - name: benchmark-grpo
`,
    );
    const { recipe: written, problems } = readRecipe(more);
    expect(problems.filter(({ level }) => level === "error")).toEqual([]);
    expect(written?.stages.map(({ name }) => name)).toEqual([
      ...["cold-start", "benchmark-start", "grpo", "grpo-ppo", "benchmark-grpo-ppo"],
      ...["second", "benchmark-grpo"],
    ]);
    // Without the twin there is no such model, and before its stage there is none yet.
    const alone = readRecipe(more.replace("    twin: ppo\n", "")).problems;
    expect(alone.map(({ message }) => message)).toContain('there is no stage or model "grpo-ppo"');
    const early = setKeys(more, ["stages", 0, "model"], "grpo-ppo");
    expect(readRecipe(early).problems).toContainEqual(
      expect.objectContaining({ path: "stages[0].model", level: "error" }),
    );
  });

  test("puts KL into the twin's reward, where there is any", () => {
    const withKl = requireRecipe(setKeys(PRESET, ["stages", GRPO, "beta"], 0.02));
    expect(withKl.stages[GRPO]).toMatchObject({ use_kl_in_reward: false });
    expect(withKl.stages[GRPO + 2]).toMatchObject({ use_kl_in_reward: true, beta: 0.02 });
  });
});

describe("the check of a twin", () => {
  const found = (...changes: readonly (readonly [readonly (string | number)[], unknown])[]) =>
    readRecipe(
      changes.reduce((text, [keys, value]) => setKeys(text, [...keys], value as string), PRESET),
    ).problems.map(({ path, level, message }) => ({ path, level, message }));

  test("finds nothing in the preset", () => {
    expect(found().filter(({ level }) => level === "error")).toEqual([]);
  });

  test("refuses a twin of what has a critic, a loss without one, and a name that is taken", () => {
    expect(found([["stages", GRPO, "adv_estimator"], "gae"])).toContainEqual({
      path: `stages[${GRPO}].twin`,
      level: "error",
      message: "this stage has a critic itself: its twin would be the same",
    });
    expect(found([["stages", GRPO, "loss_type"], "vespo"])).toContainEqual({
      path: `stages[${GRPO}].loss_type`,
      level: "error",
      message:
        "vespo weighs whole completions, and its twin's critic has advantages of single tokens",
    });
    expect(found([["stages", 0, "name"], "benchmark-grpo-ppo"])).toContainEqual({
      path: `stages[${GRPO}].twin`,
      level: "error",
      message: 'the twin needs the name "benchmark-grpo-ppo", and another stage has it',
    });
  });

  test("says that nothing will tell what was learned, where no benchmark measures the stage", () => {
    const model = [["stages", GRPO + 1, "model"], "cold-start"] as const;
    expect(found(model)).toContainEqual({
      path: `stages[${GRPO}].twin`,
      level: "warning",
      message:
        "no benchmark measures grpo: results can say what its twin cost, not what it learned",
    });
  });

  const recipe = requireRecipe(PRESET);

  test("says where a twin that is written out differs in more than the critic", () => {
    const apart = (change: Partial<GrpoStage>) => {
      const stages = recipe.stages.map((stage, i) =>
        i === GRPO + 2 ? { ...stage, ...change } : stage,
      );
      return readRecipe(JSON.stringify({ ...recipe, stages })).problems.filter(({ message }) =>
        message.includes("more than the critic"),
      );
    };
    expect(apart({})).toEqual([]);
    // Its own: what only a critic reads, and how KL is estimated in the reward.
    expect(apart({ lam: 0.9, vf_coef: 0.2 })).toEqual([]);
    const [doubt, ...others] = apart({ learning_rate: 5e-5 });
    expect(others).toEqual([]);
    expect(doubt).toMatchObject({ path: `stages[${GRPO + 2}].learning_rate`, level: "warning" });
    expect(apart({ model: recipe.stages[GRPO]?.name ?? "" })[0]?.path).toBe(
      `stages[${GRPO + 2}].model`,
    );
  });

  test("refuses vespo's and rloo's losses for a critic's stage", () => {
    const text = setKeys(
      setKeys(PRESET, ["stages", GRPO, "adv_estimator"], "gae"),
      ["stages", GRPO, "loss_type"],
      "rloo",
    );
    expect(readRecipe(text).problems.map(({ message }) => message)).toContain(
      "rloo weighs whole completions, and a critic's advantages are of single tokens",
    );
  });

  test("greys the critic's options where there is no critic, and not where the twin has one", () => {
    const inert = (options: Readonly<Record<string, unknown>>): boolean =>
      inertOptions("grpo", (name) => options[name]).has("vf_coef");
    expect(inert({ adv_estimator: "grpo" })).toBe(true);
    expect(inert({ adv_estimator: "gae" })).toBe(false);
    expect(inert({ adv_estimator: "grpo", twin: "ppo" })).toBe(false);
    const why = (name: string, options: Readonly<Record<string, unknown>>): string | undefined =>
      inertOptions("grpo", (option) => ({ adv_estimator: "gae", ...options })[option]).get(name);
    expect(why("critic_learning_rate", { value_model: "shared" })).toMatch(/at its rate/u);
    expect(why("critic_learning_rate", { value_model: "separate" })).toBe(undefined);
    expect(why("missing_eos_penalty", { mask_truncated_completions: true })).toMatch(/learnt/u);
  });
});

describe("what a critic takes", () => {
  const folder = mkdtempSync(join(tmpdir(), "gradus-twin-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("of its own is a second model in memory, and more than half as much work again", () => {
    const model = writeTinyModel(join(folder, "tiny"), 3);
    const bytes = (options: Partial<GrpoStage>): Readonly<Record<string, number>> =>
      Object.fromEntries(
        stageMemory(grpo(options), { model, longestPrompt: 20 }).map((part) => [
          part.name,
          part.bytes,
        ]),
      );
    const [alone, shared] = [bytes({}), bytes({ adv_estimator: "gae" })];
    const separate = bytes({ adv_estimator: "gae", value_model: "separate" });
    expect(shared).toEqual(alone);
    expect(separate["critic"]).toBeGreaterThan(4 * (separate["weights"] ?? Number.NaN));
    const work = (options: Partial<GrpoStage>): number =>
      stageWork(grpo(options), {
        parameters: 1000,
        teacherParameters: undefined,
        examples: undefined,
      }) ?? 0;
    // Passes a token: sampling 2, scoring 2, training 6; the critic's scoring and training once more.
    expect(
      work({ adv_estimator: "gae", value_model: "separate" }) / work({ adv_estimator: "gae" }),
    ).toBeCloseTo(1.8, 6);
  });
});

describe("verl's critic", () => {
  test("has the stage's options under verl's names, and what it lacks is listed", () => {
    const stage = grpo({ adv_estimator: "gae", lam: 0.9 });
    expect(verlCritic(stage, "m")).toMatchObject({
      "algorithm.lam": 0.9,
      "critic.model.path": "'m'",
    });
    expect(missingOfCritic(stage).map(([name]) => name)).toEqual(["value_model", "vf_coef"]);
    const own = grpo({
      ...{ adv_estimator: "gae", value_model: "separate", vf_coef: 1 },
      ...{ critic_learning_rate: 3e-5, missing_eos_penalty: 1 },
    });
    expect(verlCritic(own, "m")).toMatchObject({ "critic.optim.lr": 3e-5 });
    expect(missingOfCritic(own).map(([name]) => name)).toEqual(["missing_eos_penalty"]);
    expect([verlCritic(grpo(), "m"), missingOfCritic(grpo())]).toEqual([{}, []]);
  });
});

describe("what is said of twins", () => {
  const side = (name: string, factor: number): TwinSide => ({
    runId: RunId.parse(`p1-${name}`),
    stageName: name,
    usage: {
      wallMs: 60_000 * factor,
      cpuSeconds: 1,
      gpuSeconds: 0,
      tokensSampled: 100,
      tokensTrained: 100,
      flops: 1e9 * factor,
      energyJ: null,
      peakMemoryBytes: 2 ** 30,
    },
    usd: 0.1 * factor,
  });
  const twin: TwinComparison = {
    pipelineId: PipelineId.parse("p1"),
    pipelineName: "Twins",
    seed: 1,
    valueModel: "separate",
    grpo: side("grpo", 1),
    ppo: side("grpo-ppo", 2),
    benchmarks: [],
  };

  test("is the share that going without a critic saved", () => {
    expect(savedClaim(twin)).toBe(
      "Without a critic: 50% less time, 0% less peak memory, 50% fewer FLOPs, 50% fewer dollars.",
    );
    expect(savedClaim({ ...twin, ppo: { ...twin.ppo, usage: null, usd: null } })).toBeNull();
    const dearer = { ...twin, grpo: side("grpo", 3) };
    expect(savedClaim(dearer)).toContain("50% more time");
    expect(twinMeasures(dearer).map(savedText).slice(0, 3)).toEqual(["−50%", "0%", "0%"]);
  });

  test("leaves the word to the paired test", () => {
    const estimate = { value: 0.5, low: 0.4, high: 0.6 };
    const versus = {
      ...{ problems: 64, confidence: 0.95, p: 0.2, pAdjusted: 0.2, wins: 3, losses: 1, ties: 60 },
      ...{ problemsNeeded: null, detectable: null },
      difference: { value: 0.031, low: -0.01, high: 0.07 },
      verdict: "cannot tell" as const,
    };
    const benchmark = {
      ...{ grpoRunId: RunId.parse("p1-b"), ppoRunId: RunId.parse("p1-b-ppo"), task: "arithmetic" },
      ...{ grpo: estimate, ppo: estimate, n: 64, k: 4, refusal: null },
    };
    expect(learnedClaim({ ...benchmark, versus })).toBe(
      "+3.1 points [−1.0, 7.0], p 0.20: cannot tell which learned more",
    );
    expect(learnedClaim({ ...benchmark, versus: null, refusal: "another k" })).toBe(
      "not comparable: another k",
    );
  });
});
