/**
 * Makes a built-in model from nothing: `npm run pretrain:base -- [gradus-base|gradus-student]`.
 * Reads assets/recipes/pretrain-base.yaml, trains (an hour or so on two cores; a second call goes on from the last
 * checkpoint), and writes weights in float16 and a model card with data, seed, curve and cost into assets/models.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { EngineMessageBody, Usage } from "#shared/schema/engine-protocol.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import type { PretrainStage } from "#shared/schema/stages/pretrain-stage.ts";
import { saveHubFolder, loadHubFolder } from "#main/core/formats/hub-layout.ts";
import { latestCheckpoint } from "#main/engine/training/training-state.ts";
import { runStage } from "#main/engine/stages/run-stage.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { baseModelCard } from "./base-model-card.ts";
import type { CurvePoint } from "./base-model-card.ts";

const root = join(import.meta.dirname, "..");
const name = process.argv[2] ?? "gradus-base";
const recipe = Recipe.parse(
  parse(readFileSync(join(root, "assets/recipes/pretrain-base.yaml"), "utf8"), { merge: true }),
);
const stage = recipe.stages.find(
  (candidate): candidate is PretrainStage =>
    candidate.kind === "pretrain" && candidate.name === name,
);
if (stage === undefined) {
  console.error(`There is no built-in model ${name}; choose gradus-base or gradus-student.`);
  process.exit(2);
}

const folder = join(root, "assets/models", name);
const outDir = join(root, ".cache/pretrain", name);
const curveFile = join(outDir, "curve.jsonl");
mkdirSync(outDir, { recursive: true });
const checkpoint = latestCheckpoint(join(outDir, "checkpoints"));
const progress = { loss: Number.NaN, usage: null as Usage | null, failed: null as string | null };

function onMessage(body: EngineMessageBody): void {
  switch (body.type) {
    case "metrics": {
      const loss = body.points.find((point) => point.name === "loss");
      if (loss?.value === null || loss === undefined) break;
      // The card shows a running mean: single batches are noisy.
      progress.loss = Number.isNaN(progress.loss)
        ? loss.value
        : 0.98 * progress.loss + 0.02 * loss.value;
      if (loss.step % 25 === 0)
        appendFileSync(curveFile, `${JSON.stringify({ step: loss.step, loss: progress.loss })}\n`);
      break;
    }
    case "progress": {
      const left = body.etaMs === null ? "" : `, ${(body.etaMs / 60_000).toFixed(0)} min left`;
      const rate =
        body.tokensPerSecond === null ? "" : `, ${body.tokensPerSecond.toFixed(0)} tokens/s`;
      process.stderr.write(
        `\r${name}: step ${body.done} of ${body.total}, loss ${progress.loss.toFixed(3)}${rate}${left}   `,
      );
      break;
    }
    case "finished":
      progress.usage = body.usage;
      break;
    case "failed":
      progress.failed = body.message;
      break;
    default:
      break;
  }
}

await runStage(
  {
    type: "start",
    runId: name,
    stage,
    seed: stage.seed ?? recipe.seed,
    runtime: "tensorflow",
    models: { model: folder },
    outDir,
    ...(checkpoint === undefined ? {} : { resumeFrom: checkpoint.folder }),
  },
  {
    emit: onMessage,
    signal: new AbortController().signal,
    stopRequested: () => false,
    pause: () => null,
    nextOrder: () => new Promise(() => undefined),
    ask: () => Promise.reject(new Error("pretraining asks nobody")),
    sandbox: new SandboxPool(),
    openGym: () => {
      throw new Error("pretraining asks no task");
    },
  },
);
process.stderr.write("\n");
if (progress.failed === null && progress.usage !== null) {
  const hub = loadHubFolder(join(outDir, "model"));
  const curve = existsSync(curveFile)
    ? readFileSync(curveFile, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as CurvePoint)
    : [];
  saveHubFolder(folder, {
    config: hub.config,
    tensors: hub.names.map(
      (tensor) =>
        [tensor, { shape: hub.shapeOf(tensor), data: () => hub.readTensor(tensor) }] as const,
    ),
    dtype: "F16",
    tokenizerFrom: join(outDir, "model"),
    card: baseModelCard({
      name,
      stage,
      config: hub.config,
      curve,
      usage: progress.usage,
      processor: cpus()[0]?.model ?? "unknown",
    }),
  });
  console.log(`Wrote ${folder}`);
} else {
  console.error(progress.failed ?? "The training did not finish.");
}
// TensorFlow's exit handlers crash in a normal exit: end at once, everything is written.
process.kill(process.pid, "SIGKILL");
