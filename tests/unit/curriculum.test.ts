/** A stage's problems from easy to hard: by what was measured, else by difficulty; by seed and place alone. */
import { expect, test } from "vitest";
import type { MeasuredSetProblem } from "#shared/schema/problem.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { easyToHard, hardnessIn } from "#main/core/problems/easy-to-hard.ts";
import { grpoProblems } from "#main/core/problems/grpo-batches.ts";
import { checkAsked } from "#main/services/recipes/checks/asked-checks.ts";
import type { Finding } from "#main/services/recipes/checks/recipe-finding.ts";
import { StagePlace } from "#main/services/recipes/checks/stage-place.ts";
import { NO_OUTSIDE } from "#main/core/problems/outside/outside-task.ts";
import type { ProblemSupply } from "#main/core/problems/problem-supply.ts";

function stored(id: string, more: Partial<MeasuredSetProblem> = {}): MeasuredSetProblem {
  return {
    ...{ id, messages: [{ role: "user", content: id }], gold: "1" },
    ...{ verifier: { name: "number", options: {} }, solution: null, tags: [], difficulty: null },
    ...{ columns: {}, split: "train" },
    ...more,
  };
}

const rates = [0.5, 1, 0, 0.75, 0.25, 0.875];
const measured = rates.map((passRate, i) => stored(`p${i}`, { passRate, difficulty: 9 - i }));

function supply(data: ProblemData, more: Record<string, unknown> = {}): ProblemSupply {
  const stage = GrpoStage.parse({
    ...{ name: "g", kind: "grpo", model: "m", data, num_generations: 2, max_steps: 3 },
    ...{ generation_batch_size: 4, per_device_train_batch_size: 4, curriculum: "easy-to-hard" },
    ...more,
  });
  return grpoProblems(stage, 7, { sets: () => measured, outside: NO_OUTSIDE });
}

/** Three steps of two prompts. */
const PLACES = [0, 1, 2, 3, 4, 5];

test("measured problems come by their pass rates, and each once before one comes again", () => {
  const problems = supply({ problems: "mine", split: "train" });
  const asked = PLACES.map((place) => problems.at(place).id);
  expect(asked).toEqual(["mine/p1", "mine/p5", "mine/p3", "mine/p0", "mine/p4", "mine/p2"]);
  // By place alone: a run that goes on asks on.
  const again = supply({ problems: "mine", split: "train" });
  expect(again.at(4).id).toBe(asked[4]);
});

test("where some were not measured, difficulty says what is hard", () => {
  const some = [stored("a", { passRate: 0, difficulty: 1 }), stored("b", { difficulty: 3 })];
  expect(some.map(hardnessIn(some))).toEqual([1, 3]);
  expect(measured.map(hardnessIn(measured))).toEqual(rates.map((rate) => 1 - rate));
  expect(easyToHard(4, (place) => [2, 1, 2, 1][place] ?? 0)).toEqual([1, 3, 0, 2]);
});

test("of several sources each goes from easy to hard by itself, and batches keep the sources' shares", () => {
  const data = [
    { task: "addition", difficulties: [4, 3, 2], weight: 1 },
    { problems: "mine", split: "train" as const, weight: 1 },
  ];
  const problems = supply(data);
  const asked = PLACES.map((place) => problems.at(place));
  expect(asked.map(({ source }) => source)).toEqual([
    ...["addition", "mine", "addition", "mine", "addition", "mine"],
  ]);
  expect(
    asked.flatMap(({ source, difficulty }) => (source === "addition" ? [difficulty] : [])),
  ).toEqual([2, 3, 4]);
  const plain = supply(data, { curriculum: "none" });
  const ids = (of: ProblemSupply): string[] => PLACES.map((place) => of.at(place).id);
  const tasks = (all: readonly string[]): string[] =>
    all.filter((id) => id.startsWith("addition")).toSorted();
  // The same sums are asked, in another order.
  expect(tasks(ids(problems))).toEqual(tasks(ids(plain)));
  expect(ids(problems)).not.toEqual(ids(plain));
});

/** What the check says of a stage on such problems: option and words. */
function said(data: ProblemData, more: Record<string, unknown>, problems = measured): string[] {
  const stage = GrpoStage.parse({
    ...{ name: "g", kind: "grpo", model: "m", data, max_steps: 3, ...more },
  });
  const findings: Finding[] = [];
  checkAsked(stage, new StagePlace(stage, 0, findings), { sets: () => problems });
  return findings.map(({ path, message }) => `${path.at(-1)}: ${message}`);
}

test("a curriculum without anything to put problems in order by is said", () => {
  const ordered = { curriculum: "easy-to-hard" };
  const mine = { problems: "mine", split: "train" as const };
  expect(said(mine, ordered)).toEqual([]);
  expect(said(mine, {}, [stored("a"), stored("b")])).toEqual([]);
  const alike = "harder: they come in the seed's order";
  expect(said(mine, ordered, [stored("a"), stored("b")])).toEqual([
    `curriculum: nothing says which problems of mine are ${alike}`,
  ]);
  // Rates of some alone decide nothing.
  const some = [stored("a", { passRate: 0.5 }), stored("b")];
  expect(said(mine, ordered, some)).toHaveLength(1);
  const graded = [...some, stored("c", { difficulty: 3 })];
  expect(said(mine, ordered, graded)).toEqual([
    "curriculum: 1 of 3 problems of mine were measured: their difficulty decides, not their pass rate",
  ]);
  expect(said({ task: "arithmetic", difficulties: [3, 4] }, ordered)).toEqual([]);
  expect(said({ task: "arithmetic", difficulties: [3, 3] }, ordered)).toHaveLength(1);
  expect(said({ task: "reasoning-gym/chain_sum", config: {} }, ordered)).toHaveLength(1);
});

test("what looks for groups that are right in part is doubted where nothing judges answers", () => {
  const data = { problems: "mine", split: "train" as const };
  const open = [stored("a", { gold: null })];
  const more = { filter_groups: true, replay_groups: 2 };
  expect(said(data, more)).toEqual([]);
  expect(said(data, more, open)).toEqual([
    "filter_groups: nothing judges the answers to mine, so that its groups never count: they are sampled up to 10 times for nothing",
    "replay_groups: groups that were right in part come again, and nothing judges the answers to mine",
  ]);
  // A schema judges without a gold answer.
  const verifier = { name: "json", options: { schema: { type: "object" } } };
  expect(said(data, more, [stored("a", { gold: null, verifier })])).toEqual([]);
});
