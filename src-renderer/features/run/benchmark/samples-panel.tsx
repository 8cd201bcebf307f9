/** Every problem of a benchmark with what the model wrote, right and wrong. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { ListedProblem } from "#shared/schema/evaluation.ts";
import type { RunId, RunSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { nothingAnswered } from "./nothing-answered.ts";
import { CompletionText } from "../completions/completion-text.tsx";

type Correct = "any" | "all-right" | "mixed" | "all-wrong";

const PAGE = 200;

function asCorrect(text: string): Correct {
  return text === "all-right" || text === "mixed" || text === "all-wrong" ? text : "any";
}

const COLUMNS: readonly GridColumn<ListedProblem>[] = [
  {
    id: "index",
    header: "#",
    track: "52px",
    numeric: true,
    cell: (row) => <span className="t3">{row.problemIndex + 1}</span>,
  },
  {
    id: "prompt",
    header: "Problem",
    track: "minmax(0, 1fr)",
    cell: (row) => <span title={row.prompt}>{row.prompt}</span>,
  },
  {
    id: "difficulty",
    header: "Diff.",
    track: "48px",
    numeric: true,
    cell: (row) => row.difficulty ?? <span className="t3">–</span>,
  },
  {
    id: "right",
    header: "Right",
    track: "72px",
    numeric: true,
    cell: (row) => (
      <span className={row.correct === 0 ? "t3" : "med"}>
        {row.correct} of {row.samples}
      </span>
    ),
  },
];

/** A problem's completions are read when it is chosen. */
function Samples({
  runId,
  problem,
}: {
  readonly runId: RunId;
  readonly problem: ListedProblem;
}): ReactNode {
  const { problemId, problemIndex } = problem;
  const query = useQuery({
    key: `answers:${runId}:${problemId}`,
    topics: [`samples:${runId}`],
    fetch: (signal) => host.compare.answers({ problemId, runIds: [runId] }, { signal }),
  });
  const samples = useMemo(
    () =>
      query.data
        ?.flatMap((one) => one.samples)
        .filter((sample) => sample.problemIndex === problemIndex) ?? [],
    [query.data, problemIndex],
  );
  if (query.failure !== undefined)
    return <FailureNotice failure={query.failure} onRetry={query.refresh} />;
  if (query.data === undefined) return <SkeletonRows rows={5} />;
  return (
    <div
      className="scroll grow"
      tabIndex={0}
      role="group"
      aria-label={`Completions of problem ${String(problemIndex + 1)}`}
    >
      <dl className="kv left" style={{ padding: "8px 16px" }}>
        <dt>Problem</dt>
        <dd style={{ whiteSpace: "pre-wrap" }}>{samples[0]?.prompt ?? problem.prompt}</dd>
        <dt>Right answer</dt>
        <dd className="mono">{samples[0]?.gold}</dd>
      </dl>
      {samples.map((sample) => (
        <div key={sample.sampleIndex} className="bt" style={{ padding: "8px 16px" }}>
          <div className="flex s12">
            <Glyph
              name={sample.correct ? "check" : "cross"}
              className={sample.correct ? "pass" : "fail"}
            />
            <span className={sample.correct ? "pass" : "fail"}>
              {sample.correct ? "right" : "wrong"}
            </span>
            <span className="t3">
              answer <span className="mono">{sample.answer ?? "none"}</span>,{" "}
              {formatNumber(sample.tokens)} tokens
              {sample.finishReason === "length" ? ", cut at the limit" : ""}
            </span>
          </div>
          <CompletionText text={sample.completion} />
        </div>
      ))}
    </div>
  );
}

export function SamplesPanel({
  runId,
  status,
}: {
  readonly runId: RunId;
  readonly status: RunSummary["status"];
}): ReactNode {
  const [correctText, setCorrect] = useFilter("show", "any");
  const [offsetText, setOffset] = useFilter("from", "0");
  const [chosen, setChosen] = useState(0);
  const correct = asCorrect(correctText);
  const offset = /^\d+$/u.test(offsetText) ? Number(offsetText) : 0;
  const query = useQuery({
    key: `samples:${runId}:${correct}:${String(offset)}`,
    topics: [`samples:${runId}`],
    fetch: (signal) => host.runs.problems({ runId, correct, offset, limit: PAGE }, { signal }),
  });
  const problems = useMemo(() => query.data?.problems ?? [], [query.data]);
  const total = query.data?.total ?? 0;
  const at = Math.min(chosen, problems.length - 1);
  const problem = problems[at];
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: "samples.next",
          title: "Next problem",
          group: "This screen",
          keys: "J",
          run: () => setChosen(Math.min(problems.length - 1, at + 1)),
        },
        {
          id: "samples.previous",
          title: "Previous problem",
          group: "This screen",
          keys: "K",
          run: () => setChosen(Math.max(0, at - 1)),
        },
      ],
      [problems.length, at],
    ),
  );
  return (
    <>
      <div className="flex bt s12" style={{ padding: "6px 16px", flex: "none" }}>
        <Segments
          slim
          label="Problems shown"
          value={correct}
          onChange={(value) => {
            setOffset("0");
            setCorrect(value);
            setChosen(0);
          }}
          segments={[
            { value: "any", label: "All" },
            { value: "all-right", label: "Always right" },
            { value: "mixed", label: "Sometimes" },
            { value: "all-wrong", label: "Never" },
          ]}
        />
        <KeyCaps keys="J K" />
        <span className="end flex t3">
          {total === 0
            ? ""
            : `${formatNumber(offset + 1)}–${formatNumber(offset + problems.length)} of ${plural(total, "problem")}`}
          <button
            type="button"
            className="btn small icon"
            aria-label="Problems before"
            disabled={offset === 0}
            onClick={() => setOffset(String(Math.max(0, offset - PAGE)))}
          >
            <Glyph name="left" />
          </button>
          <button
            type="button"
            className="btn small icon"
            aria-label="Problems after"
            disabled={offset + PAGE >= total}
            onClick={() => setOffset(String(offset + PAGE))}
          >
            <Glyph name="right" />
          </button>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && problems.length === 0 && (
        <Empty>{nothingAnswered(status, correct === "any")}</Empty>
      )}
      {problem !== undefined && (
        <div className="samplecols bt">
          <div className="region">
            <VirtualGrid
              label="Problems"
              columns={COLUMNS}
              rows={problems}
              rowKey={(row) => String(row.problemIndex)}
              chosen={at}
              onChoose={setChosen}
            />
          </div>
          <div className="region">
            <Samples key={problem.problemIndex} runId={runId} problem={problem} />
          </div>
        </div>
      )}
    </>
  );
}
