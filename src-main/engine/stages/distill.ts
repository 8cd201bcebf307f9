/**
 * Stage `distill`: a fresh student learns the teacher's verified solutions (sequence-level distillation, as DeepSeek-R1's
 * students), or, with method gkd, the teacher's distribution on completions of its own (on-policy-distill.ts).
 */
import { existsSync, rmSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import { teacherFault, usesTraces } from "#shared/schema/distillation.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import { collectTraces, countLines, nothingKept } from "./traces/collect-traces.ts";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import { runOnPolicyDistill } from "./on-policy-distill.ts";
import { requireSameTokens } from "#main/core/text/same-tokens.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { fineTune, PLAIN_FINE_TUNING } from "./sft.ts";
import { solverOf } from "./traces/solver-of.ts";
import type { StageSession } from "./session/stage-session.ts";

export async function runDistill(session: StageSession, stage: DistillStage): Promise<void> {
  if (stage.method === "gkd") {
    const fault = teacherFault(stage);
    if (fault !== null)
      throw new AppError("BAD_RECIPE", `teacher: ${fault.message}.`, fault.advice);
    const [student, teacher] = [session.modelFolder("model"), session.modelFolder("teacher")];
    requireSameTokens(loadTokenizer(student), loadTokenizer(teacher));
  }
  if (stage.method === "gkd" && !usesTraces(stage)) {
    await runOnPolicyDistill(session, stage, null);
    return;
  }
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
  if (stage.method === "gkd") {
    await runOnPolicyDistill(session, stage, file);
    return;
  }
  await fineTune(
    session,
    session.modelFolder("model"),
    { learned: readConversations(file), measured: null },
    {
      ...stage,
      ...PLAIN_FINE_TUNING,
    },
  );
}
