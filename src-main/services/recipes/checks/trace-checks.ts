/** Checks of which sampled solutions a stage keeps: bounds that leave nothing (errors), and values that are seldom meant. */
import type { Stage } from "#shared/schema/recipe.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

type TraceStage = Extract<Stage, { kind: "rejection-sampling" | "distill" }>;

export function traceFindings(stage: TraceStage, index: number): Finding[] {
  const at = (key: keyof TraceStage): Path => ["stages", index, key];
  const findings: Finding[] = [];
  const { min_trace_tokens: least, max_trace_tokens: most, max_completion_length: limit } = stage;
  if (least !== undefined && least > Math.min(most ?? limit, limit))
    findings.push({
      path: at("min_trace_tokens"),
      message: `above ${most !== undefined && most < limit ? `max_trace_tokens (${most})` : `max_completion_length (${limit})`}: nothing would be kept`,
      advice: "Lower it, or leave it out.",
    });
  const doubt = (key: keyof TraceStage, message: string, fixes: Finding["fixes"] = []): void => {
    findings.push({ path: at(key), message, advice: null, level: "warning", fixes });
  };
  if (most !== undefined && most > limit)
    doubt(
      "max_trace_tokens",
      `above max_completion_length (${limit}): no completion is longer, so nothing is left out`,
      [setting(at("max_trace_tokens"), limit, `Use ${limit}`)],
    );
  if (stage.max_per_prompt > stage.num_generations)
    doubt(
      "max_per_prompt",
      `more than num_generations (${stage.num_generations}) can never be kept`,
      [setting(at("max_per_prompt"), stage.num_generations, `Use ${stage.num_generations}`)],
    );
  if (
    stage.rewards !== undefined &&
    stage.min_reward === undefined &&
    stage.max_per_prompt >= stage.num_generations &&
    !stage.drop_near_duplicates
  )
    doubt(
      "rewards",
      `they choose nothing: up to ${stage.max_per_prompt} of ${stage.num_generations} completions of a prompt are kept, and min_reward is not set`,
      stage.num_generations > 1
        ? [
            setting(
              at("max_per_prompt"),
              Math.ceil(stage.num_generations / 2),
              "Keep the better half",
            ),
          ]
        : [],
    );
  if (!stage.require_correct && stage.rewards === undefined)
    doubt(
      "require_correct",
      "without it and without rewards nothing says whether a completion is good",
      [setting(at("require_correct"), true, "Keep right ones alone")],
    );
  return findings;
}
