/** Completions that rewards are tried on: a run's, those sampled of a problem set, a dataset's. */
import { useState } from "react";
import type { FormEvent, ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { ProblemSetName } from "#shared/schema/problem.ts";
import { host } from "#renderer/bridge/host.ts";
import { runIdFrom } from "#renderer/bridge/ids.ts";
import { datasetsQuery, problemSetsQuery } from "#renderer/bridge/queries.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { modelText, pipelineText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { DatasetSelect } from "./dataset-select.tsx";

const TRIED = 64;
const TRIED_OF_MANY = 500;

export type TrialSource = Parameters<typeof host.recipes.tryRewards>[0]["from"];

interface ChoiceProps {
  readonly busy: boolean;
  readonly onTry: (from: TrialSource) => void;
}

function TryForm({
  busy,
  onSubmit,
  children,
}: {
  readonly busy: boolean;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <form
      className="sectext flex"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <button type="submit" className="btn" disabled={busy}>
        {busy ? "Trying…" : "Try out"}
      </button>
    </form>
  );
}

export function ChooseRun({ busy, onTry }: ChoiceProps): ReactNode {
  const runs =
    useQuery(
      queryOf("runs.grpo", ["pipelines"], (options) =>
        host.runs.list({ kind: ["grpo"], limit: 100 }, options),
      ),
    ).data?.runs.filter(({ lastStep }) => lastStep > 0) ?? [];
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
    <TryForm
      busy={busy}
      onSubmit={() => {
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
    </TryForm>
  );
}

export function ChooseSet({ busy, onTry }: ChoiceProps): ReactNode {
  const sets = useQuery(problemSetsQuery).data ?? [];
  const [chosen, setChosen] = useState<ProblemSetName>();
  const set = sets.find(({ name }) => name === chosen) ?? sets[0];
  if (set === undefined)
    return (
      <p className="sectext s12 t2">There is no problem set yet. Import one under Problems.</p>
    );
  return (
    <TryForm busy={busy} onSubmit={() => onTry({ sampled: set.name, limit: TRIED_OF_MANY })}>
      <label className="flex">
        <span className="s12 t2">What models wrote to</span>
        <select
          className="input mono"
          value={set.name}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {sets.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </TryForm>
  );
}

export function ChooseDataset({ busy, onTry }: ChoiceProps): ReactNode {
  const datasets = useQuery(datasetsQuery).data ?? [];
  const [chosen, setChosen] = useState<DatasetId>();
  const dataset = datasets.find(({ id }) => id === chosen) ?? datasets[0];
  if (dataset === undefined)
    return <p className="sectext s12 t2">There is no dataset yet. Import one under Datasets.</p>;
  return (
    <TryForm busy={busy} onSubmit={() => onTry({ dataset: dataset.id, limit: TRIED_OF_MANY })}>
      <DatasetSelect
        label="Answers of"
        datasets={datasets}
        value={dataset.id}
        onChange={setChosen}
      />
    </TryForm>
  );
}
