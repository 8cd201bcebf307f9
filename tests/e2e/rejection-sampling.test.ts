/**
 * R1's third stage and its second fine-tuning with the real engine: the best of what a teacher wrote is kept by reward and
 * filters, stories without a right answer are kept by a judge, and a student learns a mix of both and of a dataset.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { acceptanceOf } from "#shared/schema/acceptance.ts";
import type { Acceptance } from "#shared/schema/acceptance.ts";
import { RunId } from "#shared/schema/run.ts";
import { Application } from "#main/services/application.ts";
import { judgeServer } from "../helpers/judge-server.ts";
import type { ServerAsked, ServerReply } from "../helpers/judge-server.ts";
import { saveGrader } from "../helpers/judged-recipe.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const recipe = (model: string): string => `
name: Chosen
seed: 5
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: sampled
    kind: rejection-sampling
    model: tiny
    teacher: { endpoint: grader, model: large }
    data: { task: arithmetic, difficulties: [2] }
    num_prompts: 6
    num_generations: 4
    max_per_prompt: 1
    # Of right answers the shorter text is worth more.
    rewards: [{ name: cosine, max_len: 400 }]
    min_language: 0.9
    max_completion_length: 64
  - name: stories
    kind: rejection-sampling
    model: tiny
    teacher: { endpoint: grader, model: large }
    data: { task: short-story, difficulties: [1] }
    num_prompts: 4
    num_generations: 2
    max_per_prompt: 1
    rewards: [{ judge: grader, rubric: rubric.md, model: small }]
    min_reward: 0.5
    require_correct: false
    require_format: false
    max_completion_length: 64
  - name: student
    kind: sft
    model: tiny
    data:
      - { stage: sampled, weight: 3 }
      - { stage: stories, weight: 1 }
      - { dataset: general.jsonl, weight: 1 }
    max_steps: 3
    per_device_train_batch_size: 4
    max_length: 128
    save_steps: 1
`;

const Line = z.object({ messages: z.array(z.object({ content: z.string() })) });

/** How often the teacher was asked each prompt: which of its solutions comes next. */
const asked = new Map<string, number>();

function reply({ model, messages }: ServerAsked): ServerReply {
  const prompt = messages.at(-1)?.content ?? "";
  if (model === "small") return { text: `{"score": ${prompt.includes("zebra") ? 2 : 9}}` };
  const turn = asked.get(prompt) ?? 0;
  asked.set(prompt, turn + 1);
  const numbers = /\d+(?:[+-]\d+)+/u.exec(prompt)?.[0];
  if (numbers === undefined)
    return { text: turn === 0 ? "The fox went home." : "The zebra went home." };
  const sum = (numbers.match(/[+-]?\d+/gu) ?? []).reduce((total, one) => total + Number(one), 0);
  const solution = (thought: string, answer = sum) => ({
    text: `<answer>${answer}</answer>`,
    reasoning: thought,
  });
  if (turn === 0) return solution(`Let me add them slowly, one after the other: ${numbers}.`);
  if (turn === 1) return solution("I add them.");
  return turn === 2 ? solution("I add them.", sum + 1) : solution("我把它们加起来。");
}

function textsOf(file: string | null): string[] {
  return readFileSync(file ?? "", "utf8")
    .trim()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)).messages.at(-1)?.content ?? "");
}

test("the best are kept by reward and filters, stories by a judge, and the student learns a mix", async () => {
  const folder = temporaryFolder();
  const model = writeTinyModel(join(folder, "tiny"), 3);
  writeFileSync(join(folder, "rubric.md"), "A story has an end.\n");
  writeFileSync(
    join(folder, "general.jsonl"),
    `${JSON.stringify({
      messages: [
        { role: "user", content: "Hello" },
        { role: "assistant", content: "Hello!" },
      ],
    })}\n`,
  );
  const server = await judgeServer(reply);
  const open = (): Application =>
    new Application({
      workspace: join(folder, "workspace"),
      shell: "cli",
      configFolder: join(folder, "keys"),
      oomKills: () => 0,
    });
  const app = open();
  onTestFinished(async () => {
    await app.close();
    server.close();
  });
  saveGrader(app, server.url);
  const id = app.startPipeline({ yaml: recipe(model), runtime: "tensorflow", relativeTo: folder });
  const end = await settled(app, id);
  expect(end.statusReason).toBeNull();
  const run = (stage: string) => RunId.parse(`${id}-${stage}`);
  const report = (stage: string): Acceptance | null =>
    acceptanceOf(app.store.metrics.names(run(stage)));

  // Of each problem: two right ones in English, of which the shorter is worth more; a wrong one; a Chinese one.
  expect(report("sampled")).toEqual({
    sampled: 24,
    kept: 6,
    rejected: [
      { reason: "wrong", count: 6 },
      { reason: "mixed_language", count: 6 },
      { reason: "over_cap", count: 6 },
    ],
  });
  const solutions = textsOf(app.store.runs.get(run("sampled")).outputDataset);
  expect(solutions).toHaveLength(6);
  for (const text of solutions) expect(text).toContain("I add them.");
  expect(report("stories")).toEqual({
    sampled: 8,
    kept: 4,
    rejected: [{ reason: "low_reward", count: 4 }],
  });
  expect(new Set(textsOf(app.store.runs.get(run("stories")).outputDataset))).toEqual(
    new Set(["The fox went home."]),
  );
  // What it learnt from stands in its configuration by full paths, and it made its three steps.
  const student = app.store.runs.get(run("student"));
  expect(student.config).toMatchObject({
    data: [
      { stage: "sampled", weight: 3 },
      { stage: "stories", weight: 1 },
      { dataset: join(folder, "general.jsonl"), weight: 1 },
    ],
  });
  expect(app.store.metrics.series(run("student"), { buckets: 10, names: ["loss"] })).toMatchObject([
    { count: 3 },
  ]);
});
