/** Lengths and memory of problems that a plug-in makes, said by the recipe's check as those of a built-in task are. */
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { GymService } from "#main/services/gym/gym-service.ts";
import { WorkspaceTasks } from "#main/services/plugins/workspace-tasks.ts";
import { taskFindings } from "#main/services/recipes/checks/task-trials.ts";
import type { Finding } from "#main/services/recipes/checks/recipe-finding.ts";
import { totalBytes } from "#main/services/recipes/checks/memory-check.ts";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { Stage } from "#shared/schema/recipe.ts";
import { writeCoins } from "../helpers/coins-plugin.ts";
import { NO_SETS } from "../helpers/problem-with.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const sandbox = new SandboxPool({ workers: 1 });
const workspace = temporaryFolder();
writeCoins(workspace);
const gym = new GymService(workspace);
const tasks = new WorkspaceTasks(workspace, sandbox, gym);
afterAll(() => {
  gym.close();
  sandbox.close();
});
const model = join(assetFolder(), "models", "gradus-base");

function stageOf(more: object): Stage {
  return Stage.parse({
    name: "g",
    kind: "grpo",
    model: "base",
    data: { task: "coins", difficulties: [2, 3] },
    rewards: [{ name: "answer" }],
    max_steps: 1,
    num_generations: 2,
    per_device_train_batch_size: 2,
    gradient_accumulation_steps: 1,
    ...more,
  });
}

async function found(stage: Stage, memoryBytes = Infinity): Promise<Finding[]> {
  const folders = { model };
  return taskFindings({ sets: NO_SETS, tasks, folders, memoryBytes }, stage, 0, undefined);
}

test("how many of a plug-in's worked solutions fit is noted, and doubted where few do", async () => {
  const roomy = await found(stageOf({ max_completion_length: 200 }));
  expect(roomy).toMatchObject([
    {
      path: ["stages", 0, "max_completion_length"],
      level: "note",
      message: expect.stringMatching(
        /^holds 24 of 24 worked solutions, the longest has \d+ tokens$/u,
      ),
    },
  ]);
  const tight = await found(stageOf({ max_completion_length: 4 }));
  expect(tight).toMatchObject([
    { level: "warning", message: expect.stringMatching(/^holds 0 of 24/u), fixes: [{}] },
  ]);
});

test("prompts and completions of a plug-in that do not fit the context are an error with a way out", async () => {
  const [long] = await found(stageOf({ max_completion_length: 100_000 }));
  expect(long).toMatchObject({
    path: ["stages", 0, "max_completion_length"],
    message: expect.stringMatching(/^prompts of up to \d+ tokens and 100000 more do not fit/u),
    fixes: [{ label: expect.stringMatching(/^Use \d+$/u) }],
  });
});

test("a stage that a plug-in's prompts make too large for the memory is told so, and one that is too large anyway is not told twice", async () => {
  const stage = stageOf({
    max_completion_length: 32,
    per_device_train_batch_size: 64,
    num_generations: 64,
    prompt_template: `{{ prompt }} ${"and so on ".repeat(40)}`,
  });
  const memory = (findings: readonly Finding[]): string[] =>
    findings.map(({ message }) => message).filter((message) => message.startsWith("needs about"));
  // What it needs whatever its prompts are: one byte less is said by the whole check, and not here.
  const short = totalBytes(stageMemory(stage, { model, longestPrompt: 0 }));
  expect(memory(await found(stage, short - 1))).toEqual([]);
  expect(memory(await found(stage, short))).toHaveLength(1);
});
