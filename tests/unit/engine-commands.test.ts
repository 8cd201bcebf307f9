/** What the engine's commands refuse, and that they say which file, which line and what to do. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runGrpoReplay } from "#main/engine/commands/grpo-replay.ts";
import { runLogits } from "#main/engine/commands/logits.ts";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tinyConfig } from "../helpers/engine-model.ts";
import { readReplayed } from "../helpers/engine-reference.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const folder = mkdtempSync(join(tmpdir(), "gradus-commands-"));
afterAll(() => rmSync(folder, { recursive: true }));

const model = join(folder, "model");
const made = initLanguageModel(runtime, tinyConfig("qwen2", { numLayers: 1 }), 91);
made.save(model, {});
made.dispose();

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("model logits", () => {
  const out = join(folder, "logits.json");

  test.each([
    ["not JSON", "{", /cannot be read as JSON/],
    ["no sequences", "{}", /sequences/],
    ["an empty sequence", '{"sequences": [[]]}', /sequences/],
    [
      "a token outside the vocabulary",
      '{"sequences": [[1, 97]]}',
      /Token 97 is outside the model's vocabulary of 97/,
    ],
  ])("refuses a file with %s", async (name, text, message) => {
    const input = file("in.json", text);
    await expect(runLogits(runtime, { model, input, out }), name).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringMatching(message),
      advice: expect.stringMatching(/./),
    });
  });
});

describe("grpo replay", () => {
  const good = {
    per_device_train_batch_size: 2,
    num_generations: 2,
    max_completion_length: 4,
    max_steps: 1,
  };
  const line = { generation: 0, prompt_ids: [5, 6], completion_ids: [7, 2], rewards: { right: 1 } };
  const other = { ...line, completion_ids: [9, 8, 2], rewards: { right: 0 } };
  const out = join(folder, "replayed.json");
  const replay = (config: unknown, lines: readonly unknown[]): void =>
    runGrpoReplay(runtime, {
      model,
      rollouts: file("rollouts.jsonl", lines.map((value) => `${JSON.stringify(value)}\n`).join("")),
      config: file("config.json", JSON.stringify(config)),
      out,
    });

  test("takes a recorded group and writes a step", () => {
    replay(good, [line, other]);
    const { steps, probe_logits_after: probe } = readReplayed(out);
    expect(steps).toHaveLength(1);
    // Rewards 1 and 0: mean 0.5, unbiased deviation √0.5, both lengths kept.
    expect(steps[0]).toMatchObject({
      reward: 0.5,
      "completions/mean_length": 2.5,
      frac_reward_zero_std: 0,
    });
    expect(steps[0]?.["reward_std"]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(probe).toEqual([]);
  });

  test("compares with the policy that sampled where a generation makes several steps, as TRL does", () => {
    // With a clip range of 0 every ratio that moved the wrong way is clipped; on the sampling policy all are exactly 1.
    const config = {
      ...good,
      max_steps: 2,
      epsilon: 0,
      learning_rate: 0.05,
      lr_scheduler_type: "constant",
    };
    replay(config, [line, other, line, other]);
    const clipped = readReplayed(out).steps.map((step) => step["clip_ratio/region_mean"] ?? 0);
    expect(clipped[0]).toBe(0);
    expect(clipped[1]).toBeGreaterThan(0);
  });

  test.each([
    ["an option that does not exist", { ...good, learning_rte: 1 }, [line, other], /learning_rte/],
    ["an option it cannot honour", { ...good, bf16: true }, [line, other], /bf16/],
    ["a loss_type it does not know", { ...good, loss_type: "ppo" }, [line, other], /loss_type/],
    ["groups that do not divide", good, [line, other, line], /Generation 0 has 3 completions/],
    ["a line without rewards", good, [line, { ...other, rewards: undefined }], /rollouts\.jsonl:2/],
    [
      "a completion without tokens",
      good,
      [{ ...line, completion_ids: [] }, other],
      /rollouts\.jsonl:1/,
    ],
    // What would be accepted and ignored, or weigh one reward by another's weight.
    [
      "KL of no reference in the reward",
      { ...good, use_kl_in_reward: true },
      [line, other],
      /beta is 0/,
    ],
    [
      "a reference that cannot move",
      { ...good, sync_ref_model: true },
      [line, other],
      /sync_ref_model/,
    ],
    [
      "the best of more than there are",
      { ...good, adv_estimator: "pass_at_k", adv_k: 3 },
      [line, other],
      /adv_k: the best of 3/,
    ],
    [
      "vespo with weights of whole completions",
      { ...good, loss_type: "vespo" },
      [line, other].map((one) => ({ ...one, logprobs: one.completion_ids.map(() => -1) })),
      /importance_sampling_mode/,
    ],
    [
      "weights of other rewards",
      { ...good, reward_weights: [1, 2] },
      [line, other],
      /reward_weights has 2/,
    ],
    [
      "a line with other rewards",
      good,
      [line, { ...other, rewards: { left: 0 } }],
      /completion 2 has the rewards left, and the first one right/,
    ],
    [
      "a sampler's log-probabilities of some",
      good,
      [{ ...line, logprobs: [-1, -1] }, other],
      /completion 2 has no log-probabilities/,
    ],
    [
      "a sampler's log-probabilities of some tokens",
      good,
      [line, other].map((one) => ({ ...one, logprobs: [-1, -1] })),
      /completion 2 has 2 log-probabilities of 3 tokens/,
    ],
    [
      "a generation of another size",
      { ...good, generation_batch_size: 4 },
      [line, other],
      /generation_batch_size is 4, and generation 0 has 2/,
    ],
  ])("refuses %s", (_, config, lines, message) => {
    expect(() => replay(config, lines)).toThrow(
      expect.objectContaining({ code: "BAD_INPUT", message: expect.stringMatching(message) }),
    );
  });

  test("rewards are weighed by their names, in whatever order a line has them", () => {
    const config = { ...good, reward_weights: [1, 10] };
    replay(config, [
      { ...line, rewards: { right: 1, form: 0 } },
      { ...other, rewards: { form: 1, right: 0 } },
    ]);
    expect(readReplayed(out).steps[0]?.["reward"]).toBe(5.5);
    replay(config, [
      { ...line, rewards: { right: 1, form: 0 } },
      { ...other, rewards: { form: 0.1, right: 0 } },
    ]);
    expect(readReplayed(out).steps[0]?.["reward"]).toBe(1);
  });

  test("refuses files that are not there", () => {
    const missing = join(folder, "missing");
    const replayWith = (config: string, rollouts: string) => (): void =>
      runGrpoReplay(runtime, { model, rollouts, config, out });
    const config = file("config.json", JSON.stringify(good));
    expect(replayWith(missing, missing)).toThrow(`${missing} cannot be read as JSON.`);
    expect(replayWith(config, missing)).toThrow(`${missing} cannot be read.`);
  });

  test("refuses a token outside the vocabulary", () => {
    expect(() => replay(good, [line, { ...other, completion_ids: [97, 2] }])).toThrow(
      expect.objectContaining({
        code: "BAD_INPUT",
        message: expect.stringMatching(/rollouts\.jsonl, completion 2: token 97 is outside/),
      }),
    );
  });
});
