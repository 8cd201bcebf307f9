/** Stage `distill`: a fresh student learns the teacher's verified solutions (sequence-level distillation, as DeepSeek-R1's students). */
import { existsSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import type { DistillStage } from "#shared/schema/recipe.ts";
import { collectTraces, countLines } from "./collect-traces.ts";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import { fineTune } from "./sft.ts";
import type { StageSession } from "./session/stage-session.ts";

export async function runDistill(session: StageSession, stage: DistillStage): Promise<void> {
  const file = session.outPath("data.jsonl");
  // The file appears whole or not at all, so what is there was sampled by an earlier attempt.
  const records = existsSync(file)
    ? countLines(file)
    : await collectTraces(session, session.modelFolder("teacher"), file, stage);
  if (records === 0) {
    throw new AppError(
      "ENGINE_ERROR",
      "None of the teacher's solutions was right, so the student has nothing to learn.",
      "Use a better teacher, easier problems, or more completions a prompt.",
    );
  }
  session.emit({ type: "output", kind: "dataset", path: file, records });
  await fineTune(session, session.modelFolder("model"), readConversations(file), {
    ...stage,
    packing: false,
    mask_history: false,
  });
}
