/** What the lengths of a stage's problems mean for it: do prompts and completions fit the model's context, and the stage the memory? */
import { counted } from "#shared/counted.ts";
import type { RecipeFix } from "#shared/schema/recipe-draft.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import type { StageFolders } from "#main/core/resources/stage-memory.ts";
import type { MissingColumn, ProblemLengths } from "#main/core/text/problem-lengths.ts";
import { gib, planText, planThatFits, totalBytes } from "./memory-check.ts";
import type { MemoryPlan } from "./memory-check.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding } from "./recipe-finding.ts";
import type { StagePlace } from "./stage-place.ts";

type ColumnFinding = Pick<Finding, "level" | "message" | "advice">;

/** @param context the model's, in tokens */
export function noteLengths(
  stage: Stage,
  place: StagePlace,
  lengths: ProblemLengths,
  context: number,
): void {
  for (const column of lengths.missing) place.add("prompt_template", missingColumn(column));
  const alike = alikeFinding(lengths);
  if (alike !== undefined && lengths.missing.length === 0) place.add("prompt_template", alike);
  for (const { token, in: key } of lengths.control)
    place.add(key, {
      level: "warning",
      message: `${key === "data" ? "a problem's text" : "the text"} holds ${token}, which the model reads as one of its control tokens`,
      advice: "Write it otherwise, unless that is what you mean.",
    });
  if ("max_completion_length" in stage) {
    const room = context - lengths.longestPrompt;
    if (stage.max_completion_length > room)
      place.add("max_completion_length", {
        message: `prompts of up to ${lengths.longestPrompt} tokens and ${stage.max_completion_length} more do not fit the model's context of ${context}`,
        fixes: room > 0 ? [setting(place.path("max_completion_length"), room, `Use ${room}`)] : [],
      });
    else noteFit(place, "max_completion_length", stage.max_completion_length, lengths.solutions);
  } else if (stage.kind === "sft") {
    const whole = lengths.solutions.map((length) => length + lengths.longestPrompt);
    noteFit(place, "max_length", stage.max_length, whole);
  }
}

/** A template that leaves out what is asked makes one prompt of many problems. */
function alikeFinding({ different }: ProblemLengths): ColumnFinding | undefined {
  const { problems, prompts } = different;
  if (prompts >= problems) return undefined;
  return {
    level: prompts === 1 ? "error" : "warning",
    message: `the template makes ${counted(prompts, "prompt")} of ${problems} different problems: it leaves out what they ask`,
    advice: "Write {{ prompt }} where the problem stands.",
  };
}

function missingColumn({ column, source, problems, of, known }: MissingColumn): ColumnFinding {
  const all = problems === of;
  const there = ["prompt", ...known].join(", ");
  return {
    level: all ? "error" : "warning",
    message: all
      ? `the template writes {{ ${column} }}, and no problem of ${source} has such a column`
      : `the template writes {{ ${column} }}, which ${problems} of ${of} problems of ${source} do not have: nothing is written there`,
    advice: `${source} has ${there}. {{ ${column} | default("…") }} says what to write where it is missing.`,
  };
}

/** How many of the worked solutions fit: below nine in ten is doubtful. */
function noteFit(place: StagePlace, key: string, limit: number, lengths: readonly number[]): void {
  const fitting = lengths.filter((length) => length <= limit).length;
  const longest = lengths.at(-1) ?? 0;
  const text = `holds ${fitting} of ${lengths.length} worked solutions, the longest has ${longest} tokens`;
  if (fitting >= 0.9 * lengths.length) place.add(key, { message: text, level: "note" });
  else
    place.add(key, {
      message: text,
      level: "warning",
      fixes: [setting(place.path(key), longest, `Use ${longest}`)],
    });
}

/** Where the stage would not fit: what it needs, and what of it would. */
export function noteMemory(
  stage: Stage,
  place: StagePlace,
  at: StageFolders,
  memoryBytes: number,
): void {
  const needed = totalBytes(stageMemory(stage, at));
  if (needed <= memoryBytes) return;
  const plan = planThatFits(stage, at, memoryBytes);
  place.add("learning_rate" in stage ? "per_device_train_batch_size" : "model", {
    message: `needs about ${gib(needed)} GiB, this machine has ${gib(memoryBytes)} GiB`,
    advice:
      plan === undefined ? "Take a smaller model." : "Take smaller batches or a smaller model.",
    fixes: plan === undefined ? [] : [fixOf(place, plan)],
  });
}

function fixOf(place: StagePlace, plan: MemoryPlan): RecipeFix {
  return {
    label: `Use ${planText(plan)}`,
    changes: Object.entries(plan).map(([key, value]) => ({ keys: [...place.path(key)], value })),
  };
}
