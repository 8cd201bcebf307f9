/** A stage's teacher behind an endpoint: is it there, can it be asked so, and what will it cost? */
import { AppError } from "#shared/errors.ts";
import { endpointTeacher } from "#shared/schema/recipe.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { PromptOptions } from "#shared/schema/stages/stage-options.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { ProblemSources } from "#main/core/problems/problem-supply.ts";
import { problemsAt } from "#main/core/problems/task-facts.ts";
import { askedMessages } from "#main/core/text/prompt-ids.ts";
import { problemDataOf } from "../../problems/set-reader.ts";
import { checkEndpointCost } from "./endpoint-cost.ts";
import type { JudgeCheckDeps } from "./judge-check.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding } from "./recipe-finding.ts";
import { StagePlace, tried } from "./stage-place.ts";

const LOOKED_AT = 3;
const CHARACTERS_A_TOKEN = 4;

/** What OpenAI's API has no word for, and where it does nothing. */
const NOT_ASKED = { top_k: 0, min_p: 0, repetition_penalty: 1 } as const;

export async function teacherFindings(
  { endpoints, sets, tasks: outside }: Pick<JudgeCheckDeps, "endpoints" | "sets" | "tasks">,
  stage: Stage,
  index: number,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const teacher = endpointTeacher(stage);
  const data = problemDataOf(stage);
  if (teacher === undefined || data === undefined) return findings;
  if (stage.kind !== "distill" && stage.kind !== "rejection-sampling") return findings;
  const place = new StagePlace(stage, index, findings);
  for (const [name, off] of Object.entries(NOT_ASKED)) {
    if (Reflect.get(stage, name) === off) continue;
    place.add(name, {
      message: `a teacher behind an endpoint has no ${name}`,
      advice: "Leave it out: temperature and top_p are asked for.",
      fixes: [setting(place.path(name), off, `Use ${off}`)],
    });
  }
  if (stage.prompt_template === "r1-zero")
    place.add("prompt_template", {
      message: "r1-zero is a plain text, and an endpoint is asked by a conversation",
      advice: "Leave it out, or ask for the form in system_prompt.",
    });
  const endpoint = tried("teacher.endpoint", place, () => endpoints.named(teacher.endpoint));
  if (endpoint === undefined) return findings;
  const characters = await lengthsOf(stage, data, { sets, outside }, signal);
  const requests = stage.num_prompts * stage.num_generations;
  checkEndpointCost(place, "teacher", "endpoint", endpoint, {
    what: "completions to ask for",
    requests,
    tokensIn: (requests * mean(characters)) / CHARACTERS_A_TOKEN,
    tokensOut: requests * stage.max_completion_length,
    cap: teacher.cap,
    model: teacher.model,
  });
  return findings;
}

/** Characters of some of the stage's prompts; none where the data cannot be drawn: that is said elsewhere. */
async function lengthsOf(
  prompting: PromptOptions,
  data: ProblemData,
  from: ProblemSources,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  try {
    const problems = await problemsAt(data, 0, LOOKED_AT, from, signal);
    return problems.map((problem) =>
      askedMessages(problem, prompting).reduce((sum, { content }) => sum + content.length, 0),
    );
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
