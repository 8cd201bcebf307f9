/** What options of a GRPO stage need to know of its problems: how hard they are, and whether their answers are judged. */
import { AppError } from "#shared/errors.ts";
import type { MeasuredSetProblem } from "#shared/schema/problem.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { DataSource } from "#shared/schema/stages/problem-data.ts";
import { hardnessIn } from "#main/core/problems/easy-to-hard.ts";
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { isJudged } from "#main/core/rewards/scoring/applies.ts";
import { setting } from "./recipe-finding.ts";
import type { StagePlace } from "./stage-place.ts";

export function checkAsked(
  stage: GrpoStage,
  place: StagePlace,
  { sets }: { readonly sets: SetReader },
): void {
  const sources = sourcesOf(stage.data).map((source) => ({
    source,
    problems: problemsOf(source, sets),
  }));
  if (stage.curriculum === "easy-to-hard")
    for (const { source, problems } of sources)
      if (areAlike(source, problems)) noteAlike(source, place);
      else if (problems !== null) noteMeasured(nameOf(source), problems, place);
  for (const { source, problems } of sources)
    if (problems !== null && problems.length > 0 && !problems.some(isJudged))
      noteUnjudged(stage, nameOf(source), place);
}

/** Null of tasks, and of a set that cannot be read, which is said where the stage's data are checked. */
function problemsOf(source: DataSource, sets: SetReader): readonly MeasuredSetProblem[] | null {
  if (!("problems" in source)) return null;
  try {
    return sets(source);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function nameOf(source: DataSource): string {
  return "problems" in source ? source.problems : source.task;
}

/** Whether nothing says which of a source's problems are harder. */
function areAlike(source: DataSource, problems: readonly MeasuredSetProblem[] | null): boolean {
  if ("difficulties" in source) return new Set(source.difficulties).size < 2;
  if (!("problems" in source)) return true;
  if (problems === null || problems.length === 0) return false;
  return new Set(problems.map(hardnessIn(problems))).size < 2;
}

function noteAlike(source: DataSource, place: StagePlace): void {
  const name = nameOf(source);
  place.add("curriculum", {
    level: "warning",
    message: `nothing says which problems of ${name} are harder: they come in the seed's order`,
    advice:
      "problems" in source
        ? `Measure them: gradus problems measure ${name}; or import them with a difficulty (--map difficulty=COLUMN).`
        : "Name several difficulties.",
    fixes: [setting(place.path("curriculum"), "none", "Use none")],
  });
}

/** Rates of some alone decide nothing. */
function noteMeasured(
  name: string,
  problems: readonly MeasuredSetProblem[],
  place: StagePlace,
): void {
  const measured = problems.filter(({ passRate }) => passRate !== undefined).length;
  if (measured === 0 || measured === problems.length) return;
  place.add("curriculum", {
    level: "warning",
    message: `${measured} of ${problems.length} problems of ${name} were measured: their difficulty decides, not their pass rate`,
    advice: `Measure the others too: gradus problems measure ${name}.`,
  });
}

/** What looks for answers that are right in part finds none among problems whose answers nothing judges. */
function noteUnjudged(stage: GrpoStage, name: string, place: StagePlace): void {
  if (stage.filter_groups)
    place.add("filter_groups", {
      level: "warning",
      message: `nothing judges the answers to ${name}, so that its groups never count: they are sampled up to ${stage.max_num_gen_batches} times for nothing`,
      advice: null,
      fixes: [setting(place.path("filter_groups"), false, "Sample each prompt once")],
    });
  if (stage.replay_groups > 0)
    place.add("replay_groups", {
      level: "warning",
      message: `groups that were right in part come again, and nothing judges the answers to ${name}`,
      advice: null,
      fixes: [setting(place.path("replay_groups"), 0, "Learn from each group once")],
    });
}
