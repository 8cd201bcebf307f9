/** Finished benchmarks and published scores to add to a comparison or take out of it. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { CompareCandidate, PublishedScore } from "#shared/schema/compare.ts";
import { candidatesQuery, publishedScoresQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatInterval, formatNumber, formatPercent, formatWhen } from "#renderer/ui/format.ts";
import { pipelineText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";

function matches(text: string, words: string): boolean {
  const lower = text.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => lower.includes(word));
}

function CandidateRow({
  candidate,
  checked,
  onToggle,
  now,
}: {
  readonly candidate: CompareCandidate;
  readonly checked: boolean;
  readonly onToggle: () => void;
  readonly now: number;
}): ReactNode {
  const { label, task, n, k, pass1, endedAtMs } = candidate;
  return (
    <label className="pickrow">
      <input type="checkbox" checked={checked} onChange={onToggle} />
      <span className="ell">
        <span className="med">{label}</span> <span className="t3">{pipelineText(candidate)}</span>
      </span>
      <span className="t3 ell">{task}</span>
      <span className="num">
        {formatPercent(pass1.value)}{" "}
        <span className="ci">{formatInterval(pass1.low, pass1.high)}</span>
      </span>
      <span className="num t3">
        {formatNumber(n)} · {formatNumber(k)}
      </span>
      <span className="num t3">{endedAtMs === null ? "" : formatWhen(endedAtMs, now)}</span>
    </label>
  );
}

function PublishedRow({
  score,
  checked,
  onToggle,
}: {
  readonly score: PublishedScore;
  readonly checked: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  return (
    <label className="pickrow published">
      <input type="checkbox" checked={checked} onChange={onToggle} />
      <span className="ell">{score.model}</span>
      <span className="t3 ell">
        {score.benchmark} {score.measure}
      </span>
      <span className="num">
        {score.isRating ? formatNumber(score.value) : formatPercent(score.value)}
      </span>
      <span className="t3 ell" title={score.source}>
        {score.source}
      </span>
      <span className="num t3">{score.date}</span>
    </label>
  );
}

export function AddDialog({
  ids,
  published,
  onIds,
  onPublished,
  onClose,
}: {
  readonly ids: readonly string[];
  readonly published: readonly string[];
  readonly onIds: (ids: readonly string[]) => void;
  readonly onPublished: (ids: readonly string[]) => void;
  readonly onClose: () => void;
}): ReactNode {
  const candidates = useQuery(candidatesQuery);
  const scores = useQuery(publishedScoresQuery);
  const [text, setText] = useState("");
  const now = useNow(60_000);
  const box = useRef<HTMLDivElement>(null);
  const toggled = (list: readonly string[], id: string): readonly string[] =>
    list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
  const runs = useMemo(
    () =>
      (candidates.data ?? []).filter((one) =>
        matches(`${one.label} ${pipelineText(one)} ${one.task} ${one.runId}`, text),
      ),
    [candidates.data, text],
  );
  const rows = useMemo(
    () =>
      (scores.data ?? []).filter(
        (one) => !one.isRating && matches(`${one.model} ${one.benchmark} ${one.measure}`, text),
      ),
    [scores.data, text],
  );
  return (
    <Dialog opened label="Add to the comparison" headed size={860} atTop onClose={onClose}>
      <input
        className="input"
        style={{ width: "100%", marginBottom: 8 }}
        aria-label="Find"
        placeholder="Find by model, pipeline, task or benchmark"
        value={text}
        data-autofocus
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          box.current?.querySelector("input")?.focus();
        }}
      />
      {candidates.failure !== undefined && (
        <FailureNotice failure={candidates.failure} onRetry={candidates.refresh} />
      )}
      {candidates.data === undefined && candidates.failure === undefined && <SkeletonRows />}
      <div ref={box} className="scroll picklist" tabIndex={-1}>
        <div className="pickhead s11 t3">Measured here, newest first</div>
        {candidates.data !== undefined && runs.length === 0 && (
          <Empty>
            No finished benchmark matches. Benchmarks of a recipe appear here as they end.
          </Empty>
        )}
        {runs.map((candidate) => (
          <CandidateRow
            key={candidate.runId}
            candidate={candidate}
            checked={ids.includes(candidate.runId) || ids.includes(candidate.pipelineId)}
            now={now}
            onToggle={() => onIds(toggled(ids, candidate.runId))}
          />
        ))}
        <div className="pickhead s11 t3">
          Published elsewhere; never mixed with what was measured
        </div>
        {rows.map((score) => (
          <PublishedRow
            key={score.id}
            score={score}
            checked={published.includes(score.id)}
            onToggle={() => onPublished(toggled(published, score.id))}
          />
        ))}
      </div>
      <div className="flex" style={{ marginTop: 12 }}>
        <button type="button" className="btn end" onClick={onClose}>
          Done <kbd aria-hidden="true">Esc</kbd>
        </button>
      </div>
    </Dialog>
  );
}
