/** Plug-ins as tasks that stages draw from, in the real sandbox. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import { splitOf } from "#main/core/problems/split-of.ts";
import type { Split } from "#main/core/problems/split-of.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { GymService } from "#main/services/gym/gym-service.ts";
import { WorkspaceTasks } from "#main/services/plugins/workspace-tasks.ts";
import { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { Stage } from "#shared/schema/recipe.ts";
import { COINS, COINS_YAML, writeCoins } from "../helpers/coins-plugin.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const sandbox = new SandboxPool({ workers: 1 });
afterAll(() => {
  sandbox.close();
});

const workspace = temporaryFolder();
writeCoins(workspace);
const tasks = new WorkspaceTasks(workspace, sandbox, new GymService(workspace));
const COINS_DATA = { task: "coins", difficulties: [2, 3, 4] };

function supply(
  options: {
    split?: Split;
    seed?: number;
    data?: unknown;
    outside?: OutsideTasks;
    keptIn?: string;
  } = {},
): ProblemSupply {
  const { split = "train", seed = 5, data = COINS_DATA, outside = tasks, keptIn } = options;
  return new ProblemSupply(ProblemData.parse(data), {
    split,
    seed,
    sets: () => [],
    outside,
    keptIn,
  });
}

function asked(problems: readonly Problem[]): string[] {
  return problems.map(({ id, prompt, gold }) => `${id} ${prompt} ${gold ?? ""}`);
}

async function streamed(from: number, to: number, of = supply()): Promise<Problem[]> {
  await of.prepareStream(from, to);
  return Array.from({ length: to - from }, (_, i) => of.at(from + i));
}

test("the problem at a place depends on the seed and the place alone", async () => {
  const together = await streamed(0, 40);
  const apart = [...(await streamed(31, 40)), ...(await streamed(5, 6))];
  expect(asked(apart)).toEqual(asked([...together.slice(31), together[5] as Problem]));
  expect(together.map(({ difficulty }) => difficulty).slice(0, 4)).toEqual([2, 3, 4, 2]);
  expect(asked(await streamed(0, 4, supply({ seed: 6 })))).not.toEqual(asked(together.slice(0, 4)));
});

test("training and held-out problems share none, and different ones are different", async () => {
  const [train, held] = [supply(), supply({ split: "test" })];
  await train.prepareDistinct(300);
  await held.prepareDistinct(60);
  const sides = [train.distinct(300), held.distinct(60)].map((of) => of.map(({ id }) => id));
  expect(sides.map((of) => new Set(of.map(splitOf)))).toEqual([
    new Set(["train"]),
    new Set(["test"]),
  ]);
  expect(new Set(sides.flat()).size).toBe(360);
  const fewer = supply({ split: "test" });
  await fewer.prepareDistinct(7);
  expect(asked(fewer.distinct(7))).toEqual(asked(held.distinct(7)));
});

test("a plug-in beside a built-in task has its share", async () => {
  const of = supply({
    data: [
      { ...COINS_DATA, weight: 2 },
      { task: "arithmetic", difficulties: [3] },
    ],
  });
  const sources = (await streamed(3, 9, of)).map(({ source }) => source);
  expect(sources.filter((source) => source === "coins")).toHaveLength(4);
  expect(sources.filter((source) => source === "arithmetic")).toHaveLength(2);
});

test("worked solutions come with the problems where they are asked for", async () => {
  const of = supply();
  await of.prepareDistinct(3, { solutions: true });
  for (const problem of of.distinct(3))
    expect(problem.solution()).toContain(`<answer>${problem.gold}</answer>`);
});

test("what a run was given it finds again, whatever became of the task", async () => {
  const keptIn = join(temporaryFolder(), "made");
  const before = await streamed(0, 300, supply({ keptIn }));
  const gone: OutsideTasks = {
    ofVerifier: (verifier) => tasks.ofVerifier(verifier),
    ofSource: async (source) => ({
      ...(await tasks.ofSource(source)),
      generate: () => Promise.reject(new Error("nothing is made again")),
    }),
  };
  expect(asked(await streamed(0, 300, supply({ keptIn, outside: gone })))).toEqual(asked(before));
});

test("answers are judged by the plug-in, many at once and in order", async () => {
  const problems = await streamed(0, 4);
  const texts = problems.map((problem, i) => ({
    problem,
    text:
      i === 3
        ? "no answer"
        : `<think>\n\n</think>\n<answer>${i === 1 ? "1" : problem.gold}</answer>`,
  }));
  const signal = new AbortController().signal;
  const scores = await judgeTexts(texts, {
    scoring: "strict",
    format: "tags",
    sandbox,
    outside: tasks,
    signal,
  });
  expect(scores.map(({ correct, score }) => [correct, score])).toEqual([
    [true, 1],
    [false, 0],
    [true, 1],
    [false, 0],
  ]);
  expect(scores[0]?.detail).toBe("the plug-in accepts it");
});

describe("a run's plug-in", () => {
  const stage = Stage.parse({
    name: "grpo",
    kind: "grpo",
    model: "m",
    data: COINS_DATA,
    generation_batch_size: 16,
    max_steps: 1,
  });

  test("is the text that it began with", async () => {
    const own = temporaryFolder();
    const file = writeCoins(own);
    const at = new WorkspaceTasks(own, sandbox, new GymService(own));
    const kept = at.kept(stage);
    const before = await streamed(0, 3, supply({ outside: at, data: dataOf(kept) }));
    writeFileSync(file, COINS.replace("What are", "Tell me: what are"));
    const after = await streamed(0, 3, supply({ outside: at, data: dataOf(kept) }));
    expect(asked(after)).toEqual(asked(before));
    const edited = await streamed(0, 3, supply({ outside: at }));
    expect(edited[0]?.prompt).toMatch(/^Tell me/u);
    expect(dataOf(at.kept(stage))).not.toEqual(dataOf(kept));
    const files = at.copyFor(kept, join(own, "run"));
    expect(Object.values(files)[0]).toContain(join("run", "plugins"));
  });

  test("that is not there, or has not that difficulty, is said with what there is", async () => {
    expect(() =>
      tasks.kept({ ...stage, data: { ...COINS_DATA, task: "stamps" } } as Stage),
    ).toThrow(
      expect.objectContaining({
        code: "BAD_RECIPE",
        message: 'There is no task "stamps".',
        advice: expect.stringContaining("short-story, coins;"),
      }),
    );
    const harder = supply({ data: { task: "coins", difficulties: [9] } });
    await expect(harder.prepareStream(0, 1)).rejects.toThrow("The task coins has no difficulty 9.");
  });
});

function dataOf(stage: Stage): unknown {
  return "data" in stage ? stage.data : undefined;
}

test("two plug-ins of one text are kept apart", async () => {
  const own = temporaryFolder();
  writeCoins(own);
  const folder = join(own, "plugins", "stamps");
  mkdirSync(folder);
  writeFileSync(
    join(folder, "plugin.yaml"),
    COINS_YAML.replace("name: coins", "name: stamps").replace("[2, 3, 4]", "[5, 6]"),
  );
  writeFileSync(join(folder, "coins.js"), COINS);
  const at = new WorkspaceTasks(own, sandbox, new GymService(own));
  const data = [COINS_DATA, { task: "stamps", difficulties: [5] }];
  const kept = dataOf(
    at.kept(
      Stage.parse({
        name: "grpo",
        kind: "grpo",
        model: "m",
        data,
        generation_batch_size: 16,
        max_steps: 1,
      }),
    ),
  );
  const made = await streamed(0, 2, supply({ outside: at, data: kept }));
  expect(made.map(({ source }) => source)).toEqual(["coins", "stamps"]);
});

test("a plug-in that ends its interpreter, or has nothing more to make, ends in words", async () => {
  const own = temporaryFolder();
  const at = new WorkspaceTasks(own, sandbox, new GymService(own));
  writeCoins(
    own,
    COINS.replace(
      "const coins = VALUES",
      "if (difficulty === 3) throw new Error(`no ${seed}`);\n  const coins = VALUES",
    ),
  );
  await expect(supply({ outside: at }).prepareStream(0, 4)).rejects.toThrow(
    /Error: no \d+, coins\.js line \d+, in generate\(\d+, 3\)/u,
  );
  writeCoins(
    own,
    `export const generate = () => ({ prompt: "x", gold: "1" });
    export const verify = (_, answer) => answer === "1";`,
  );
  await expect(supply({ outside: at }).prepareDistinct(2)).rejects.toThrow(
    "After 1000 seeds there is no other train problem of coins",
  );
});
