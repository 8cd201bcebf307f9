/** The rewards of each stage that has some: their weights, files of one's own, and all of them tried on completions that exist. */
import { useState } from "react";
import type { ReactNode } from "react";
import { writtenReward } from "#shared/schema/reward.ts";
import { host } from "#renderer/bridge/host.ts";
import { infoQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Empty, FailureNotice } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../document/draft-value.ts";
import { PasteCompletion } from "../fields/paste-completion.tsx";
import { getValue, textAt } from "../document/plain-value.ts";
import { ChooseDataset, ChooseRun, ChooseSet } from "../rewards/choose-completions.tsx";
import type { TrialSource } from "../rewards/choose-completions.tsx";
import { rewardDraftsOf } from "../rewards/reward-drafts.ts";
import { Judges } from "../rewards/judges.tsx";
import { RewardFiles } from "../rewards/reward-files.tsx";
import { TrialResults } from "../rewards/trial-results.tsx";
import { lengthLimit, RewardsTable } from "./rewards-table.tsx";
import { stagesOf } from "../document/stage-edits.ts";
import { asksRewards, rewardsOf } from "../document/stage-rewards.ts";

type Trial = Awaited<ReturnType<typeof host.recipes.tryRewards>>;

const SOURCES = [
  { value: "run", label: "of a run" },
  { value: "set", label: "of a problem set" },
  { value: "dataset", label: "of a dataset" },
  { value: "text", label: "pasted" },
] as const;
type Source = (typeof SOURCES)[number]["value"];

export function RewardsStep(): ReactNode {
  const { value } = useDraft();
  const stages = stagesOf(value);
  const asking = stages.flatMap((stage, index) => (asksRewards(stage) ? [index] : []));
  if (asking.length === 0)
    return <Empty>No stage learns from rewards. Add a GRPO stage under Stages.</Empty>;
  return asking.map((index, place) => (
    <section key={index} aria-label={`Rewards of ${textAt(stages[index], ["name"])}`}>
      <div className={place === 0 ? "sec" : "sec bt"}>
        <h2>{textAt(stages[index], ["name"])}</h2>
        <span className="t3 s12">weighted and added up</span>
      </div>
      <StageRewards index={index} />
    </section>
  ));
}

function StageRewards({ index }: { readonly index: number }): ReactNode {
  const { value, set } = useDraft();
  const [from, setFrom] = useState<Source>("run");
  const [trial, setTrial] = useState<Trial | undefined>(undefined);
  const act = useAct();
  const workspace = useQuery(infoQuery).data?.workspace.path ?? "";
  const stage = getValue(value, ["stages", index]);
  const rewards = [...rewardsOf(stage)];
  const tryOut = (source: TrialSource): void => {
    const files = rewards.flatMap((spec) => ("file" in spec ? [spec.file] : []));
    void act.run(async () => {
      setTrial(
        await host.recipes.tryRewards({
          rewards,
          maxCompletionLength: lengthLimit(stage),
          drafts: rewardDraftsOf(workspace, files),
          from: source,
        }),
      );
    });
  };
  const choice = { busy: act.busy, onTry: tryOut };
  return (
    <>
      <RewardsTable index={index} tried={trial?.rewards} />
      <RewardFiles
        index={index}
        rewards={rewards}
        onChange={(next) => set(["stages", index, "rewards"], next.map(writtenReward))}
      />
      <Judges
        index={index}
        rewards={rewards}
        onChange={(next) => set(["stages", index, "rewards"], next.map(writtenReward))}
      />
      <div className="sec bt">
        <h2>Try out</h2>
        <Segments
          label="Completions to try the rewards on"
          slim
          value={from}
          onChange={setFrom}
          segments={SOURCES}
        />
        {trial !== undefined && (
          <span className="t3 s12">
            {plural(trial.completions.length, "completion")}
            {trial.step !== null && ` of step ${formatNumber(trial.step)}`}
          </span>
        )}
      </div>
      {from === "run" && <ChooseRun {...choice} />}
      {from === "set" && <ChooseSet {...choice} />}
      {from === "dataset" && <ChooseDataset {...choice} />}
      {from === "text" && <PasteCompletion stage={stage} {...choice} />}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {trial !== undefined && <TrialResults {...trial} />}
    </>
  );
}
