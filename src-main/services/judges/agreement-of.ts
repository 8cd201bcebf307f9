/** How a judge agreed with people when it was last compared: found by what its rubric says and which model it is. */
import type { Agreement } from "#shared/schema/judge.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import type { Store } from "#main/store/store.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import { textSha256 } from "../recipes/reward-files.ts";
import type { RewardFiles } from "../recipes/reward-files.ts";

export interface AgreementHost {
  readonly store: Store;
  readonly endpoints: Endpoints;
  readonly rewardFiles: RewardFiles;
}

/**
 * null: nobody has compared them.
 * @throws AppError NOT_FOUND, CONFLICT, BAD_INPUT for an endpoint or a rubric that is not there
 */
export function agreementOf(
  { store, endpoints, rewardFiles }: AgreementHost,
  spec: JudgeReward,
  relativeTo: string | undefined,
): Agreement | null {
  const { rubric: file, sha256 } = spec;
  const model = spec.model ?? endpoints.named(spec.judge).model;
  const text = file === undefined ? null : rewardFiles.text({ file, sha256 }, relativeTo);
  return store.agreements.latest(text === null ? null : textSha256(text), model);
}
