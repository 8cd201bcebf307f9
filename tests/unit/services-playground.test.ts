/** The playground's procedures: problems with verdicts, trials that are kept, streams that end by their reader. */
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import { createRouter } from "#main/procedures/router.ts";
import { InferenceOptions } from "#shared/schema/inference.ts";
import type { PlaygroundEvent, ThreadContent } from "#shared/schema/playground.ts";
import { testApplication } from "../helpers/test-application.ts";

function api() {
  return createRouterClient(createRouter(testApplication().app), { context: {} }).playground;
}

test("a problem is held out, the same for the same choice, and judged strictly and leniently", async () => {
  const playground = api();
  const choice = { task: "arithmetic" as const, difficulty: 3, seed: 5 };
  const problem = await playground.problem(choice);
  expect(await playground.problem(choice)).toEqual(problem);
  expect((await playground.problem({ ...choice, seed: 6 })).id).not.toBe(problem.id);
  const grade = (text: string) => playground.grade({ problem: choice, text });
  const tagged = `<think>\nas asked\n</think>\n<answer>${problem.gold}</answer>`;
  expect(await grade(tagged)).toEqual({ answer: problem.gold, strict: true, lenient: true });
  expect(await grade(`It is ${problem.gold}.`)).toEqual({
    answer: problem.gold,
    strict: false,
    lenient: true,
  });
  expect(await grade("no idea")).toEqual({ answer: null, strict: false, lenient: false });
  await expect(playground.problem({ ...choice, difficulty: 99 })).rejects.toMatchObject({
    code: "BAD_RECIPE",
  });
  const tasks = await playground.tasks();
  expect(tasks.find(({ name }) => name === "arithmetic")?.difficulties).toContain(3);
});

const CONTENT: ThreadContent = {
  mode: "chat",
  options: InferenceOptions.parse({ temperature: 0.5, alternatives: 5 }),
  problem: null,
  sides: [
    {
      model: "gradus-base",
      turns: [
        { role: "system", content: "Be brief.", facts: null },
        { role: "user", content: "Good\n morning", facts: null },
      ],
    },
  ],
};

test("a trial is kept under its first words, changed, listed newest first, and removed", async () => {
  const { threads } = api();
  const first = await threads.save({ content: CONTENT });
  expect(first.title).toBe("Good morning");
  const second = await threads.save({
    content: { ...CONTENT, sides: [{ model: "m", turns: [] }] },
  });
  expect(second.title).toBe("Untitled");
  const changed = { ...CONTENT, options: { ...CONTENT.options, seed: 9 } };
  await threads.save({ threadId: first.id, content: changed });
  expect((await threads.list()).map(({ id }) => id).toSorted()).toEqual(
    [first.id, second.id].toSorted(),
  );
  expect((await threads.get({ threadId: first.id })).content).toEqual(changed);
  await threads.delete({ threadId: first.id });
  await expect(threads.get({ threadId: first.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(threads.delete({ threadId: first.id })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("models can be asked by name; what cannot be asked fails in its stream, with advice", async () => {
  const playground = api();
  const models = await playground.models();
  expect(models.map(({ id }) => id)).toContain("gradus-base");
  const events: PlaygroundEvent[] = [];
  const options = InferenceOptions.parse({});
  const stream = await playground.complete({ model: "none", prompt: { text: "a" }, options });
  for await (const event of stream) events.push(event);
  expect(events).toEqual([
    {
      type: "failed",
      message: 'There is no model "none".',
      advice: expect.stringContaining("gradus-base"),
    },
  ]);
  expect(await playground.held()).toEqual([]);
});

test("the built-in model is loaded, asked, held and unloaded", async () => {
  const playground = api();
  const { contextTokens } = await playground.load({ model: "gradus-base" });
  expect(contextTokens).toBe(512);
  const options = InferenceOptions.parse({ max_tokens: 6, temperature: 0, alternatives: 2 });
  const prompt = { messages: [{ role: "user" as const, content: "What is 2 + 2?" }] };
  const stream = await playground.complete({ model: "gradus-base", prompt, options });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  expect(types[0]).toBe("begun");
  expect(types.at(-1)).toBe("finished");
  const [held] = await playground.held();
  expect(held).toMatchObject({ state: "idle", requests: 0 });
  await playground.unload({ path: held?.path ?? "" });
  expect(await playground.held()).toEqual([]);
});
