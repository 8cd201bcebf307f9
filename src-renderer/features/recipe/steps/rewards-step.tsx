/** The rewards, tried out on completions that exist: an earlier run's, or pasted ones. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { TriedCompletion } from "#shared/schema/recipe-draft.ts";
import { runIdFrom } from "#renderer/bridge/ids.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber, formatSigned } from "#renderer/ui/format.ts";
import { pipelineText, modelText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { Empty, FailureNotice } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../document/draft-value.ts";
import { PasteCompletion } from "../fields/paste-completion.tsx";
import { getValue, textAt } from "../document/plain-value.ts";
import { isGrpo, lengthLimit, RewardsTable, rewardsOf } from "./rewards-table.tsx";
import { stagesOf } from "../document/stage-edits.ts";

type Trial = Awaited<ReturnType<typeof host.recipes.tryRewards>>;

const TRIED = 64;
const SHOWN = 24;

export function RewardsStep(): ReactNode {
  const { value } = useDraft();
  const stages = stagesOf(value);
  const grpo = stages.flatMap((stage, index) => (isGrpo(stage) ? [index] : []));
  if (grpo.length === 0)
    return <Empty>No stage learns from rewards. Add a GRPO stage under Stages.</Empty>;
  return grpo.map((index, place) => (
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
  const { value } = useDraft();
  const [from, setFrom] = useState<"run" | "text">("run");
  const [trial, setTrial] = useState<Trial | undefined>(undefined);
  const act = useAct();
  const stage = getValue(value, ["stages", index]);
  const rewards = [...rewardsOf(stage)];
  const tryOut = (source: Parameters<typeof host.recipes.tryRewards>[0]["from"]): void => {
    void act.run(async () => {
      setTrial(
        await host.recipes.tryRewards({
          rewards,
          maxCompletionLength: lengthLimit(stage),
          from: source,
        }),
      );
    });
  };
  return (
    <>
      <RewardsTable index={index} tried={trial?.rewards} />
      <div className="sec bt">
        <h2>Try out</h2>
        <Segments
          label="Completions to try the rewards on"
          slim
          value={from}
          onChange={setFrom}
          segments={[
            { value: "run", label: "of a run" },
            { value: "text", label: "pasted" },
          ]}
        />
        {trial !== undefined && (
          <span className="t3 s12">
            {formatNumber(trial.completions.length)} completions
            {trial.step !== null && ` of step ${formatNumber(trial.step)}`}
          </span>
        )}
      </div>
      {from === "run" ? (
        <ChooseRun busy={act.busy} onTry={tryOut} />
      ) : (
        <PasteCompletion stage={stage} busy={act.busy} onTry={tryOut} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {trial !== undefined && <TriedList completions={trial.completions.slice(0, SHOWN)} />}
    </>
  );
}

function ChooseRun({
  busy,
  onTry,
}: {
  readonly busy: boolean;
  readonly onTry: (from: Parameters<typeof host.recipes.tryRewards>[0]["from"]) => void;
}): ReactNode {
  const runs =
    useQuery({
      key: "runs.grpo",
      topics: ["pipelines"],
      fetch: (signal) => host.runs.list({ kind: ["grpo"], limit: 100 }, { signal }),
    }).data?.runs.filter(({ lastStep }) => lastStep > 0) ?? [];
  const [chosen, setChosen] = useState("");
  const [step, setStep] = useState("");
  const run = runs.find(({ id }) => id === chosen) ?? runs[0];
  if (run === undefined)
    return (
      <p className="sectext s12 t2">
        No GRPO run has kept completions yet. Paste one, or run the demo first.
      </p>
    );
  return (
    <form
      className="sectext flex"
      onSubmit={(event) => {
        event.preventDefault();
        const runId = runIdFrom(run.id);
        const wanted = Number(step);
        if (runId !== undefined)
          onTry({ runId, limit: TRIED, ...(wanted > 0 ? { step: Math.round(wanted) } : {}) });
      }}
    >
      <label className="flex">
        <span className="s12 t2">Run</span>
        <select
          className="input mono"
          value={run.id}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {runs.map((one) => (
            <option key={one.id} value={one.id}>
              {pipelineText(one)} / {one.stageName} on {modelText(one.model)}
            </option>
          ))}
        </select>
      </label>
      <label className="flex">
        <span className="s12 t2">step</span>
        <input
          className="input mono"
          style={{ width: 64 }}
          inputMode="numeric"
          placeholder={String(run.lastStep)}
          value={step}
          onChange={(event) => setStep(event.currentTarget.value)}
        />
      </label>
      <button type="submit" className="btn" disabled={busy}>
        Try out
      </button>
    </form>
  );
}

function TriedList({
  completions,
}: {
  readonly completions: readonly TriedCompletion[];
}): ReactNode {
  return (
    <ol className="tried">
      {completions.map((one, place) => (
        <li key={`${String(one.group)} ${String(place)}`}>
          <div className="s11 t3">
            {one.prompt} <span className="mono">gold {one.gold}</span>
          </div>
          <pre className="out">{one.completion}</pre>
          <dl>
            {one.rewards.map((reward) => (
              <div key={reward.name}>
                <dt className="mono">{reward.name}</dt>
                <dd className="tn">
                  {reward.value === null ? "–" : formatNumber(reward.value, 2)} × {reward.weight}
                </dd>
                <dd className="t2">{reward.why}</dd>
              </div>
            ))}
            <div>
              <dt>total</dt>
              <dd className="tn med">{one.total === null ? "–" : formatSigned(one.total)}</dd>
              <dd />
            </div>
          </dl>
        </li>
      ))}
    </ol>
  );
}
