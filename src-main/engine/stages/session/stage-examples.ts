/** The conversations of a fine-tuning stage: those that it learns from, and those that it is measured on. */
import { AppError } from "#shared/errors.ts";
import { exampleSources, heldOutSource } from "#shared/schema/stages/example-data.ts";
import type { ExampleSource, PlacedSource } from "#shared/schema/stages/example-data.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import type { Conversation } from "#main/core/examples/conversation-lines.ts";
import { mixExamples } from "#main/core/examples/mix-examples.ts";
import type { MixedSource } from "#main/core/examples/mix-examples.ts";
import { problemsToWorkOut, workedExample } from "#main/core/problems/task-data.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { MOST_COMPARED, warnOfOverlap } from "./overlap-alarm.ts";
import { preparing, suppliesOf } from "./stage-problems.ts";
import type { StageSession } from "./stage-session.ts";

export type StageExamples = {
  /** Of all of the stage's sources, in the shares of their weights. */
  readonly learned: readonly Conversation[];
  /** Of eval_data; null where it names none. */
  readonly measured: readonly Conversation[] | null;
};

/** @throws AppError BAD_INPUT where a source is empty, BAD_RECIPE where no problem of it is worked out */
export async function stageExamples(
  session: StageSession,
  stage: SftStage,
): Promise<StageExamples> {
  const files = [...(session.request.exampleFiles ?? [])];
  const mixed: MixedSource<Conversation>[] = [];
  for (const placed of exampleSources(stage.data)) {
    const examples = await examplesOf(session, stage, placed, "train", files);
    mixed.push({ examples, weight: placed.source.weight ?? 1 });
  }
  const learned = mixExamples(mixed, deriveSeed(session.request.seed, "mix"));
  if (mixed.length > 1)
    session.log(
      `An epoch has ${learned.length} examples, in shares of ${mixed.map(({ weight }) => weight).join(" : ")} of sources with ${mixed.map(({ examples }) => examples.length).join(", ")}.`,
    );
  const heldOut = heldOutSource(stage);
  const measured =
    heldOut === undefined ? null : await examplesOf(session, stage, heldOut, "test", files);
  return { learned, measured };
}

/** @param files of the sources that are written, from which this one's is taken */
async function examplesOf(
  session: StageSession,
  stage: SftStage,
  { source, keys }: PlacedSource,
  side: "train" | "test",
  files: string[],
): Promise<Conversation[]> {
  if ("source" in source) return workedExamples(session, stage, source, side);
  const file = files.shift();
  if (file === undefined) throw new Error("the host gave the stage no dataset");
  const examples = readConversations(file);
  if (examples.length === 0)
    throw new AppError(
      "BAD_INPUT",
      `There is no example in ${keys.join(".")}: it is empty.`,
      "Choose a dataset with examples, or look at the stage that made it.",
    );
  return examples;
}

/** Problems with their worked solutions; the held-out ones are the same in every run, as in a benchmark. */
async function workedExamples(
  session: StageSession,
  stage: SftStage,
  data: Extract<ExampleSource, { source: unknown }>,
  side: "train" | "test",
): Promise<Conversation[]> {
  const { examples } = data;
  const of = { side, seed: session.request.seed };
  const problems = await problemsToWorkOut(data, of, suppliesOf(session), preparing(session));
  if (side === "train") await warnOfOverlap(session, () => problems.slice(0, MOST_COMPARED), {});
  const worked = problems.flatMap((problem): Conversation[] => {
    const example = workedExample(problem, stage);
    return example === null ? [] : [[...example.prompt, ...example.completion]];
  });
  if (worked.length === 0)
    throw new AppError(
      "BAD_RECIPE",
      `None of the problems has a worked solution to ${side === "test" ? "measure on" : "learn from"}.`,
      "Import a set with solutions, or sample them from a teacher: `gradus data generate`.",
    );
  if (worked.length < examples)
    session.log(
      `${worked.length} of ${examples} examples are there: the others have no worked solution.`,
    );
  return worked;
}
