/** A benchmark run: its scores with their intervals, by difficulty, and every problem with its completions. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { ComparedEvaluation, ComparisonToBefore } from "#shared/schema/evaluation.ts";
import type { Run, RunSummary } from "#shared/schema/run.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { IntervalBars } from "#renderer/charts/bars/interval-bars.tsx";
import {
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  formatPoints,
  plural,
} from "#renderer/ui/format.ts";
import { Empty } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { VerdictWord } from "#renderer/ui/verdict-word.tsx";
import { HistoryPanel } from "../log/history-panel.tsx";
import { LogPanel } from "../log/log-panel.tsx";
import { SamplesPanel } from "./samples-panel.tsx";
import { useRunStream } from "../use-run-stream.ts";

type Tab = "problems" | "difficulty" | "history" | "log";

function asTab(text: string): Tab {
  return text === "difficulty" || text === "history" || text === "log" ? text : "problems";
}

function Against({ comparison }: { readonly comparison: ComparisonToBefore }): ReactNode {
  const { versus, withLabel, refusal, cautions } = comparison;
  if (versus === null)
    return (
      <div>
        <div className="s12 t2">Not compared with {withLabel}</div>
        <div className="s12 warn">{refusal}</div>
      </div>
    );
  const { value, low, high } = versus.difference;
  return (
    <div title={cautions.join("; ")}>
      <div className="s12 t2">Against {withLabel}</div>
      <div className="big">
        {formatPoints(value)} <VerdictWord verdict={versus.verdict} />
      </div>
      <div className="ci">
        {formatInterval(low, high)} points, corrected p {formatP(versus.pAdjusted)},{" "}
        {plural(versus.problems, "problem")}
      </div>
    </div>
  );
}

function Figures({ evaluation }: { readonly evaluation: ComparedEvaluation }): ReactNode {
  const { summary, comparison } = evaluation;
  return (
    <div className="figures">
      <div>
        <div className="s12 t2">pass@1 of {evaluation.label}</div>
        <div className="big">{formatPercent(summary.pass1.value)}%</div>
        <div className="ci">
          {formatInterval(summary.pass1.low, summary.pass1.high)}, n {formatNumber(summary.n)}, k{" "}
          {summary.k}
        </div>
      </div>
      {summary.passK
        .filter((one) => one.k > 1)
        .map((one) => (
          <div key={one.k}>
            <div className="s12 t2">pass@{one.k}</div>
            <div className="big">{formatPercent(one.value)}%</div>
            <div className="ci">{formatInterval(one.low, one.high)}</div>
          </div>
        ))}
      <div>
        <div className="s12 t2">cons@{summary.k}</div>
        <div className="big">{formatPercent(summary.consK.value)}%</div>
        <div className="ci">{formatInterval(summary.consK.low, summary.consK.high)}</div>
      </div>
      {comparison !== null && <Against comparison={comparison} />}
    </div>
  );
}

/** How the score was made, and the form of what was written. */
function Protocol({ evaluation }: { readonly evaluation: ComparedEvaluation }): ReactNode {
  const { summary } = evaluation;
  return (
    <p className="s11 t3 bb protocol">
      T {formatNumber(summary.temperature, 2)}, top-p {formatNumber(summary.topP, 2)} · limit{" "}
      {formatNumber(summary.maxTokens)} tokens · {summary.scoring} scoring · verifier{" "}
      {summary.verifierVersion} · {formatPercent(summary.formatRate)}% in format ·{" "}
      {formatPercent(summary.truncatedRate)}% cut · mean {formatNumber(summary.meanTokens)} tokens
    </p>
  );
}

export function BenchmarkView({
  run,
  live,
  evaluation,
}: {
  readonly run: Run;
  readonly live: RunSummary;
  readonly evaluation: ComparedEvaluation | null;
}): ReactNode {
  const [tabText, setTab] = useFilter("tab", "problems");
  // Its samples come while it runs.
  useRunStream(run.id);
  const tab = asTab(tabText);
  const groups = useMemo(
    () =>
      evaluation?.summary.byDifficulty.map((one) => ({
        label: `${String(one.difficulty)} · n ${formatNumber(one.n)}`,
        estimates: [one],
      })) ?? [],
    [evaluation],
  );
  return (
    <div className="runmain">
      {evaluation === null ? (
        <Empty>
          {live.startedAtMs === null
            ? "This benchmark has not started. It runs when the stages before it are done."
            : "The score is worked out when every problem is answered. The completions so far are below."}
        </Empty>
      ) : (
        <>
          <Figures evaluation={evaluation} />
          <Protocol evaluation={evaluation} />
        </>
      )}
      <div className="lowertabs">
        <Segments
          slim
          label="What is shown"
          value={tab}
          onChange={setTab}
          segments={[
            { value: "problems", label: "Problems" },
            // Nobody said how hard the problems are: there is nothing to divide them by.
            ...(evaluation !== null && groups.length === 0
              ? []
              : [{ value: "difficulty" as const, label: "By difficulty" }]),
            { value: "history", label: "History" },
            { value: "log", label: "Log" },
          ]}
        />
      </div>
      {tab === "problems" && <SamplesPanel runId={run.id} status={live.status} />}
      {tab === "difficulty" &&
        (evaluation === null ? (
          <Empty>No score yet.</Empty>
        ) : groups.length === 0 ? (
          <Empty>These problems have no difficulty.</Empty>
        ) : (
          <div
            className="scroll grow bt"
            tabIndex={0}
            role="group"
            aria-label="Scores by difficulty"
          >
            <IntervalBars
              title="pass@1 by difficulty"
              caption={`%, 95% interval by bootstrap over problems, k ${String(evaluation.summary.k)}`}
              seriesLabels={["pass@1"]}
              groups={groups}
              height={220}
            />
            <table>
              <thead>
                <tr>
                  <th>Difficulty</th>
                  <th className="num">n</th>
                  <th className="num">pass@1 %</th>
                  <th>95% interval</th>
                </tr>
              </thead>
              <tbody>
                {evaluation.summary.byDifficulty.map((one) => (
                  <tr key={one.difficulty}>
                    <td>{one.difficulty}</td>
                    <td className="num">{formatNumber(one.n)}</td>
                    <td className="num med">{formatPercent(one.value)}</td>
                    <td className="ci">{formatInterval(one.low, one.high)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      {tab === "history" && <HistoryPanel runId={run.id} />}
      {tab === "log" && <LogPanel runId={run.id} live={live.status === "running"} />}
    </div>
  );
}
