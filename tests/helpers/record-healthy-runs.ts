/**
 * Writes tests/fixtures/alarms/healthy-runs.json: the signs of every batch of GRPO runs that learnt well, out of a
 * workspace in which they ran. The three: assets/recipes/demo.yaml cut down to cold-start and grpo with seed=1, 2 and 3.
 *
 *   node tests/helpers/record-healthy-runs.ts WORKSPACE:RUN…
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "#main/store/store.ts";
import { policySigns } from "#main/engine/stages/rollouts/policy-signs-of.ts";
import { RunId } from "#shared/schema/run.ts";

const OUT = fileURLToPath(new URL("../fixtures/alarms/", import.meta.url));
const rounded = (value: number): number => Number(value.toPrecision(4));

const runs = process.argv.slice(2).map((asked) => {
  const [workspace = ".", name] = asked.split(":");
  const store = openStore(join(workspace, "gradus.sqlite"), { root: workspace });
  const runId = RunId.parse(name);
  const points = [...store.metrics.points(runId)];
  const metric = (of: string, step: number): number | null =>
    points.find((point) => point.name === of && point.step === step)?.value ?? null;
  const batches = store.rollouts.steps(runId).map(({ step }) => {
    const rollouts = [...store.rollouts.all(runId, step)];
    const signs = policySigns(
      {
        rollouts,
        fracZeroStd: metric("frac_reward_zero_std", step) ?? 0,
        seconds: 1,
        gradingSeconds: 0,
      },
      [{ entropy: metric("entropy", step), kl: metric("kl", step), tokens: [] }],
    );
    return {
      ...Object.fromEntries(
        Object.entries(signs)
          .filter(([, value]) => typeof value === "number" || value === null)
          .map(([key, value]) => [key, typeof value === "number" ? rounded(value) : null]),
      ),
      samplerDifference: metric("sampling/sampling_logp_difference/mean", step),
      accuracy: [...signs.accuracy].map(([difficulty, share]) => [difficulty, rounded(share)]),
    };
  });
  store.close();
  return { run: name, batches };
});
mkdirSync(OUT, { recursive: true });
writeFileSync(join(OUT, "healthy-runs.json"), `${JSON.stringify(runs)}\n`);
