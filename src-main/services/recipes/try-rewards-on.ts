/** Rewards tried on completions that are there: a run's, a file's, a dataset's, those sampled of a problem set, or pasted ones. */
import type { RewardTrial, RewardTrialInput } from "#shared/contract/recipes.ts";
import { AppError } from "#shared/errors.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { JsonValue } from "#shared/schema/json-value.ts";
import { finalTurn, promptOf, withKnownTags } from "#shared/schema/record-text.ts";
import type { Run, RunId } from "#shared/schema/run.ts";
import { problemOfSet } from "#main/core/problems/problem.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import {
  tryOnProblems,
  tryOnRollouts,
  tryOnTexts,
} from "#main/core/rewards/scoring/try-rewards.ts";
import type { StoredCompletion } from "#main/core/rewards/scoring/try-rewards.ts";
import type { Application } from "../application.ts";
import { trialRewards } from "../judges/trial-rewards.ts";
import type { TrialHost } from "../judges/trial-rewards.ts";
import { readCompletions } from "../problems/read-completions.ts";

type Host = Pick<Application, "store" | "sets" | "tasks"> & TrialHost;
type Text = { readonly problem: Problem; readonly text: string };

/** Throws NOT_FOUND, BAD_INPUT, BAD_RECIPE with what a reward failed on; the signal's reason. */
export async function tryRewards(
  app: Host,
  input: RewardTrialInput,
  signal: AbortSignal = new AbortController().signal,
): Promise<RewardTrial> {
  const { from, answerFormat } = input;
  const trial = {
    rewards: input.rewards,
    maxCompletionLength: input.maxCompletionLength,
    sets: app.sets,
    sandbox: app.sandbox,
    outside: app.tasks,
    signal,
    own: trialRewards(app, input.relativeTo, signal, input.drafts),
  };
  if ("source" in from)
    return { step: null, ...(await tryOnTexts(trial, from.source, from.index, from.completions)) };
  if ("runId" in from) {
    const run = grpoRun(app, from.runId);
    const step = from.step ?? app.store.rollouts.steps(run.id).at(-1)?.step ?? 0;
    const kept = storedCompletions(app, run.id, step);
    const tried = await tryOnRollouts(trial, run, step, kept.slice(0, from.limit));
    if (tried.completions.length > 0) return { step, ...tried };
    throw new AppError(
      "NOT_FOUND",
      `${run.id} has no completions of step ${step} that can be graded again.`,
      "Choose another step or run, or paste a completion.",
    );
  }
  const texts =
    "sampled" in from
      ? sampledTexts(app, from.sampled, from.limit)
      : "dataset" in from
        ? datasetTexts(app, from.dataset, from.limit)
        : (await readCompletions(app.store, from, from.completions)).map(
            ({ problem, completion }): Text => ({
              problem: problemOfSet(from.set, problem),
              text: completion,
            }),
          );
  return { step: null, ...(await tryOnProblems(trial, texts, answerFormat)) };
}

/** Throws NOT_FOUND where nothing was sampled of the set's newest version. */
function sampledTexts({ store }: Host, set: string, limit: number): Text[] {
  const kept = store.completions.ofSet(set, limit);
  const problems = new Map(
    store.problems
      .select({ set, version: null })
      .map((problem) => [problem.id, problemOfSet(set, problem)]),
  );
  const texts = kept.flatMap(({ id, completion }) => {
    const problem = problems.get(id);
    return problem === undefined ? [] : [{ problem, text: completion }];
  });
  if (texts.length > 0) return texts;
  throw new AppError(
    "NOT_FOUND",
    `No model has answered problems of ${set} yet.`,
    "Measure the set under Problems, or choose a run or a dataset.",
  );
}

/** Throws NOT_FOUND where no record ends with the assistant's turn. */
function datasetTexts({ store }: Host, dataset: DatasetId, limit: number): Text[] {
  const texts: Text[] = [];
  const firsts = new Map<string, number>();
  for (const { id, messages, reference } of store.records.texts(dataset, [])) {
    const turn = finalTurn(messages);
    if (turn === undefined) continue;
    const prompt = promptOf(messages);
    const { task, gold, difficulty, problemId } = reference;
    const first = firsts.get(prompt) ?? id;
    firsts.set(prompt, first);
    const data = JsonValue.safeParse(reference.data);
    const ofTask = task !== null && data.success && data.data !== null;
    const problem: Problem = {
      id: problemId ?? `record ${first}`,
      source: dataset,
      difficulty,
      messages: messages
        .slice(0, -1)
        .flatMap(({ role, content }) => (role === "tool" ? [] : [{ role, content }])),
      prompt,
      gold,
      verifier: { name: ofTask ? task : "maths", options: {} },
      data: data.data ?? null,
      columns: {},
      solution: () => null,
    };
    texts.push({ problem, text: withKnownTags(turn) });
    if (texts.length === limit) break;
  }
  if (texts.length > 0) return texts;
  throw new AppError(
    "NOT_FOUND",
    `${dataset} has no record that ends with an answer.`,
    "Choose another dataset, or a run.",
  );
}

/** Throws NOT_FOUND, or BAD_INPUT for a stage that keeps no completions. */
function grpoRun({ store }: Host, runId: RunId): Run {
  const run = store.runs.get(runId);
  if (run.kind === "grpo") return run;
  throw new AppError(
    "BAD_INPUT",
    `${runId} is a ${run.kind} stage: it keeps no groups of completions.`,
    "Choose a GRPO stage.",
  );
}

function storedCompletions({ store }: Host, runId: RunId, step: number): StoredCompletion[] {
  return Array.from(
    store.rollouts.all(runId, step),
    ({ group, problemId, completion, completionIds, finishReason }) => ({
      group,
      problemId,
      text: completion,
      tokens: completionIds.length,
      finished: finishReason === "stop",
    }),
  );
}
