/** Rewards that are not ours, outside of a run: files in the sandbox, judges asked with what is kept used again. */
import { rewardName } from "#shared/schema/reward.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { fileReward } from "#main/core/rewards/files/file-reward.ts";
import { questionedText } from "#main/core/rewards/judges/judge-prompt.ts";
import type { OwnRewards } from "#main/core/rewards/scoring/score-completions.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { PauseSwitch } from "#main/processes/engine/pause-switch.ts";
import type { PaidHost } from "../endpoints/paid-endpoint.ts";
import { chargeRequests } from "../endpoints/charge-requests.ts";
import type { RewardFiles } from "../recipes/reward-files.ts";
import { Judge } from "./judge.ts";

export interface TrialHost extends PaidHost {
  readonly sandbox: Sandbox;
  readonly rewardFiles: RewardFiles;
}

/**
 * @param relativeTo folder that files of rewards and rubrics start from; undefined: the workspace
 * @param drafts texts that are tried in the place of their files', by path
 */
export function trialRewards(
  host: TrialHost,
  relativeTo: string | undefined,
  signal: AbortSignal,
  drafts: Readonly<Record<string, string>> = {},
): OwnRewards {
  const judges = new Map<string, Judge>();
  const judgeOf = (spec: JudgeReward): Judge => {
    const name = rewardName(spec);
    const judge = judges.get(name) ?? trialJudge(host, spec, relativeTo, drafts);
    judges.set(name, judge);
    return judge;
  };
  return async (spec, inputs) => {
    if ("file" in spec) {
      const text = host.rewardFiles.runnable(spec, relativeTo, drafts[spec.file]);
      const reward = { ...spec, text };
      const values = await fileReward(host.sandbox, reward, inputs, signal);
      return values.map((value) => ({ value }));
    }
    try {
      return await judgeOf(spec).verdicts(inputs.map(questionedText), signal);
    } finally {
      chargeTrials(host);
    }
  };
}

/** A judge whose failures are shown, not counted. Throws NOT_FOUND, CONFLICT, BAD_INPUT. */
export function trialJudge(
  host: PaidHost & Pick<TrialHost, "rewardFiles">,
  spec: JudgeReward,
  relativeTo: string | undefined,
  drafts: Readonly<Record<string, string>> = {},
): Judge {
  const { rubric: file, sha256 } = spec;
  return new Judge(host, {
    spec,
    rubric:
      file === undefined
        ? null
        : (drafts[file] ?? host.rewardFiles.text({ file, sha256 }, relativeTo)),
    runId: null,
    pause: new PauseSwitch(),
    maxFailures: 1,
  });
}

/** What was asked outside of runs goes to the ledger. */
export function chargeTrials({ store, now }: PaidHost): void {
  store.transaction(() => chargeRequests(store, null, now()));
}
