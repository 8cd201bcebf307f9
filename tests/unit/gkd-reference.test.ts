/** Optimizer steps of on-policy distillation beside TRL 1.16's GKDTrainer, on the same models and rows (train.py in the fixture's folder). */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { DistillTrainer } from "#main/engine/training/distill-trainer.ts";
import { DistillStage } from "#shared/schema/stages/distill-stage.ts";

const reference = new URL("../fixtures/reference/", import.meta.url);
const Row = z
  .object({ prompt: z.array(z.int()), completion: z.array(z.int()) })
  .transform(({ prompt, completion }) => ({ promptIds: prompt, completionIds: completion }));
const Steps = z.object({
  student: z.string(),
  teacher: z.string(),
  learningRate: z.number(),
  tokens: z.int(),
  cases: z.array(
    z.object({
      beta: z.number(),
      lmbda: z.number(),
      losses: z.array(z.number()),
      gradNorms: z.array(z.number()),
      rows: z.array(z.array(Row)),
    }),
  ),
});
const steps = Steps.parse(JSON.parse(readFileSync(new URL("gkd/steps.json", reference), "utf8")));
const runtime = await openRuntime({ choice: "tensorflow" });
const load = (name: string) =>
  loadLanguageModel(runtime, fileURLToPath(new URL(`grpo-trajectories/${name}/model`, reference)));

test.each(steps.cases)(
  "losses and gradient norms are TRL's at beta $beta and lmbda $lmbda",
  ({ beta, lmbda, losses, gradNorms, rows }) => {
    const student = load(steps.student);
    const teacher = load(steps.teacher);
    const stage = DistillStage.parse({
      name: "student",
      kind: "distill",
      model: "student",
      teacher: "teacher",
      data: { task: "arithmetic", difficulties: [3] },
      num_prompts: 1,
      method: "gkd",
      beta,
      lmbda,
    });
    const trainer = new DistillTrainer(runtime, student, teacher, stage);
    // TRL divides by the tokens of the data's answers, here it is by those that are learnt from: the student's own of a
    // step with lmbda 1. Adam's step does not change with the gradient's scale, which the first loss shows alone.
    const compared = lmbda === 0 ? losses.length : 1;
    for (const [step, given] of rows.slice(0, compared).entries()) {
      const learnt = given.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
      const scale = learnt / steps.tokens;
      const made = trainer.step(given, steps.learningRate, step);
      expect(Math.abs(made.loss * scale - (losses[step] ?? Number.NaN))).toBeLessThan(1e-3);
      const norm = gradNorms[step] ?? Number.NaN;
      expect(Math.abs(made.gradNorm * scale - norm)).toBeLessThan(0.01 * norm);
    }
    trainer.dispose();
    student.dispose();
    teacher.dispose();
  },
);
