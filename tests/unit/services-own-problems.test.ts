/** A stage's own problems on their way from the store to the run: the version that is kept, the file that is written once, what a check says. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { SetProblem } from "#shared/schema/problem.ts";
import { inertOptions } from "#shared/schema/inert-options.ts";
import { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { ProblemSource } from "#shared/schema/stages/problem-data.ts";
import { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { askOutsideBenchmarks } from "#main/services/benchmarks/outside-benchmarks.ts";
import { laterBenchmarks } from "#main/services/benchmarks/later-benchmarks.ts";
import { PROBLEM_FILES, writeProblemFiles } from "#main/services/problems/problem-files.ts";
import { problemSourcesOf, setReader, withVersions } from "#main/services/problems/set-reader.ts";
import { doubts } from "#main/services/recipes/checks/recipe-sanity.ts";
import { checkHeldOutSource, checkSources } from "#main/services/recipes/checks/source-checks.ts";
import type { Finding } from "#main/services/recipes/checks/recipe-finding.ts";
import { StagePlace } from "#main/services/recipes/checks/stage-place.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { writeCoins } from "../helpers/coins-plugin.ts";
import { problemWith } from "../helpers/problem-with.ts";
import { insertOwnProblems, OWN_SET } from "../helpers/own-problems.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { GymService } from "#main/services/gym/gym-service.ts";
import { WorkspaceTasks } from "#main/services/plugins/workspace-tasks.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

let store: Store;
beforeAll(() => {
  store = openStore(join(temporaryFolder(), "gradus.sqlite"));
  insertOwnProblems(store);
});

const GRPO = {
  name: "grpo",
  kind: "grpo",
  model: "base",
  generation_batch_size: 8,
  max_steps: 1,
};

function grpo(data: unknown): GrpoStage {
  return GrpoStage.parse({ ...GRPO, data });
}

function problemsIn(file: string | undefined): string[] {
  return readFileSync(file ?? "", "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => SetProblem.parse(JSON.parse(line)).id);
}

test("a run keeps the version that its sets have when it begins", () => {
  const stage = grpo([
    { problems: OWN_SET, weight: 2 },
    { task: "countdown", difficulties: [3] },
  ]);
  const [source] = problemSourcesOf(withVersions(stage, store));
  expect(source).toEqual({ problems: `${OWN_SET}@1`, split: "train", weight: 2 });
  expect(() => withVersions(grpo({ problems: "nowhere" }), store)).toThrow(/nowhere/);
  expect(() => withVersions(grpo({ problems: `${OWN_SET}@7` }), store)).toThrow(/7/);
});

test("the worked examples that an sft stage is measured on are pinned and written with its own", () => {
  const stage = SftStage.parse({
    name: "cold",
    kind: "sft",
    model: "base",
    data: { dataset: "mine.jsonl" },
    eval_steps: 2,
    eval_data: { source: { problems: OWN_SET, split: "test" }, examples: 3 },
  });
  const pinned = { problems: `${OWN_SET}@1`, split: "test" };
  expect(problemSourcesOf(withVersions(stage, store))).toEqual([pinned]);
  const { eval_steps: _, ...unmeasured } = stage;
  expect(problemSourcesOf(unmeasured)).toEqual([]);
  const findings: Finding[] = [];
  const place = new StagePlace(stage, 0, findings);
  checkHeldOutSource(stage, { dataset: "mine.jsonl" }, place);
  checkHeldOutSource(stage, { dataset: "other.jsonl" }, place);
  checkHeldOutSource(
    stage,
    { source: ProblemSource.parse({ problems: OWN_SET }), examples: 3 },
    place,
  );
  expect(findings.map(({ message, level }) => [message, level])).toEqual([
    ["the stage learns from all of mine.jsonl: what is measured on it is memory", undefined],
    [expect.stringContaining("asked on its training side"), "warning"],
  ]);
});

test("a source's side and filter choose the problems, and a run's file of them is written once", () => {
  const folder = temporaryFolder();
  const stage = grpo({ problems: OWN_SET, where: "tag:even difficulty:2..3" });
  const files = writeProblemFiles(stage, folder, setReader(store));
  const [file] = Object.values(files);
  const ids = problemsIn(file);
  expect(ids.length).toBeGreaterThan(2);
  expect(ids.every((id) => Number(id.slice(1)) % 2 === 0 && Number(id.slice(1)) % 3 !== 2)).toBe(
    true,
  );
  // Another reader now: what the run began with stays.
  expect(writeProblemFiles(stage, folder, () => [])).toEqual(files);
  expect(problemsIn(file)).toEqual(ids);
});

test("a stage that learns from problems is told what later benchmarks ask, and keeps it in its folder", () => {
  store.benchmarks.insert(
    { id: "held", name: "Held", instruction: "", licence: "", source: "", createdAtMs: 1 },
    [{ problem: "What is 9+9?", answer: "18", difficulty: 1 }],
  );
  const bench = (name: string, data: unknown) => ({
    ...{ name, kind: "benchmark", model: "grpo", num_problems: 4 },
    data,
  });
  const recipe = Recipe.parse({
    name: "later",
    models: { base: "base" },
    stages: [
      { ...bench("before", { problems: OWN_SET }), model: "base" },
      { ...GRPO, data: { problems: OWN_SET } },
      bench("set", { problems: OWN_SET, split: "test" }),
      bench("task", { task: "countdown", difficulties: [3] }),
      bench("imported", { benchmark: "held" }),
      // It does not stop a stage that something later is missing.
      bench("outside", { task: "mine", difficulties: [1] }),
      bench("nobody", { problems: OWN_SET, where: "tag:nobody" }),
      bench("gone", { benchmark: "gone" }),
    ],
  });
  const folder = temporaryFolder();
  const outside = new Map<string, readonly Problem[] | string>();
  const deps = { sets: setReader(store), benchmarks: store.benchmarks, outside };
  const [, stage, set] = recipe.stages;
  if (stage === undefined || set === undefined) throw new Error("no stage");
  const later = laterBenchmarks(stage, recipe, folder, deps);
  expect(later.map(({ stage: { name } }) => name)).toEqual(["set", "task", "imported"]);
  const [imported] = later.flatMap(({ datasetFile }) => datasetFile ?? []);
  expect(readFileSync(imported ?? "", "utf8")).toContain("What is 9+9?");
  // What a stage that begins anew keeps of its folder.
  expect(imported?.startsWith(join(folder, PROBLEM_FILES))).toBe(true);
  expect(laterBenchmarks(set, recipe, folder, deps)).toEqual([]);
  // What tasks that run elsewhere were asked beforehand goes along, and nothing where they gave none.
  outside.set("outside", "they throw");
  expect(laterBenchmarks(stage, recipe, folder, deps)).toHaveLength(3);
  outside.set("outside", [problemWith({ id: "mine/1", prompt: "What?" })]);
  const asked = laterBenchmarks(stage, recipe, folder, deps).flatMap(
    ({ askedFile }) => askedFile ?? [],
  );
  expect(asked.map((file) => readFileSync(file, "utf8"))).toEqual([
    '{"id":"mine/1","messages":[{"role":"user","content":"What?"}],"prompt":"What?"}\n',
  ]);
  const files = writeProblemFiles(stage, folder, deps.sets, problemSourcesOf(set));
  expect(Object.values(files).map((file) => problemsIn(file).length)).toEqual([16, 8]);
});

test("tasks that run elsewhere are asked what a later benchmark asks of them, within limits", async () => {
  const workspace = temporaryFolder();
  const file = writeCoins(workspace);
  const sandbox = new SandboxPool({ workers: 1 });
  const gym = new GymService(workspace);
  onTestFinished(() => {
    gym.close();
    sandbox.close();
  });
  const outside = new WorkspaceTasks(workspace, sandbox, gym);
  const bench = { kind: "benchmark", model: "grpo", data: { task: "coins", difficulties: [3] } };
  const recipe = Recipe.parse({
    name: "later",
    models: { base: "base" },
    stages: [
      { ...GRPO, data: { problems: OWN_SET } },
      { ...bench, name: "few", num_problems: 3 },
      { ...bench, name: "many", num_problems: 300 },
      { ...bench, name: "within", data: { task: "countdown", difficulties: [3] }, num_problems: 3 },
    ],
  });
  const [stage, few] = recipe.stages;
  if (stage === undefined || few === undefined) throw new Error("no stage");
  const from = { sets: setReader(store), outside };
  // A busy machine may take as long for it.
  const counts = async (ms = 160_000, stop = new AbortController().signal) =>
    [...(await askOutsideBenchmarks(stage, recipe, from, stop, { problems: 20, ms }))].map(
      ([name, asked]) => [name, typeof asked === "string" ? asked : asked.length],
    );
  expect(await counts()).toEqual([
    ["few", 3],
    ["many", 20],
  ]);
  const { signal } = new AbortController();
  expect(await askOutsideBenchmarks(few, recipe, from, signal)).toEqual(new Map());
  const stopping = new AbortController();
  const stopped = counts(undefined, stopping.signal);
  stopping.abort();
  expect(await stopped).toEqual([]);
  const late = "making its problems takes over 0.001 s";
  expect(await counts(1)).toEqual([
    ["few", late],
    ["many", late],
  ]);
  rmSync(file);
  expect(await counts()).toEqual([
    ["few", expect.stringContaining("coins")],
    ["many", expect.stringContaining("coins")],
  ]);
});

test("a set's instruction stands under each of its problems", () => {
  insertOwnProblems(store, "told", "Answer with a number.");
  const [first] = setReader(store)({ problems: "told", split: "train" });
  expect(first?.messages).toEqual([
    { role: "user", content: "What is 2+0?\n\nAnswer with a number." },
  ]);
});

test("a filter that finds nothing is refused before a run begins", () => {
  const stage = grpo({ problems: OWN_SET, where: "tag:nobody" });
  expect(() => writeProblemFiles(stage, temporaryFolder(), setReader(store))).toThrow(
    /no problem on its train side that "tag:nobody" finds/,
  );
});

test.each([
  [{ problems: "nowhere" }, "stages.0.data.problems", "error"],
  [{ problems: OWN_SET, where: "difficulty:1..2" }, "stages.0.data.problems", "note"],
  [{ problems: OWN_SET, where: "colour:red" }, "stages.0.data.where", "error"],
  [{ problems: OWN_SET, where: "tag:nobody" }, "stages.0.data.where", "error"],
  [{ task: "sudoku", difficulties: [1] }, "stages.0.data.task", "error"],
  [{ task: "countdown", difficulties: [9] }, "stages.0.data.difficulties", "error"],
])("the check says of %j where it stands", (data, path, level) => {
  const findings = checked(grpo(data), data);
  expect(findings.map((one) => [one.path.join("."), one.level ?? "error"])).toEqual([
    [path, level],
  ]);
});

test("a benchmark on problems that stages train on is warned of", () => {
  const data = { problems: OWN_SET };
  const stage = BenchmarkStage.parse({
    name: "b",
    kind: "benchmark",
    model: "base",
    data,
    num_problems: 5,
  });
  expect(checked(stage, data).map(({ path, level }) => [path.at(-1), level])).toEqual([
    ["problems", "note"],
    ["split", "warning"],
  ]);
});

function checked(stage: GrpoStage | BenchmarkStage, data: unknown): Finding[] {
  const findings: Finding[] = [];
  const parsed =
    typeof data === "object" && data !== null && "problems" in data
      ? ProblemSource.parse(data)
      : grpo(data).data;
  checkSources(parsed, "data", new StagePlace(stage, 0, findings), {
    setSize: () => undefined,
    sets: setReader(store),
    tasks: new WorkspaceTasks(
      temporaryFolder(),
      new SandboxPool(),
      new GymService(temporaryFolder()),
    ),
  });
  return findings;
}

test("how worked examples are put is refused where it cannot be, and nothing where the data have their prompts", () => {
  const sft = (data: unknown, options: object) =>
    SftStage.parse({ name: "s", kind: "sft", model: "base", data, ...options });
  const worked = { source: { problems: OWN_SET }, examples: 4 };
  const plain = sft(worked, { prompt_template: "r1-zero" });
  const found = doubts(plain, 0);
  expect(found.map(({ path, level }) => [path.at(-1), level ?? "error"])).toContainEqual([
    "prompt_template",
    "error",
  ]);
  const reader = (stage: SftStage) => (name: string) => Reflect.get(stage, name);
  expect(inertOptions("sft", reader(sft(worked, {}))).has("system_prompt")).toBe(false);
  expect(inertOptions("sft", reader(sft({ dataset: "d1" }, {}))).has("system_prompt")).toBe(true);
});
