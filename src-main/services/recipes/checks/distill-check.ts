/** On-policy distillation before it starts: do the models mean the same tokens, and does a completion fit the student too? */
import { AppError } from "#shared/errors.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { readModelConfig } from "#main/core/formats/hub-layout.ts";
import { contextOf } from "#main/core/resources/stage-memory.ts";
import { OTHER_TOKENS_ADVICE, otherTokens, tokenDifference } from "#main/core/text/same-tokens.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { setting } from "./recipe-finding.ts";
import type { StagePlace } from "./stage-place.ts";

export function checkOnPolicy(
  stage: Stage,
  place: StagePlace,
  student: string,
  teacher: string,
): void {
  if (stage.kind !== "distill" || stage.method !== "gkd") return;
  let difference: string | null;
  try {
    difference = tokenDifference(loadTokenizer(student), loadTokenizer(teacher));
  } catch (error) {
    // What is wrong with a model's files is said where its prompts are made.
    if (!(error instanceof AppError)) throw error;
    return;
  }
  if (difference !== null)
    place.add("teacher", {
      message: otherTokens(difference),
      advice: OTHER_TOKENS_ADVICE,
      fixes: [setting(place.path("method"), "sft", "Use sft")],
    });
  const tokens = Math.min(...[student, teacher].map((folder) => readModelConfig(folder).vocabSize));
  if (stage.loss_top_k >= tokens)
    place.add("loss_top_k", {
      level: "warning",
      message: `the models have ${tokens} tokens: all of them are compared, as with 0`,
      fixes: [setting(place.path("loss_top_k"), 0, "Compare all of them")],
    });
  const context = contextOf(student);
  if (stage.max_completion_length >= context)
    place.add("max_completion_length", {
      message: `a completion of ${stage.max_completion_length} tokens and its prompt do not fit the student's context of ${context}`,
    });
}
