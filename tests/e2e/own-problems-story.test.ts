/**
 * A researcher's whole way with problems of their own by the command line, on the real engine: 2,000 word problems come
 * in and are measured; a teacher writes cold starts, of which ten are accepted; a recipe learns from them, then by GRPO
 * with a reward of one's own, and is measured on the held-out side and on a second set; the benchmarks are compared, and
 * the model leaves as a GGUF file. tests/ui/whole-way.spec.ts goes the same way through the window.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "#main/platform/paths.ts";
import { discoverRuntime } from "#main/platform/tensorflow/discovery.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";
import { wordProblemTeacher } from "../helpers/word-problem-teacher.ts";
import { wordProblems } from "../helpers/word-problems.ts";
import type { WordProblem } from "../helpers/word-problems.ts";

const MAIN = fileURLToPath(new URL("../../src-main/host/cli/main.ts", import.meta.url));
const MEASURED = "id:1,2,3,4,5,6,7,8";
const SAMPLING = "max_completion_length: 16";
const BENCHMARK = `num_problems: 6, num_samples: 1, ${SAMPLING}`;

function recipeOf(model: string): string {
  return `name: Word problems
seed: 5
models: { base: ${JSON.stringify(model)} }
stages:
  - { name: before, kind: benchmark, model: base, data: { problems: words, split: test }, ${BENCHMARK} }
  - { name: cold-start, kind: sft, model: base, data: { dataset: d1@1 }, max_length: 256, max_steps: 1, per_device_train_batch_size: 4 }
  - name: grpo
    kind: grpo
    model: cold-start
    data: { problems: words, where: "pass_rate:0..0.9" }
    rewards:
      - { name: answer, weight: 1 }
      - { name: format, weight: 0.1 }
      - { file: rewards/short.js, weight: 0.2 }
    num_generations: 4
    generation_batch_size: 8
    per_device_train_batch_size: 8
    max_steps: 1
    ${SAMPLING}
  - { name: held-out, kind: benchmark, model: grpo, data: { problems: words, split: test }, ${BENCHMARK} }
  - { name: second, kind: benchmark, model: grpo, data: { problems: others, split: train }, ${BENCHMARK} }
`;
}

const REWARD = `export function reward({ completion }) {
  return 1 - Math.min(1, completion.length / 200);
}
`;

/** The runtime that the rest of the tests use, whatever workspace a command is given. */
async function runtimeVariables(): Promise<Record<string, string>> {
  const { location } = await discoverRuntime({ dataFolder: dataFolder(), download: false });
  return location === null ? {} : { GRADUS_TENSORFLOW: location.dir };
}

function linesOf(problems: readonly WordProblem[]): string {
  return problems.map((one) => `${JSON.stringify(one)}\n`).join("");
}

test("from a file of word problems to a model that leaves as GGUF, by the command line", async () => {
  const folder = temporaryFolder();
  const home = join(folder, "home");
  const variables = await runtimeVariables();
  const gradus = async (...args: string[]): Promise<unknown> => {
    const child = spawn(process.execPath, [MAIN, ...args, "--json"], {
      env: { ...process.env, ...variables, GRADUS_HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    expect({ args, code: child.exitCode, stderr }).toMatchObject({ code: 0 });
    return JSON.parse(stdout);
  };
  const model = writeTinyModel(join(folder, "tiny"), 3, 512);
  const problems = wordProblems(2000);
  const teacher = await wordProblemTeacher(problems);
  onTestFinished(() => {
    teacher.close();
  });
  writeFileSync(join(folder, "words.jsonl"), linesOf(problems));
  writeFileSync(join(folder, "others.jsonl"), linesOf(wordProblems(60, 9)));
  mkdirSync(join(folder, "rewards"));
  writeFileSync(join(folder, "rewards", "short.js"), REWARD);
  writeFileSync(join(folder, "recipe.yaml"), recipeOf(model));

  expect(
    await gradus("problems", "import", join(folder, "words.jsonl"), "--test-share", "0.1"),
  ).toMatchObject({ set: "words", version: 1, problems: 2000, bad: [], goldRejected: [] });
  expect(await gradus("problems", "import", join(folder, "others.jsonl"))).toMatchObject({
    set: "others",
    splits: { train: 60, test: 0 },
  });
  const measuring = ["--model", model, "--samples", "1", "--max-tokens", "8", "--where", MEASURED];
  const measured = await gradus("problems", "measure", "words", ...measuring);
  expect(measured).toMatchObject({ rates: { length: 8 } });
  await gradus("endpoints", "add", "words", "--url", teacher.baseUrl, "--model", "teacher");
  const asked = ["--endpoint", "words", "--problems", "words", "--count", "12", "--into", "cold"];
  expect(await gradus("data", "generate", ...asked)).toMatchObject({
    datasetId: "d1",
    sampled: 12,
    accepted: 12,
    costUsd: null,
  });
  const ten = ["--filter", "position:1..10", "--status", "accepted"];
  expect(await gradus("data", "review", "cold", ...ten)).toMatchObject({ changed: 10 });
  expect(await gradus("data", "publish", "cold")).toMatchObject({ ref: "d1@1", records: 10 });
  const ran = await gradus("run", join(folder, "recipe.yaml"));
  expect(ran).toMatchObject({
    status: "finished",
    results: [{ name: "base" }, { name: "grpo" }, { name: "grpo" }],
  });
  expect(await gradus("runs", "compare", "p2-before", "p2-held-out")).toBeTruthy();
  const file = join(folder, "words.gguf");
  await gradus("model", "export", "p2-grpo", "--format", "gguf-q8_0", "--out", file);
  expect(readFileSync(file).subarray(0, 4).toString()).toBe("GGUF");
}, 300_000);
