/** A judge compared with people: the texts that they rated are judged, and how both agree is kept. */
import { AppError } from "#shared/errors.ts";
import type { Agreement, AgreementPlan, RatedCase } from "#shared/schema/judge.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { agreement } from "#main/core/evaluation/agreement.ts";
import { textSha256 } from "../recipes/reward-files.ts";
import { chargeTrials, trialJudge } from "./trial-rewards.ts";
import type { TrialHost } from "./trial-rewards.ts";
import type { RatedText, RatedTexts } from "./rated-texts.ts";

/** The same texts give the same intervals. */
const SEED = 1;

/**
 * What a comparison will ask for, and what that costs at most. Asks nothing.
 * @throws AppError as `agree`
 */
export function planAgreement(
  host: Pick<TrialHost, "store" | "endpoints" | "now" | "rewardFiles">,
  spec: JudgeReward,
  relativeTo: string | undefined,
  { texts, leftOut }: RatedTexts,
): AgreementPlan {
  requireOnScale(texts, spec.scale);
  return {
    n: texts.length,
    leftOut,
    ...trialJudge(host, spec, relativeTo).plan(texts),
  };
}

/**
 * Asks the judge for what it has not said before; the result is kept.
 * @throws AppError BAD_INPUT for ratings outside of the scale and where nothing is left to compare; what the judge throws
 */
export async function agree(
  host: Pick<TrialHost, "store" | "endpoints" | "now" | "rewardFiles">,
  spec: JudgeReward,
  relativeTo: string | undefined,
  texts: readonly RatedText[],
  signal: AbortSignal,
): Promise<Agreement & { readonly cases: RatedCase[] }> {
  const [low, high] = spec.scale;
  requireOnScale(texts, spec.scale);
  const judge = trialJudge(host, spec, relativeTo);
  const verdicts = await judge.verdicts(texts, signal).finally(() => {
    chargeTrials(host);
  });
  const cases = texts.map(({ prompt, completion, rating }, i): RatedCase => {
    const { value = null, why = "" } = verdicts[i] ?? {};
    const score = value === null ? null : low + value * (high - low);
    return { prompt, completion, rating, score, why };
  });
  const pairs = cases.flatMap(({ prompt, rating, score }) =>
    score === null ? [] : [{ judge: score, person: rating, cluster: prompt }],
  );
  if (pairs.length === 0)
    throw new AppError(
      "BAD_INPUT",
      `The judge gave no usable verdict on any of the ${texts.length} texts: ${cases[0]?.why ?? "there are none"}.`,
      "Texts need a rubric, and ratings a number each.",
    );
  const { rubric: file, sha256 } = spec;
  const result: Agreement = {
    endpoint: spec.judge,
    model: judge.model,
    rubric: file ?? null,
    rubricSha256:
      file === undefined ? null : textSha256(host.rewardFiles.text({ file, sha256 }, relativeTo)),
    scale: spec.scale,
    n: pairs.length,
    unusable: verdicts.filter(({ unusable }) => unusable).length,
    ...agreement(pairs, SEED),
    costUsd: judge.costUsd,
    unpricedTokens: judge.unpricedTokens,
    measuredAtMs: host.now(),
  };
  host.store.transaction(() => {
    host.store.agreements.add(result);
  });
  return { ...result, cases };
}

function requireOnScale(texts: readonly RatedText[], [low, high]: JudgeReward["scale"]): void {
  const outside = texts.find(({ rating }) => !(rating >= low && rating <= high));
  if (outside === undefined) return;
  throw new AppError(
    "BAD_INPUT",
    `The rating ${outside.rating} (${outside.problemId}) is not between ${low} and ${high}.`,
    "Name the scale that people rated on: --scale LOW HIGH, or the judge's scale in the recipe.",
  );
}
