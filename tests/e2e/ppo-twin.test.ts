/** PPO with a critic beside GRPO, on the real engine: it learns, a kill -9 changes nothing, and results set them side by side. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import { expectSame, outcomeOf } from "../helpers/run-outcome.ts";
import { writeOwnReward } from "../helpers/resume-recipe.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const folder = temporaryFolder();
const model = writeTinyModel(join(folder, "tiny"), 3);
const STAGES = ["grpo", "grpo-ppo"] as const;

/** Rewards vary with the text's length, so that there is something to learn; nothing is ever right. */
function trained(options: string): string {
  return `
name: Twins
seed: 5
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: grpo
    kind: grpo
    model: tiny
    data: { task: arithmetic, difficulties: [3] }
    rewards: [{ file: rewards/own.js, weight: 1 }]
    num_generations: 4
    generation_batch_size: 16
    per_device_train_batch_size: 8
    num_iterations: 2
    beta: 0.02
    max_steps: 8
    learning_rate: 1.0e-3
    max_completion_length: 24
    save_steps: 4
    twin: ppo
    ${options}
`;
}

function measured(options: string): string {
  return `${trained(options)}
  - name: bench
    kind: benchmark
    model: grpo
    data: { task: arithmetic, difficulties: [3] }
    num_problems: 4
    num_samples: 2
    max_completion_length: 8
  - name: after
    kind: benchmark
    model: grpo-ppo
    data: { task: arithmetic, difficulties: [4] }
    num_problems: 2
    num_samples: 1
    max_completion_length: 8
`;
}

function open(name: string): Application {
  const app = new Application({ workspace: join(folder, name), shell: "cli" });
  writeOwnReward(join(folder, name));
  onTestFinished(() => app.close());
  return app;
}

test.each([
  [
    "of its own",
    "value_model: separate\n    critic_learning_rate: 4.0e-3\n    missing_eos_penalty: 0.5",
  ],
  ["on the policy, with adapters", "use_peft: true\n    lora_r: 4\n    lora_dropout: 0"],
])(
  "twins begin with the same completions, and a critic %s goes on after a kill to the same weights",
  async (name, options) => {
    const whole = open(`${name} whole`);
    const id = whole.startPipeline({ yaml: measured(options), runtime: "tensorflow" });
    const ended = await settled(whole, id);
    expect(ended.status).toBe("finished");
    const names = ended.runs.map(({ stageName }) => stageName);
    expect(names).toEqual(["grpo", "bench", "grpo-ppo", "bench-ppo", "after"]);
    const reference = outcomeOf(whole, id, STAGES);
    const first = (stage: number): unknown =>
      reference[stage]?.rollouts
        .filter(({ step }) => step === 1)
        .map(({ group, index, completionIds, rewards }) => ({
          ...{ group, index, completionIds, rewards },
        }));
    expect(first(1)).toEqual(first(0));
    const values = (metric: string): number[] =>
      (reference[1]?.values ?? []).flatMap((point) =>
        point.name === metric && point.value !== null ? [point.value] : [],
      );
    expect(values("loss/value_avg")).toHaveLength(8);
    // Steps 1 and 3 see the same completions: meanwhile the critic came nearer to what they were worth.
    const losses = values("loss/value_avg");
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
    expect(values("val/explained_variance")).toHaveLength(2);
    // A linear schedule over 8 steps, from the critic's own peak.
    const rates = Array.from({ length: 8 }, (_, step) => 4e-3 * (1 - step / 8));
    expect(values("val/learning_rate")).toEqual(name === "of its own" ? rates : []);
    expect(values("val/mean")[0]).toBeCloseTo(0, 5);
    expect(Math.abs(values("val/mean").at(-1) ?? 0)).toBeGreaterThan(0.01);

    const killed = open(`${name} killed`);
    const other = killed.startPipeline({ yaml: trained(options), runtime: "tensorflow" });
    const runId = RunId.parse(`${other}-grpo-ppo`);
    await nextEvent(
      killed,
      (event) =>
        event.type === "metrics" &&
        event.runId === runId &&
        event.points.some(({ step }) => step >= 5),
    );
    process.kill(killed.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
    expect((await settled(killed, other)).status).toBe("stopped");
    killed.runner.resume(other);
    expect((await settled(killed, other)).status).toBe("finished");
    outcomeOf(killed, other, STAGES).forEach((stage, i) => {
      const same = reference[i];
      if (same === undefined) throw new Error("stage missing");
      expectSame(stage, same);
    });
  },
);
