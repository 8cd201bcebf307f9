/** Stage `distill`: a fresh student learns the teacher's verified solutions (sequence-level distillation, as DeepSeek-R1's students). */
import { existsSync, rmSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import type { DistillStage } from "#shared/schema/recipe.ts";
import { collectTraces, countLines, nothingKept } from "./collect-traces.ts";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import { fineTune } from "./sft.ts";
import { solverOf } from "./solver-of.ts";
import type { StageSession } from "./session/stage-session.ts";

export async function runDistill(session: StageSession, stage: DistillStage): Promise<void> {
  const file = session.outPath("data.jsonl");
  // The file appears whole or not at all, so what is there was sampled by an earlier attempt.
  const traces = existsSync(file)
    ? undefined
    : await collectTraces(session, solverOf(session, stage), file, stage);
  const records = traces?.kept ?? countLines(file);
  if (records === 0) {
    // Another attempt asks anew.
    rmSync(file);
    throw new AppError(
      "ENGINE_ERROR",
      `None of the teacher's solutions can be learnt from${traces === undefined ? "" : `: ${nothingKept(traces)}`}.`,
      "Use a better teacher, easier problems, or more completions a prompt; ask for the form in system_prompt.",
    );
  }
  session.emit({ type: "output", kind: "dataset", path: file, records });
  await fineTune(session, session.modelFolder("model"), readConversations(file), {
    ...stage,
    packing: false,
    mask_history: false,
  });
}
