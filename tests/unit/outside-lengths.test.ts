/** Lengths and memory of problems that a plug-in makes, said by the recipe's check and at its start as those of a built-in task are. */
import { join } from "node:path";
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { afterAll, afterEach, expect, onTestFinished, test, vi } from "vitest";
import { createRouter } from "#main/procedures/router.ts";
import { Application } from "#main/services/application.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { writeCoins } from "../helpers/coins-plugin.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled, TEST_ENGINE_ENTRY } from "../helpers/test-application.ts";

const workspace = join(temporaryFolder(), "workspace");
const app = new Application({ workspace, shell: "cli", engineEntry: TEST_ENGINE_ENTRY });
const client: ContractRouterClient<Contract> = createRouterClient(createRouter(app), {
  context: {},
});
writeCoins(workspace);
afterAll(async () => {
  await app.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function recipeOf(more: object): string {
  const stage = {
    name: "g",
    kind: "grpo",
    model: "base",
    data: { task: "coins", difficulties: [2, 3] },
    rewards: [{ name: "answer", weight: 1 }],
    max_steps: 1,
    num_generations: 2,
    per_device_train_batch_size: 2,
    gradient_accumulation_steps: 1,
    ...more,
  };
  return JSON.stringify({ name: "x", models: { base: "gradus-base" }, stages: [stage] });
}

async function found(more: object, key: string): Promise<RecipeFinding[]> {
  const { problems } = await client.recipes.check({ yaml: recipeOf(more) });
  return problems.filter(({ path }) => path === `stages[0].${key}`);
}

test("how many of a plug-in's worked solutions fit is noted, and doubted where few do", async () => {
  expect(await found({ max_completion_length: 200 }, "max_completion_length")).toMatchObject([
    {
      level: "note",
      message: expect.stringMatching(
        /^holds 24 of 24 worked solutions, the longest has \d+ tokens$/u,
      ),
    },
  ]);
  expect(await found({ max_completion_length: 4 }, "max_completion_length")).toMatchObject([
    { level: "warning", message: expect.stringMatching(/^holds 0 of 24/u), fixes: [{}] },
  ]);
});

test("prompts and completions of a plug-in that do not fit the context are an error with a way out", async () => {
  expect(await found({ max_completion_length: 100_000 }, "max_completion_length")).toMatchObject([
    {
      level: "error",
      message: expect.stringMatching(/^prompts of up to \d+ tokens and 100000 more do not fit/u),
      fixes: [{ label: expect.stringMatching(/^Use \d+$/u) }],
    },
  ]);
});

const LONG = {
  max_completion_length: 32,
  per_device_train_batch_size: 64,
  num_generations: 64,
  prompt_template: `{{ prompt }} ${"and so on ".repeat(40)}`,
};

async function bytesOf(more: object): Promise<number> {
  const { estimate } = await client.recipes.check({ yaml: recipeOf(more) });
  return estimate?.memoryBytes ?? 0;
}

test("a plug-in's prompts count in the figure of the check and of the start, and what does not fit is said once", async () => {
  const needed = await bytesOf(LONG);
  // The same stage on problems that nobody could ask: its prompts count for nothing.
  const short = await bytesOf({ ...LONG, data: { task: "no-such-task", difficulties: [2] } });
  expect(needed).toBeGreaterThan(1.02 * short);
  const gib = (needed / 2 ** 30).toFixed(1);
  vi.stubEnv("GRADUS_MEMORY_LIMIT", String(needed - 1));
  const memory = await found(LONG, "per_device_train_batch_size");
  expect(memory.map(({ message }) => message)).toEqual([
    expect.stringMatching(new RegExp(`^needs about ${gib} GiB, this machine has `, "u")),
  ]);
  const [refused] = await safe(client.pipelines.start({ yaml: recipeOf(LONG), runtime: "wasm" }));
  expect(refused instanceof ORPCError && refused.defined ? refused.code : refused).toBe(
    "OUT_OF_MEMORY",
  );
  expect(String(refused)).toContain(`needs about ${gib} GiB of memory (`);
  vi.stubEnv("GRADUS_MEMORY_LIMIT", String(needed));
  expect(await found(LONG, "per_device_train_batch_size")).toEqual([]);
});

function opened(folder: string): { readonly app: Application; readonly client: typeof client } {
  const other = new Application({
    workspace: folder,
    shell: "cli",
    engineEntry: TEST_ENGINE_ENTRY,
  });
  onTestFinished(() => other.close());
  return { app: other, client: createRouterClient(createRouter(other), { context: {} }) };
}

test("a host that checked nothing asks for the lengths at a start, and one that goes on with a stage does", async () => {
  const yaml = recipeOf({ ...LONG, max_steps: 4 });
  const tight = String((await bytesOf(LONG)) - 1);
  const folder = join(temporaryFolder(), "workspace");
  writeCoins(folder);
  const first = opened(folder);
  vi.stubEnv("GRADUS_MEMORY_LIMIT", tight);
  const [refused] = await safe(first.client.pipelines.start({ yaml, runtime: "wasm" }));
  expect(String(refused)).toContain("of memory");
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "1000GiB");
  vi.stubEnv("TEST_ENGINE", JSON.stringify({ g: { hangAt: 2 } }));
  const { pipelineId } = await first.client.pipelines.start({ yaml, runtime: "wasm" });
  await nextEvent(
    first.app,
    (event) => event.type === "metrics" && event.points.some(({ step }) => step === 2),
  );
  first.app.runner.stop(pipelineId, "keep");
  expect((await settled(first.app, pipelineId)).status).toBe("stopped");
  await first.app.close();
  vi.stubEnv("GRADUS_MEMORY_LIMIT", tight);
  const second = opened(folder);
  second.app.runner.resume(pipelineId);
  const stopped = await settled(second.app, pipelineId);
  expect([stopped.status, stopped.statusReason?.code]).toEqual(["failed", "OUT_OF_MEMORY"]);
});
