import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "#shared/errors.ts";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { FileReward } from "#shared/schema/reward.ts";
import { fileReward } from "#main/core/rewards/files/file-reward.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { withKeptRewards } from "#main/services/recipes/keep-rewards.ts";
import { RewardFiles } from "#main/services/recipes/reward-files.ts";
import { inputWith, problemWith } from "../helpers/problem-with.ts";

const sandbox = new SandboxPool();
afterAll(() => {
  sandbox.close();
});

const PROBLEM = problemWith({
  id: "mine/7",
  prompt: "What is 6 times 7?",
  gold: "42",
  columns: { limit: 5 },
});
const INPUTS: readonly RewardInput[] = ["one", "three", "eleven!"].map((text) =>
  inputWith(PROBLEM, text),
);

async function values(file: string, text: string): Promise<readonly (number | null)[]> {
  return fileReward(sandbox, { file, text }, INPUTS);
}

async function refusal(file: string, text: string): Promise<string> {
  const error = await values(file, text).catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error.message;
  throw new Error("it was not refused", { cause: error });
}

const SHORT_JS = `export function reward({ prompt, completion, columns }) {
  if (prompt !== "What is 6 times 7?" || columns.gold !== "42") throw new Error("no problem");
  return completion.length > columns.limit ? null : 1 / completion.length;
}`;
const SHORT_PY = `def reward(completions, prompts, gold, limit, **columns):
    assert prompts[0] == "What is 6 times 7?" and gold == ["42"] * 3
    return [None if len(c) > most else 1 / len(c) for c, most in zip(completions, limit)]
`;

test("JavaScript and Python read completions and columns, and give a number or nothing", async () => {
  expect(await values("rewards/short.js", SHORT_JS)).toEqual([1 / 3, 1 / 5, null]);
  expect(await values("rewards/short.py", SHORT_PY)).toEqual([1 / 3, 1 / 5, null]);
  expect(await values("async.mjs", "export async function reward() { return true; }")).toEqual([
    1, 1, 1,
  ]);
});

test("a reward written for TRL finds the gold by its dataset's name, and TypeScript loses its types alone", async () => {
  const trl = `def reward(prompts, completions, solution, **kwargs):
    return [float(s == "42" and k == "42") for s, k in zip(solution, kwargs["ground_truth"])]
`;
  expect(await values("trl.py", trl)).toEqual([1, 1, 1]);
  const typed = `type Given = { completion: string; columns: { answer: string } };
export default function reward({ completion, columns }: Given): number | null {
  if (completion === ("three" as const)) return null;
  return columns.answer === "42" ? completion.length : 0;
}`;
  expect(await values("short.ts", typed)).toEqual([3, null, 7]);
});

test.each([
  [
    "a.js",
    'export function reward({ completion }) {\n  if (completion === "three") throw new Error("too odd");\n  return 1;\n}',
    'The reward a.js, line 2: Error: too odd. The completion was "three", of the problem mine/7.',
  ],
  [
    "a.js",
    "export function reward() { return NaN; }",
    'gave NaN, and must give a number or null. The completion was "one"',
  ],
  ["a.js", 'export const reward = () => "good";', 'gave the text "good"'],
  ["a.js", "export const reward = () => {};", "gave nothing"],
  ["a.js", "export const other = 1;", "exports no function reward"],
  ["a.js", "export function reward( {", "The reward a.js, line 1: SyntaxError"],
  [
    "a.js",
    'export function reward({ completion }) { while (completion === "three"); return 1; }',
    'it ran for more than 5 s. The completion was "three"',
  ],
  [
    "a.py",
    'def reward(completions, **columns):\n    for c in completions:\n        if c == "three":\n            raise ValueError("too odd")\n    return [1.0] * len(completions)\n',
    'The reward a.py, line 4: ValueError: too odd. The completion was "three", of the problem mine/7.',
  ],
  [
    "a.py",
    "def reward(completions, **columns):\n    return [1.0]\n",
    "The reward a.py, line 1: reward gave 1 values for 3 completions",
  ],
  [
    "a.py",
    'def reward(completions, **columns):\n    return [1.0, float("nan"), 1.0]\n',
    'gave nan, and must give a number or None. The completion was "three"',
  ],
  [
    "a.py",
    'def reward(completions, **columns):\n    return ["x"] * len(completions)\n',
    'gave the text "x"',
  ],
  ["a.py", "def reward(completions, **columns):\n    return 1.0\n", "must give a list of numbers"],
  ["a.py", "x = 1\n", "defines no function reward"],
  [
    "a.py",
    "def format_reward(completions, **kwargs):\n    return []\n",
    "it defines no function reward: call one of format_reward so, or reward = format_reward",
  ],
  ["a.ts", "enum Side { Left }\nexport const reward = () => 1;", "its types cannot be left out"],
  ["a.py", "def reward(:\n", "The reward a.py, line 1: SyntaxError"],
])(
  "%s that is wrong is refused with its place (%#)",
  { timeout: 60_000 },
  async (file, text, words) => {
    expect(await refusal(file, text)).toContain(words);
  },
);

test("a byte order mark is no part of a reward", async () => {
  expect(await values("a.py", `\uFEFF${SHORT_PY}`)).toEqual([1 / 3, 1 / 5, null]);
});

test.each([
  ["a.py", "def reward(completions):\n    return [1]\n", "Take what it does not name too"],
  ["a.py", "def reward(completions, words, **c):\n    return [1]\n", "give others a default"],
  ["a.py", "async def reward(completions, **c):\n    return [1]\n", "without async"],
  ["a.js", "module.exports = { reward: () => 1 };", "Write export function reward("],
])(
  "%s: what a reward of other tools trips over is said with what to write",
  async (file, text, words) => {
    await expect(values(file, text)).rejects.toMatchObject({
      advice: expect.stringContaining(words),
    });
  },
);

test("a text that was kept stays what it was, whatever becomes of the file", () => {
  const root = mkdtempSync(join(tmpdir(), "gradus-rewards-"));
  const files = new RewardFiles(join(root, "kept"), () => []);
  mkdirSync(join(root, "rewards"));
  const path = join(root, "rewards", "short.js");
  writeFileSync(path, SHORT_JS);
  const yaml = `name: x
stages:
  - name: grpo
    rewards:
      - { name: answer, weight: 1 }
      - { file: rewards/short.js, weight: 0.2 } # mine
      - file: rewards/short.js # again
        name: second
      - { file: rewards/none.py }
`;
  const kept = withKeptRewards(yaml, root, files);
  const hash = /sha256: ([0-9a-f]{64})/.exec(kept)?.[1] ?? "";
  expect(kept).toBe(
    yaml
      .replace("short.js, weight", `short.js, sha256: ${hash}, weight`)
      .replace("short.js # again", `short.js\n        sha256: ${hash} # again`),
  );
  const spec = FileReward.parse({ file: "rewards/short.js", sha256: hash });
  writeFileSync(path, "// changed");
  expect(files.text(spec, root)).toBe(SHORT_JS);
  expect(() => new RewardFiles(join(root, "other"), () => []).text(spec, root)).toThrow(
    /is not the text/,
  );
  const copied = files.copyFor(
    GrpoStage.parse({
      kind: "grpo",
      name: "grpo",
      model: "base",
      data: { task: "arithmetic", difficulties: [3] },
      rewards: [spec],
      generation_batch_size: 8,
      max_steps: 1,
    }),
    join(root, "run"),
  );
  expect(readFileSync(copied[hash] ?? "", "utf8")).toBe(SHORT_JS);
  expect(() => files.text(FileReward.parse({ file: "rewards/none.py" }), root)).toThrow(
    /no reward file/,
  );
});
