/** A stage's rewards that are not ours: files, as the host kept their texts for it, and judges, which the host asks. */
import { readFileSync } from "node:fs";
import { rewardName } from "#shared/schema/reward.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { fileReward } from "#main/core/rewards/files/file-reward.ts";
import { questionedText } from "#main/core/rewards/judges/judge-prompt.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import type { OwnRewards, OwnValue } from "#main/core/rewards/scoring/score-completions.ts";
import type { StageSession } from "./stage-session.ts";

/** A file that the host did not give is a bug. */
export function ownRewardsOf(session: StageSession): OwnRewards {
  const paths = session.request.rewardFiles ?? {};
  const texts = new Map<string, string>();
  const textOf = (file: string, sha256: string | undefined): string => {
    const path = paths[sha256 ?? ""];
    if (path === undefined) throw new Error(`the host gave the stage no reward file ${file}`);
    const text = texts.get(path) ?? readFileSync(path, "utf8");
    texts.set(path, text);
    return text;
  };
  return async (spec, inputs) => {
    if ("judge" in spec) return judged(session, spec, inputs);
    const { file, sha256, python } = spec;
    const reward = { file, python, text: textOf(file, sha256) };
    const values = await fileReward(session.sandbox, reward, inputs, session.signal);
    return values.map((value) => ({ value }));
  };
}

async function judged(
  session: StageSession,
  spec: JudgeReward,
  inputs: readonly RewardInput[],
): Promise<readonly OwnValue[]> {
  const reward = rewardName(spec);
  const texts = inputs.map(questionedText);
  const answer = await session.ask({ kind: "judge", reward, texts }, "judging");
  if (answer.kind !== "judge") throw new Error("the host gave a judge's question another answer");
  return answer.verdicts;
}
