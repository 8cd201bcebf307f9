/** Are a stage's tasks and problem sets there, and do they hold what the stage asks for? */
import { counted } from "#shared/counted.ts";
import { AppError } from "#shared/errors.ts";
import { exampleSources } from "#shared/schema/stages/example-data.ts";
import type { ExampleSource } from "#shared/schema/stages/example-data.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type {
  OutsideSource,
  ProblemData,
  ProblemSource,
} from "#shared/schema/stages/problem-data.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { evaluationDataOf } from "#main/core/problems/evaluation-data.ts";
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { findTask } from "#main/core/problems/registry.ts";
import type { WorkspaceTasks } from "../../plugins/workspace-tasks.ts";
import { isJudged } from "#main/core/rewards/scoring/applies.ts";
import { answerRule } from "#main/core/verifiers/answers/answer-rule.ts";
import { Random } from "#main/platform/random.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding } from "./recipe-finding.ts";
import type { StagePlace } from "./stage-place.ts";

export interface SourceCheckDeps {
  /** Problems of an imported benchmark; undefined where there is none. */
  readonly setSize: (id: string) => number | undefined;
  /** The problems that a source names. Throws AppError. */
  readonly sets: SetReader;
  readonly tasks: Pick<WorkspaceTasks, "find" | "tried">;
}

/** @param key of the data in the stage */
export function checkSources(
  data: ProblemData,
  key: string,
  place: StagePlace,
  deps: SourceCheckDeps,
): void {
  sourcesOf(data).forEach((source, index) => {
    const at = Array.isArray(data) ? `${key}.${index}` : key;
    if ("task" in source) checkTask(source, at, place, deps);
    else checkProblems(source, at, place, deps);
  });
}

/** What a stage is measured on while it trains. */
export function checkEvaluationData(
  stage: GrpoStage,
  place: StagePlace,
  deps: SourceCheckDeps,
): void {
  if (stage.eval_data !== undefined) checkSources(stage.eval_data, "eval_data", place, deps);
  const asked = evaluationDataOf(stage);
  if (asked === undefined) return;
  for (const source of sourcesOf(asked)) {
    if (!("problems" in source)) continue;
    noteTrainingSide(source, place);
    if (stage.eval_data === undefined && countOf(source, deps) === 0)
      place.add("eval_steps", {
        message: `no problem of ${source.problems} is held out, so there is nothing to measure on`,
        advice: "Name eval_data, or import the set with --test-share.",
      });
  }
}

/** Examples that a stage is measured on: what it learns from too measures memory. */
export function checkHeldOutSource(
  { data }: Pick<SftStage, "data">,
  heldOut: ExampleSource,
  place: StagePlace,
): void {
  if ("source" in heldOut)
    for (const source of sourcesOf(heldOut.source))
      if ("problems" in source) noteTrainingSide(source, place);
  const name = nameOf(heldOut);
  if (name === undefined) return;
  if (exampleSources(data).every(({ source }) => nameOf(source) !== name)) return;
  place.add("eval_data", {
    message: `the stage learns from all of ${name}: what is measured on it is memory`,
    advice: "Leave eval_data out: a share of the data, test_size, is held out then.",
  });
}

function nameOf(source: ExampleSource): string | undefined {
  if ("dataset" in source) return source.dataset;
  return "stage" in source ? source.stage : undefined;
}

function noteTrainingSide(source: ProblemSource, place: StagePlace): void {
  if (source.split !== "train") return;
  place.add("eval_data", {
    level: "warning",
    message: `${source.problems} is asked on its training side: what was learnt by heart counts as learnt`,
    advice: "Ask split: test; import with --test-share to hold problems out.",
  });
}

/** Undefined where the set cannot be read, which is said where the stage's data are checked. */
function countOf(source: ProblemSource, { sets }: SourceCheckDeps): number | undefined {
  try {
    return sets(source).length;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function checkTask(
  source: OutsideSource,
  key: string,
  place: StagePlace,
  { tasks }: SourceCheckDeps,
): void {
  const { task } = source;
  let known: readonly number[];
  try {
    known = tasks.find(task, "sha256" in source ? source.sha256 : undefined).difficulties;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    place.add(`${key}.task`, said(error));
    return;
  }
  if (!("difficulties" in source)) return;
  const { difficulties } = source;
  checkJudged(task, key, place);
  const wrong = difficulties.filter((one) => !known.includes(one));
  if (wrong.length === 0) return;
  const some = known.slice(0, 3);
  place.add(`${key}.difficulties`, {
    message: `${task} has no difficulty ${wrong.join(", ")}`,
    advice: `Choose among ${known.join(", ")}.`,
    fixes: [setting(place.at(`${key}.difficulties`), some, `Use ${some.join(", ")}`)],
  });
}

/** A task that has no rule of its own: is there what judges its answers? */
function checkJudged(name: string, key: string, place: StagePlace): void {
  const task = findTask(name);
  if (task === undefined || task.verify !== null) return;
  const { gold, verifier } = task.generate(new Random(1), task.difficulties[0] ?? 1);
  if (gold === null) noGold(name, `${key}.task`, place);
  try {
    answerRule(verifier.name);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    place.add(`${key}.task`, said(error));
  }
}

/** Nothing to say where a stage keeps solutions by rewards alone. */
function noGold(name: string, key: string, place: StagePlace): void {
  const { stage } = place;
  const keeps = "require_correct" in stage;
  if (keeps && !stage.require_correct) return;
  // Where something else rewards them, nothing is amiss.
  if (stage.kind === "grpo" && stage.rewards.some((one) => "judge" in one || "file" in one)) return;
  const why = `no problem of ${name} has a right answer`;
  place.add(key, {
    level: "warning",
    message: keeps
      ? `${why}: none of its solutions is kept`
      : `${why}: the answer reward says nothing of them`,
    advice: keeps
      ? "Keep them by a judge or a file of your own: rewards, with require_correct: false."
      : "Reward them by a judge with a rubric or a file of your own, or import the set with its answers.",
  });
}

function checkProblems(
  source: ProblemSource,
  key: string,
  place: StagePlace,
  { sets }: SourceCheckDeps,
): void {
  try {
    const problems = sets(source);
    const judged = problems.filter(isJudged).length;
    if (problems.length === 0) {
      place.add(`${key}.${source.where === undefined ? "split" : "where"}`, {
        message: `no problem of ${source.problems} is on its ${source.split} side${source.where === undefined ? "" : ` and found by "${source.where}"`}`,
        advice: source.where === undefined ? "Choose the other side." : "Widen the filter.",
      });
    } else
      place.add(`${key}.problems`, { message: counted(problems.length, "problem"), level: "note" });
    const { stage } = place;
    if (problems.length > 0 && stage.kind === "sft") noteWorked(source, problems, key, place);
    else if (problems.length > 0 && judged === 0) noGold(source.problems, `${key}.problems`, place);
    if (stage.kind === "benchmark" && problems.length > 0) {
      if (source.split === "train")
        place.add(`${key}.split`, {
          level: "warning",
          message: "these are the problems that stages train on",
          advice: "Measure on split: test; import with --test-share to hold problems out.",
        });
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    place.add(`${key}.${error.code === "BAD_INPUT" ? "where" : "problems"}`, said(error));
  }
}

/** Worked examples are the problems' own solutions. */
function noteWorked(
  { problems: name }: ProblemSource,
  problems: ReturnType<SetReader>,
  key: string,
  place: StagePlace,
): void {
  const worked = problems.filter(({ solution, gold }) => solution !== null && gold !== null).length;
  if (worked === problems.length) return;
  place.add(`${key}.problems`, {
    level: worked === 0 ? "error" : "warning",
    message:
      worked === 0
        ? `no problem of ${name} has a worked solution to learn from`
        : `${worked} of ${problems.length} problems of ${name} have a worked solution; the others give no example`,
    advice: `Import it with them (--map solution=COLUMN), or let a teacher work the problems out: gradus data generate --problems ${name}.`,
  });
}

export function checkSet(
  id: string,
  wanted: number,
  place: StagePlace,
  { setSize }: SourceCheckDeps,
): void {
  const size = setSize(id);
  if (size === undefined)
    place.add("data.benchmark", {
      message: `there is no imported set "${id}"`,
      advice: "Import it under Benchmarks.",
    });
  else if (wanted > size)
    place.add("num_problems", {
      level: "warning",
      message: `${id} has ${size} problems, all of them are asked`,
      fixes: [setting(place.path("num_problems"), size, `Use ${size}`)],
    });
}

export function said({ message, advice }: AppError): Pick<Finding, "message" | "advice"> {
  return { message, advice: advice ?? null };
}
