/** Models side by side: verdicts in words, scores with their doubt, what they cost, and who solves what. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { OVER_SEEDS_NOTE } from "#shared/over-seeds.ts";
import type { ComparisonReport } from "#shared/schema/compare.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useActivePipelines } from "#renderer/bridge/live-store.ts";
import { pipelineText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { AddDialog } from "./add-dialog.tsx";
import { isAtWork } from "./is-at-work.ts";
import { useCompareAddress } from "./compare-address.ts";
import type { CompareAddress } from "./compare-address.ts";
import { CostPerPoint, DifficultyBars, PassCurves } from "./curves/compare-charts.tsx";
import { CompareTable } from "./table/compare-table.tsx";
import { asSort, comparedModels, modelKey } from "./compared-models.ts";
import type { ComparedModel, TableView } from "./compared-models.ts";
import { ConfigDiff } from "./config-diff.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { LearningCurves } from "./curves/learning-curves.tsx";
import { ProblemPanel } from "./problems/problem-panel.tsx";
import { TwinRegion } from "./twin-region.tsx";
import { verdictSentences } from "./verdict-sentences.ts";
import "./compare.css";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { pairOptions } from "./problems/pair-options.ts";

const MARKS = {
  better: { glyph: "check", tone: "pass" },
  worse: { glyph: "cross", tone: "fail" },
  "cannot tell": { glyph: "dash", tone: "t3" },
  refused: { glyph: "warn", tone: "warn" },
} as const;

function Chips({
  report,
  models,
  address,
}: {
  readonly report: ComparisonReport;
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly address: CompareAddress;
}): ReactNode {
  const rows = report.groups.flatMap(({ rows: own }) => own);
  return (
    <span className="flex comparechips">
      {[...models.values()].map((model) => {
        const own = rows.filter((row) => modelKey(row) === model.key);
        const isBaseline = report.groups.some(({ baseline }) =>
          own.some(({ runId }) => runId === baseline),
        );
        return (
          <span key={model.key} className="chip">
            <Mark tone={model.style} />
            <span className="med">{model.letter}</span>
            <span className="t1 ell" title={`${model.label}, ${pipelineText(model)}`}>
              {model.label}
            </span>
            {isBaseline && <span className="t3">baseline</span>}
            {models.size > 1 && (
              <button
                type="button"
                className="chipclose"
                aria-label={`Take ${model.letter} ${model.label} out`}
                onClick={() =>
                  address.setIds(
                    rows.filter((row) => modelKey(row) !== model.key).map(({ runId }) => runId),
                  )
                }
              >
                <Glyph name="cross" />
              </button>
            )}
          </span>
        );
      })}
    </span>
  );
}

function Verdicts({
  report,
  models,
}: {
  readonly report: ComparisonReport;
  readonly models: ReadonlyMap<string, ComparedModel>;
}): ReactNode {
  const lines = report.groups.flatMap((group) => verdictSentences(group, models));
  if (lines.length === 0) return null;
  return (
    <ul className="compareverdicts s12">
      {lines.map((line) => (
        <li key={line.id}>
          <Glyph name={MARKS[line.verdict].glyph} className={MARKS[line.verdict].tone} />
          <p>
            <b className="med">{line.claim}</b> <span className="t2">{line.basis}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

/** The title of the table, and how it is shown. */
function ScoresHead({
  view,
  setView,
  hasSeeds,
  seeds,
  setSeeds,
}: {
  readonly view: TableView;
  readonly setView: (view: TableView) => void;
  readonly hasSeeds: boolean;
  readonly seeds: string;
  readonly setSeeds: (seeds: string) => void;
}): ReactNode {
  return (
    <div className="head">
      <h2>Scores</h2>
      <span className="end flex">
        {hasSeeds && (
          <Segments
            slim
            label="Seeds"
            value={seeds === "each" ? "each" : "together"}
            onChange={setSeeds}
            segments={[
              { value: "together", label: "Seeds together" },
              { value: "each", label: "Each launch" },
            ]}
          />
        )}
        <Segments
          slim
          label="Columns"
          value={view}
          onChange={setView}
          segments={[
            { value: "verdicts", label: "Verdicts" },
            { value: "scores", label: "pass@k, cons@k, length" },
          ]}
        />
      </span>
    </div>
  );
}

function Comparison({
  report,
  models,
}: {
  readonly report: ComparisonReport;
  readonly models: ReadonlyMap<string, ComparedModel>;
}): ReactNode {
  const [viewText, setView] = useFilter("columns", "verdicts");
  const [sortText, setSort] = useFilter("sort", "asked");
  const [charts, setCharts] = useFilter("charts", "drawn");
  const [seeds, setSeeds] = useFilter("seeds", "together");
  const [leftId, setLeft] = useFilter("left");
  const [rightId, setRight] = useFilter("right");
  const view: TableView = viewText === "scores" ? "scores" : "verdicts";
  const asTable = charts === "table";
  useCommands(
    useMemo(
      () => [
        {
          id: "compare.charts",
          title: "Charts as tables",
          group: "This screen" as const,
          keys: "V",
          run: () => setCharts(asTable ? "drawn" : "table"),
        },
      ],
      [asTable, setCharts],
    ),
  );
  const options = useMemo(() => pairOptions(report.groups, models), [report, models]);
  const group = report.groups[0];
  if (group === undefined) return null;
  const best = group.rows.findLast(({ runId }) => runId !== group.baseline);
  const right = options.find(({ runId }) => runId === (rightId || group.baseline)) ?? options[0];
  const left =
    options.find(({ runId }) => runId === (leftId || best?.runId)) ??
    options.find(({ runId }) => runId !== right?.runId) ??
    options[0];
  const shown = report.groups.find(({ task }) => task === left?.task) ?? group;
  const hasSeeds = report.groups.some((one) => one.seeds.length > 0);
  const k = Math.max(...shown.rows.map(({ summary }) => summary.k));
  return (
    <div className="cols comparecols">
      <Splitter name="compare" side="right" label="Width of the problems" initial={376} />
      <div className="region scroll" tabIndex={0} role="group" aria-label="Comparison">
        <Verdicts report={report} models={models} />
        <ScoresHead {...{ view, setView, hasSeeds, seeds, setSeeds }} />
        <CompareTable
          groups={report.groups}
          published={report.published}
          models={models}
          view={view}
          sort={asSort(sortText)}
          together={seeds !== "each"}
          onSort={setSort}
        />
        <p className="s11 t3 comparenote">
          Intervals of scores: 95%, bootstrap over problems with all k samples of a problem kept
          together. Differences: paired on the same problems.{" "}
          {report.comparisons === 0
            ? "No comparison was made."
            : `p: sign-flip permutation, Holm-adjusted over ${report.comparisons} ${report.comparisons === 1 ? "comparison" : "comparisons"}. The interval of a difference is of the same test: it leaves out zero exactly where there is a verdict.`}{" "}
          Training $: the stages that made the model, benchmarks left out.
          {hasSeeds && ` ${OVER_SEEDS_NOTE}`}
        </p>
        <TwinRegion report={report} />
        <div className="comparecharts bt">
          <PassCurves group={shown} models={models} asTable={asTable} />
          <CostPerPoint group={shown} models={models} asTable={asTable} />
        </div>
        <div className="comparecharts bt">
          <DifficultyBars group={shown} models={models} />
          <LearningCurves rows={shown.rows} models={models} />
        </div>
      </div>
      <aside className="region comparefacts scroll" aria-label="Problems and options">
        {left !== undefined && right !== undefined && left.runId !== right.runId ? (
          <ProblemPanel
            options={options}
            left={left}
            right={right}
            k={k}
            onPair={(a, b) => {
              setLeft(a);
              setRight(b);
            }}
          />
        ) : (
          <Empty>Add a second benchmark of the same task to see who solves what.</Empty>
        )}
        <ConfigDiff rows={report.groups.flatMap(({ rows }) => rows)} models={models} />
      </aside>
    </div>
  );
}

export function CompareScreen(): ReactNode {
  const address = useCompareAddress();
  const [adding, setAdding] = useState(false);
  const { ids, baseline, published } = address;
  const query = useQuery(
    ids.length === 0
      ? undefined
      : {
          key: `compare:${ids.join(",")}:${baseline}:${published.join(",")}`,
          topics: ["results", "cost"],
          fetch: (signal) =>
            host.compare.report(
              {
                ids: [...ids],
                published: [...published],
                ...(baseline === "" ? {} : { baseline }),
              },
              { signal },
            ),
        },
  );
  const report = query.data;
  const comes = isAtWork(ids, useActivePipelines());
  const models = useMemo(
    () => (report === undefined ? new Map() : comparedModels(report)),
    [report],
  );
  useCommands(
    useMemo(() => {
      const group = report?.groups[0];
      const rows = group?.rows ?? [];
      const at = rows.findIndex(({ runId }) => runId === group?.baseline);
      const next = rows[(at + 1) % Math.max(1, rows.length)];
      return [
        {
          id: "compare.add",
          title: "Add or take out benchmarks and published scores",
          group: "This screen" as const,
          keys: "A",
          run: () => setAdding(true),
        },
        {
          id: "compare.baseline",
          title: "Change the baseline to the next row",
          group: "This screen" as const,
          keys: "B",
          notNow: rows.length < 2 ? "There is one benchmark only." : undefined,
          run: () => {
            if (next !== undefined) address.setBaseline(next.runId);
          },
        },
      ];
    }, [report, address]),
  );
  return (
    <>
      <div className="screenhead comparehead">
        <h1>Compare</h1>
        {report !== undefined && <Chips report={report} models={models} address={address} />}
        <button type="button" className="btn small" onClick={() => setAdding(true)}>
          Add <KeyCaps keys="A" />
        </button>
        {report !== undefined && (
          <span className="end flex">
            <BaselineSelect report={report} models={models} onChange={address.setBaseline} />
            <ExportMenu ids={ids} baseline={baseline} published={published} />
          </span>
        )}
      </div>
      {query.failure !== undefined && !comes && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.failure !== undefined && comes && (
        <Empty>
          Nothing of it is measured yet: what is asked for is at work. Its models appear here as
          their benchmarks finish.
        </Empty>
      )}
      {report !== undefined &&
        report.missing.map(({ id, reason }) => (
          <div key={id} className="notice warn" role="status">
            <Glyph name="warn" className="warn" />
            <span className="grow">
              <span className="med">{id}</span> is left out: {reason}.
            </span>
          </div>
        ))}
      {ids.length === 0 && (
        <Empty
          action={
            <button type="button" className="btn primary" onClick={() => setAdding(true)}>
              Add benchmarks <KeyCaps keys="A" />
            </button>
          }
        >
          Nothing is compared yet. Add finished benchmarks of the models you want side by side.
        </Empty>
      )}
      {ids.length > 0 && report === undefined && query.failure === undefined && (
        <SkeletonRows rows={12} />
      )}
      {report !== undefined && <Comparison report={report} models={models} />}
      {adding && (
        <AddDialog
          ids={ids}
          published={published}
          onIds={address.setIds}
          onPublished={address.setPublished}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}

function BaselineSelect({
  report,
  models,
  onChange,
}: {
  readonly report: ComparisonReport;
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly onChange: (runId: string) => void;
}): ReactNode {
  const options = pairOptions(report.groups, models);
  return (
    <label className="flex s12">
      <span className="t3 opt">Baseline</span>
      <KeyCaps keys="B" />
      <select
        className="input"
        aria-label="Baseline"
        value={report.groups[0]?.baseline ?? ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map(({ runId, model, task }) => (
          <option key={runId} value={runId}>
            {model.letter} {model.label}
            {report.groups.length > 1 ? `, ${task}` : ""}
          </option>
        ))}
      </select>
    </label>
  );
}
