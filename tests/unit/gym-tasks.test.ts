/** reasoning-gym's datasets as tasks: the real package, in the real Python. */
import { existsSync } from "node:fs";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { JsonValue } from "#shared/schema/json-value.ts";
import { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { Stage } from "#shared/schema/recipe.ts";
import type { Gym } from "#main/core/gym-port.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import { splitOf } from "#main/core/problems/split-of.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import { GymProcess } from "#main/processes/gym/gym-process.ts";
import { LineChild } from "#main/processes/line-child.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { GymEnvironment } from "#main/services/gym/gym-environment.ts";
import { GymService } from "#main/services/gym/gym-service.ts";
import { WorkspaceTasks } from "#main/services/plugins/workspace-tasks.ts";
import { taskFindings } from "#main/services/recipes/checks/task-trials.ts";
import { GYM, lendGym } from "../helpers/gym-workspace.ts";
import { lacking } from "../helpers/need.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const sandbox = new SandboxPool();
const workspace = temporaryFolder();
if (GYM.met) lendGym(workspace);
const service = new GymService(workspace);
const tasks = new WorkspaceTasks(workspace, sandbox, service);
afterAll(() => {
  service.close();
  sandbox.close();
});

function supply(data: unknown, split: "train" | "test" = "train"): ProblemSupply {
  const sets = (): never[] => [];
  return new ProblemSupply(ProblemData.parse(data), { split, seed: 3, sets, outside: tasks });
}

const SUMS = { task: "reasoning-gym/chain_sum", config: { max_terms: 2, max_digits: 2 } };

function fresh(limits: ConstructorParameters<typeof GymProcess>[1] = {}): GymProcess {
  const gym = new GymProcess(service.environment.program(), limits);
  onTestFinished(() => gym.close());
  return gym;
}

describe.skipIf(!GYM.met)(`with reasoning-gym installed${lacking(GYM)}`, () => {
  test("problems depend on seed and place, and training and held-out ones share none", async () => {
    const [train, again, held] = [supply(SUMS), supply(SUMS), supply(SUMS, "test")];
    await train.prepareDistinct(100);
    await again.prepareDistinct(40);
    await held.prepareDistinct(30);
    const problems = train.distinct(100);
    expect(again.distinct(40).map(({ prompt }) => prompt)).toEqual(
      problems.slice(0, 40).map(({ prompt }) => prompt),
    );
    expect(new Set(problems.map(({ id }) => splitOf(id)))).toEqual(new Set(["train"]));
    expect(new Set(held.distinct(30).map(({ id }) => splitOf(id)))).toEqual(new Set(["test"]));
    const ids = [...problems, ...held.distinct(30)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(130);
    for (const { prompt, gold } of problems) {
      const [, a = "", sign = "", b = ""] = /(\d+) ([+-]) (\d+) =/u.exec(prompt) ?? [];
      expect(Number(gold)).toBe(sign === "+" ? Number(a) + Number(b) : Number(a) - Number(b));
    }
  });

  test("answers have the dataset's own score, partial credit too", async () => {
    // spell_backward: right, right but for one letter, and nothing like it.
    const of = supply({ task: "reasoning-gym/spell_backward", config: { min_word_len: 5 } });
    await of.prepareStream(0, 1);
    const problem = of.at(0);
    const gold = problem.gold ?? "";
    const texts = [gold, `${gold.slice(0, -1)}~`, "no"].map((answer) => ({
      problem,
      text: `<think>\n\n</think>\n<answer>${answer}</answer>`,
    }));
    const signal = new AbortController().signal;
    const scores = await judgeTexts(texts, {
      scoring: "strict",
      format: "tags",
      sandbox,
      outside: tasks,
      signal,
    });
    expect(scores[0]).toMatchObject({ correct: true, score: 1 });
    expect(scores[1]?.correct).toBe(false);
    expect(scores[1]?.score).toBeGreaterThan(0.05);
    expect(scores[1]?.score).toBeLessThan(1);
    expect(scores[2]?.score).toBeLessThan(scores[1]?.score ?? 0);
  });

  test("every dataset makes the same problems in another process, and accepts their answers as they are kept", async () => {
    const [one, other] = [fresh(), fresh()];
    const refused: string[] = [];
    for (const name of await one.names()) {
      const [problems, again] = await Promise.all([
        one.generate(name, {}, [7, 4_000_000_000]),
        // The other way round: nothing depends on what was made before.
        other.generate(name, {}, [4_000_000_000, 7]),
      ]);
      expect([name, again.toReversed()]).toEqual([name, problems]);
      const answers = problems.flatMap(({ answer, entry }) =>
        answer === null ? [] : [{ answer, entry }],
      );
      const scores = await one.score(name, {}, answers);
      if (scores.some((score) => score !== 1)) refused.push(name);
    }
    expect(refused).toEqual([]);
  }, 240_000);

  test.each<[string, Record<string, JsonValue>, string]>([
    ["chain_sum", { max_term: 2 }, "chain_sum has no option max_term; it has min_terms, max_terms"],
    ["chain_sum", { max_terms: 1 }, "max_terms must be >= min_terms"],
    ["chain_sum", { seed: 1 }, "seed is not set here"],
    ["chain_sum", { max_terms: "four" }, "TypeError"],
    ["chain_product", {}, 'has no dataset "chain_product"'],
  ])("%s with %j is refused in words", async (dataset, config, words) => {
    await expect(service.gym().check(dataset, config)).rejects.toThrow(words);
  });

  test("an unknown dataset is said with those that are alike", async () => {
    expect(() => tasks.find("reasoning-gym/chain_sums")).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('has no dataset "chain_sums"'),
        advice: expect.stringContaining("There are chain_sum, decimal_chain_sum."),
      }),
    );
    expect(tasks.find("reasoning-gym/chain_sum").difficulties).toEqual([]);
    expect(tasks.facts().filter(({ name }) => name.startsWith("reasoning-gym/")).length).toBe(105);
  });

  test("a process that is killed is started again, and one that dies again and again ends in words", async () => {
    const gym = fresh();
    const before = await gym.generate("chain_sum", {}, [1, 2]);
    process.kill(gym.pid ?? 0, "SIGKILL");
    expect(await gym.generate("chain_sum", {}, [1, 2])).toEqual(before);
    const killing = setInterval(() => {
      if (gym.pid !== undefined) process.kill(gym.pid, "SIGKILL");
    }, 20);
    try {
      await expect(gym.generate("knight_swap", {}, [1, 2, 3])).rejects.toThrow(
        "reasoning-gym's Python was ended by SIGKILL",
      );
    } finally {
      clearInterval(killing);
    }
  }, 120_000);

  test("an answer that keeps the scoring busy is wrong, and the others keep their scores", async () => {
    const answers = async (gym: Gym): Promise<(number | string)[]> => {
      const [problem] = await gym.generate("puzzle24", {}, [1]);
      const { answer, entry } = problem ?? { answer: "", entry: null };
      return gym.score("puzzle24", {}, [
        { answer: answer ?? "", entry },
        { answer: "9**9**9**9", entry },
      ]);
    };
    expect(await answers(service.gym())).toEqual([1, "it took longer than 2 s"]);
    // Where Python's own clock does not come through, the host ends the process.
    expect(await answers(fresh({ scoreMs: 900, answerMs: 1 }))).toEqual([
      1,
      "it took longer than 0.901 s",
    ]);
  }, 120_000);

  test("what a model writes is evaluated by no dataset to start or write anything", async () => {
    const gym = service.gym();
    const [problem] = await gym.generate("puzzle24", {}, [1]);
    const entry = problem?.entry ?? null;
    const file = `${workspace}/written`;
    const scores = await gym.score("puzzle24", {}, [
      { answer: `__import__("os").system("touch ${file}")`, entry },
      { answer: `open("${file}", "w")`, entry },
      { answer: `__import__("subprocess").run(["touch", "${file}"])`, entry },
    ]);
    expect(scores.every((score) => score !== 1)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });
});

test("where it is not installed, that and what to do is said", async () => {
  const none = new GymService(temporaryFolder());
  const own = new WorkspaceTasks(temporaryFolder(), sandbox, none);
  expect(none.program()).toBeUndefined();
  expect(own.facts().some(({ name }) => name.startsWith("reasoning-gym/"))).toBe(false);
  for (const ask of [() => none.gym(), () => own.find("reasoning-gym/chain_sum")])
    expect(ask).toThrow(
      expect.objectContaining({
        code: "NOT_FOUND",
        message: "reasoning-gym is not installed in this workspace.",
        advice: expect.stringContaining("gradus python install"),
      }),
    );
});

test("without a Python that will do, an install says so and leaves nothing", async () => {
  const folder = temporaryFolder();
  const before = process.env["GRADUS_PYTHON"];
  process.env["GRADUS_PYTHON"] = "/nowhere/python3";
  onTestFinished(() => {
    if (before === undefined) delete process.env["GRADUS_PYTHON"];
    else process.env["GRADUS_PYTHON"] = before;
  });
  const install = new GymEnvironment(folder).install(() => {}, new AbortController().signal);
  await expect(install).rejects.toThrow("GRADUS_PYTHON (/nowhere/python3) is no Python 3.11");
  expect(new GymEnvironment(folder).facts()).toBeNull();
});

describe("a child that speaks lines", () => {
  const open = (script: string): LineChild =>
    new LineChild({
      command: process.execPath,
      args: ["-e", script],
      environment: { ELECTRON_RUN_AS_NODE: "1" },
    });

  test("answers in order, and its end comes after its last line", async () => {
    const child = open(
      `process.stdin.once("data", (text) => { console.log("a " + String(text).trim()); console.log("b"); console.error("gone"); process.exitCode = 3; process.stdin.destroy(); })`,
    );
    child.send("x");
    expect(await child.next(10_000)).toBe("a x");
    expect(await child.next(10_000)).toBe("b");
    expect(await child.next(10_000)).toEqual({
      what: "ended with exit code 3",
      said: "gone\n",
      late: false,
    });
    child.send("nobody reads this");
  });

  test("that says nothing in time is ended, and one that is not there is said", async () => {
    expect(await open("setInterval(() => {}, 1000)").next(300)).toMatchObject({ late: true });
    const none = new LineChild({ command: "/nowhere/python", args: [], environment: {} });
    expect(await none.next(5000)).toMatchObject({
      what: expect.stringContaining("could not be started"),
    });
  });
});

test("a source of reasoning-gym has a config, and others have difficulties", () => {
  expect(ProblemData.safeParse({ task: "reasoning-gym/chain_sum" }).success).toBe(true);
  expect(ProblemData.safeParse({ ...SUMS, weight: 2, version: "0.1.25" }).success).toBe(true);
  expect(
    ProblemData.safeParse({ task: "reasoning-gym/chain_sum", difficulties: [1] }).success,
  ).toBe(false);
  expect(ProblemData.safeParse({ task: "coins", config: {} }).success).toBe(false);
});

test.skipIf(!GYM.met)(
  `a recipe's check says what a dataset refuses, at its config${lacking(GYM)}`,
  async () => {
    const stage = Stage.parse({
      name: "grpo",
      kind: "grpo",
      model: "m",
      data: [SUMS, { ...SUMS, config: { max_term: 2 } }],
      generation_batch_size: 16,
      max_steps: 1,
    });
    expect(await taskFindings(tasks, stage, 3, undefined)).toEqual([
      {
        path: ["stages", 3, "data", 1, "config"],
        message: expect.stringContaining("chain_sum has no option max_term"),
        advice: expect.stringContaining("Mend task or config"),
      },
    ]);
    expect(tasks.kept(stage)).toMatchObject({ data: [{ version: "0.1.25" }, {}] });
  },
);
