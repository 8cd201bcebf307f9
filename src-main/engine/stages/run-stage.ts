/** Runs one stage in this process and reports how it ended. What runs it is the engine process (processes/engine/engine-process.ts). */
import { AppError, assertNever } from "#shared/errors.ts";
import { runBenchmark } from "./benchmark.ts";
import { runDistill } from "./distill.ts";
import { runGrpo } from "./grpo.ts";
import { runPretrain } from "./pretrain.ts";
import { runRejectionSampling } from "./rejection-sampling.ts";
import { runSft } from "./sft.ts";
import type { StageContext, StartRequest } from "#main/core/stage-context.ts";
import { HostRefused, StageEnded, StageSession } from "./session/stage-session.ts";
import { UsageMeter } from "./session/usage-meter.ts";

/** Emits `finished`, `cancelled` or `failed` as the last message; never throws for what a user can cause. */
export async function runStage(request: StartRequest, context: StageContext): Promise<void> {
  let session: StageSession | null = null;
  try {
    session = await StageSession.open(request, context);
    await dispatch(session);
    context.emit({ type: "finished", usage: session.meter.total() });
  } catch (error) {
    if (error instanceof StageEnded || context.signal.aborted) {
      context.emit({
        type: "cancelled",
        usage: session?.meter.total() ?? new UsageMeter(null, false).total(),
      });
      return;
    }
    if (error instanceof HostRefused) {
      const { code, message, advice } = error;
      const told = advice === null ? {} : { advice };
      context.emit({ type: "failed", code, message, ...told, kept: true });
      return;
    }
    const known = error instanceof AppError;
    const message = error instanceof Error ? error.message : String(error);
    context.emit({
      type: "failed",
      code: known ? error.code : "ENGINE_ERROR",
      message,
      ...(known && error.advice !== undefined ? { advice: error.advice } : {}),
      ...(!known && error instanceof Error && error.stack !== undefined
        ? { stack: error.stack }
        : {}),
    });
  }
}

function dispatch(session: StageSession): Promise<void> {
  const { stage } = session.request;
  switch (stage.kind) {
    case "pretrain":
      return runPretrain(session, stage);
    case "sft":
      return runSft(session, stage);
    case "grpo":
      return runGrpo(session, stage);
    case "rejection-sampling":
      return runRejectionSampling(session, stage);
    case "distill":
      return runDistill(session, stage);
    case "benchmark":
      return runBenchmark(session, stage);
    default:
      return assertNever(stage);
  }
}
