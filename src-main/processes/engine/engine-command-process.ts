/** Entry of a process that runs one engine command of the command line, then ends. */
import { AppError, assertNever } from "#shared/errors.ts";
import { runGenerate } from "#main/engine/commands/generate.ts";
import { runGrpoReplay } from "#main/engine/commands/grpo-replay.ts";
import { runLogits } from "#main/engine/commands/logits.ts";
import { runTokenize } from "#main/engine/commands/tokenize.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { EngineCommandRequest } from "./engine-command.ts";
import type { EngineCommandAnswer } from "./engine-command.ts";

function answer(body: EngineCommandAnswer, written?: () => void): void {
  process.send?.(body, undefined, undefined, () => written?.());
}

/** TensorFlow's exit handlers crash once its threads have run; there is nothing left to clean up. */
function endNow(): void {
  process.kill(process.pid, "SIGKILL");
}

function fail(error: unknown): void {
  const known = error instanceof AppError ? error : undefined;
  if (known === undefined) console.error(error);
  answer(
    {
      type: "failed",
      code: known?.code ?? "ENGINE_ERROR",
      message: error instanceof Error ? error.message : String(error),
      advice: known?.advice ?? null,
    },
    endNow,
  );
}

async function open(request: EngineCommandRequest): Promise<Runtime> {
  const runtime = await openRuntime({ choice: request.runtime });
  const { kind, version, device } = runtime;
  answer({
    type: "started",
    runtime: `${kind} ${version} on ${device}`,
    warnings: [...runtime.warnings],
  });
  return runtime;
}

async function run(request: EngineCommandRequest): Promise<void> {
  const { command } = request;
  switch (command.name) {
    case "tokenize":
      runTokenize(command);
      return;
    case "logits":
      await runLogits(await open(request), command);
      return;
    case "generate":
      await runGenerate(await open(request), {
        ...command,
        onProgress: (finished, total, tokens) => {
          answer({ type: "progress", done: finished, total, tokens });
        },
      });
      return;
    case "grpo-replay":
      runGrpoReplay(await open(request), command);
      return;
    default:
      assertNever(command);
  }
}

process.on("disconnect", endNow);
process.on("SIGINT", () => undefined);
process.on("uncaughtException", fail);
process.once("message", (raw) => {
  run(EngineCommandRequest.parse(raw)).then(() => {
    answer({ type: "done" }, endNow);
  }, fail);
});
