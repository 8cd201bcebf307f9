/** A judge compared with people: whose ratings, what that will cost, and how both agree. */
import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { agreementFigures } from "#shared/agreement-text.ts";
import type { Agreement, AgreementPlan, Ratings } from "#shared/schema/judge.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { host } from "#renderer/bridge/host.ts";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FilePicker } from "#renderer/ui/files/file-picker.tsx";
import type { PickedFile } from "#renderer/ui/files/file-picker.tsx";
import { formatCost, formatNumber, formatUsd } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { DatasetSelect } from "./dataset-select.tsx";

const SOURCES = [
  { value: "dataset", label: "a dataset" },
  { value: "file", label: "a file" },
] as const;

export function CompareWithPeople({
  spec,
  onClose,
}: {
  readonly spec: JudgeReward;
  readonly onClose: () => void;
}): ReactNode {
  const [ratings, setRatings] = useState<Ratings>();
  const [plan, setPlan] = useState<AgreementPlan>();
  const [found, setFound] = useState<Agreement>();
  const running = useRef<AbortController>(undefined);
  const act = useAct();
  const look = (next: Ratings | undefined): void => {
    setRatings(next);
    setPlan(undefined);
    setFound(undefined);
    if (next === undefined) return;
    void act.run(async () => setPlan(await host.rewards.planAgreement({ spec, ratings: next })));
  };
  const compare = (from: Ratings): void => {
    const abort = new AbortController();
    running.current = abort;
    void act.run(async () => {
      try {
        const { cases: _, ...agreement } = await host.rewards.agree(
          { spec, ratings: from },
          { signal: abort.signal },
        );
        setFound(agreement);
      } catch (error) {
        if (!abort.signal.aborted) throw error;
      } finally {
        running.current = undefined;
      }
    });
  };
  const close = (): void => {
    running.current?.abort();
    onClose();
  };
  return (
    <Dialog opened onClose={close} label="Compare with people" headed closable size={600}>
      <p className="s12 t2">
        The judge grades texts that people have rated. What it says is kept: no text is paid for
        twice.
      </p>
      <ChooseRatings busy={act.busy} onChoose={look} />
      {ratings !== undefined && plan !== undefined && found === undefined && (
        <div className="flex" style={{ marginTop: 16 }}>
          <span className="grow" role="status">
            {planText(plan)}
          </span>
          {act.busy && (
            <button type="button" className="btn" onClick={() => running.current?.abort()}>
              Cancel
            </button>
          )}
          <button
            type="button"
            className="btn primary"
            disabled={act.busy}
            onClick={() => compare(ratings)}
          >
            {act.busy ? "Comparing…" : "Compare"}
          </button>
        </div>
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {found !== undefined && <Figures found={found} />}
    </Dialog>
  );
}

function ChooseRatings({
  busy,
  onChoose,
}: {
  readonly busy: boolean;
  readonly onChoose: (ratings: Ratings | undefined) => void;
}): ReactNode {
  const [from, setFrom] = useState<(typeof SOURCES)[number]["value"]>("dataset");
  const [picked, setPicked] = useState<PickedFile>();
  return (
    <>
      <div style={{ margin: "12px 0" }}>
        <Segments
          label="Where the ratings are"
          slim
          value={from}
          onChange={(next) => {
            setFrom(next);
            onChoose(undefined);
          }}
          segments={SOURCES}
        />
      </div>
      {from === "dataset" ? (
        <RatedDataset busy={busy} onChoose={onChoose} />
      ) : (
        <>
          <FilePicker
            picked={picked}
            onPick={(next) => {
              setPicked(next);
              onChoose("path" in next.file ? next.file.path : next.file);
            }}
          />
          <p className="s12 t3">a row a text: prompt, completion, rating</p>
        </>
      )}
    </>
  );
}

function RatedDataset({
  busy,
  onChoose,
}: {
  readonly busy: boolean;
  readonly onChoose: (ratings: Ratings) => void;
}): ReactNode {
  const datasets = useQuery(datasetsQuery).data ?? [];
  const [chosen, setChosen] = useState<DatasetId>();
  const [field, setField] = useState("rating");
  const dataset = datasets.find(({ id }) => id === chosen) ?? datasets[0];
  if (dataset === undefined)
    return <p className="s12 t2">There is no dataset yet. Import one under Datasets.</p>;
  return (
    <form
      className="flex"
      onSubmit={(event) => {
        event.preventDefault();
        if (field.trim() !== "") onChoose({ datasetId: dataset.id, field: field.trim() });
      }}
    >
      <DatasetSelect
        label="Records of"
        datasets={datasets}
        value={dataset.id}
        onChange={setChosen}
      />
      <label className="flex">
        <span className="s12 t2">rated in</span>
        <input
          className="input mono"
          list="rating-fields"
          style={{ width: 120 }}
          value={field}
          onChange={(event) => setField(event.currentTarget.value)}
        />
      </label>
      <datalist id="rating-fields">
        <option value="rating">a number in the metadata</option>
        <option value="status">accepted: the best, rejected: the worst</option>
      </datalist>
      <button type="submit" className="btn" disabled={busy || field.trim() === ""}>
        Look
      </button>
    </form>
  );
}

function planText({ n, leftOut, toAsk, mostUsd }: AgreementPlan): string {
  const left = leftOut === 0 ? "" : `, ${formatNumber(leftOut)} without one`;
  if (toAsk === 0) return `${formatNumber(n)} texts with a rating${left}; all were judged before.`;
  const cost = mostUsd === null ? formatUsd(null) : `at most ${formatUsd(mostUsd)}`;
  return `${formatNumber(n)} texts with a rating${left}; the judge is asked about ${formatNumber(toAsk)}: ${cost}.`;
}

function Figures({ found }: { readonly found: Agreement }): ReactNode {
  return (
    <table style={{ marginTop: 16 }} aria-label="Agreement with people">
      <tbody>
        {agreementFigures(found).map(({ name, text }) => (
          <tr key={name}>
            <td>{name}</td>
            <td className="num">{text}</td>
          </tr>
        ))}
        <tr>
          <td>texts</td>
          <td className="num">
            {formatNumber(found.n)}
            {found.unusable > 0 && `, ${formatNumber(found.unusable)} without a usable verdict`}
          </td>
        </tr>
        <tr>
          <td>cost</td>
          <td className="num">{formatCost(found.costUsd, found.unpricedTokens)}</td>
        </tr>
      </tbody>
    </table>
  );
}
