/** A stage's rewards in files of one's own, as the host kept their texts for it. */
import { readFileSync } from "node:fs";
import { fileReward } from "#main/core/rewards/files/file-reward.ts";
import type { OwnRewards } from "#main/core/rewards/scoring/score-completions.ts";
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
  return async ({ file, sha256, python }, inputs) =>
    fileReward(
      session.sandbox,
      { file, python, text: textOf(file, sha256) },
      inputs,
      session.signal,
    );
}
