/** Two versions, record by record: what came, what went, what was edited. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { RecordMessages } from "#shared/schema/dataset.ts";
import { joinReasoning } from "#shared/schema/record-text.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DiffText } from "#renderer/ui/text/diff-text.tsx";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { diffTexts } from "#renderer/ui/text/word-diff.ts";

const AT_ONCE = 50;
const SHOWN_CHARACTERS = 4000;

function textOf(messages: RecordMessages | null): string {
  return (messages ?? [])
    .map((message) => joinReasoning(message))
    .join("\n\n")
    .slice(0, SHOWN_CHARACTERS);
}

const WORDS = { added: "came", removed: "went", changed: "edited", same: "same" } as const;

export interface CompareRegionProps {
  readonly from: string;
  readonly to: string;
  readonly onClose: () => void;
}

export function CompareRegion({ from, to, onClose }: CompareRegionProps): ReactNode {
  const [offset, setOffset] = useState(0);
  const query = useQuery({
    key: `compare-versions:${from}:${to}:${String(offset)}`,
    topics: [],
    fetch: (signal) =>
      host.datasets.versions.compare({ from, to, offset, limit: AT_ONCE }, { signal }),
  });
  const { data } = query;
  return (
    <section className="region" aria-label="Comparison of versions">
      <div className="head bb">
        <h2>
          <span className="mono">{from}</span> → <span className="mono">{to}</span>
        </h2>
        {data !== undefined && (
          <span className="note">
            {formatNumber(data.added)} came, {formatNumber(data.removed)} went,{" "}
            {formatNumber(data.changed)} edited, {formatNumber(data.same)} the same
          </span>
        )}
        <button type="button" className="btn small end" onClick={onClose}>
          Close
        </button>
      </div>
      {query.failure !== undefined && <FailureNotice failure={query.failure} />}
      {data === undefined && query.failure === undefined && <SkeletonRows rows={8} />}
      {data !== undefined && (
        <>
          <ul className="grow scroll" tabIndex={0} aria-label="Records that differ">
            {data.rows.map((row) => (
              <li key={row.recordId} className="previewrow s12">
                <span className="mono t3 lineno">{formatNumber(row.position)}</span>
                <div className="grow">
                  <div className="t3">
                    {WORDS[row.kind]}
                    {row.fromRevision !== row.toRevision &&
                      row.kind === "changed" &&
                      `, revision ${String(row.fromRevision)} → ${String(row.toRevision)}`}
                  </div>
                  {row.details.map(({ name, from: before, to: after }) => (
                    <div key={name}>
                      <span className="t3">{name === "gold" ? "right answer" : name}</span>{" "}
                      <DiffText parts={diffTexts(before ?? "", after ?? "").parts} />
                    </div>
                  ))}
                  <div className="plaintext" dir="auto">
                    <DiffText parts={diffTexts(textOf(row.from), textOf(row.to)).parts} />
                  </div>
                </div>
              </li>
            ))}
          </ul>
          <div className="flex s12 t3 bt comparefoot">
            <span>
              {data.total === 0
                ? "They hold the same records."
                : `${formatNumber(offset + 1)}–${formatNumber(offset + data.rows.length)} of ${plural(data.total, "difference")}`}
            </span>
            <span className="end flex">
              <button
                type="button"
                className="btn small"
                disabled={offset === 0}
                onClick={() => setOffset(Math.max(0, offset - AT_ONCE))}
              >
                Back
              </button>
              <button
                type="button"
                className="btn small"
                disabled={offset + AT_ONCE >= data.total}
                onClick={() => setOffset(offset + AT_ONCE)}
              >
                On
              </button>
            </span>
          </div>
        </>
      )}
    </section>
  );
}
