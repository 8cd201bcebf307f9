/** Right: verdicts on the text, where the record came from, its revisions, and how the review goes. */
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import type {
  DatasetId,
  DatasetRecord,
  RecordFacts,
  RecordId,
  RecordSource,
} from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatDuration, formatNumber, formatUsd, formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { GlyphName } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { SOURCE_NAMES } from "#renderer/ui/records/source-names.ts";
import { useNow } from "#renderer/ui/use-now.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { verdictLines, verdictSummary } from "./verdict-lines.ts";
import type { VerdictTone } from "./verdict-lines.ts";

/** The figures of the review change slowly; where versions hold the record can wait. */
const REVIEW_EVERY_MS = 5000;
const REST_MS = 300;

const MARKS: Readonly<
  Record<VerdictTone, { readonly glyph: GlyphName; readonly tone: string; readonly word: string }>
> = {
  pass: { glyph: "check", tone: "pass", word: "passes" },
  warn: { glyph: "warn", tone: "warn", word: "to look at" },
  fail: { glyph: "cross", tone: "fail", word: "fails" },
  none: { glyph: "dash", tone: "t3", word: "no verdict" },
};

export function recordHref(datasetId: DatasetId, id: RecordId): string {
  return hrefTo(["curation"], { dataset: datasetId, queue: "all", record: String(id) });
}

function Verdicts({
  facts,
  datasetId,
  typed,
}: {
  readonly facts: RecordFacts;
  readonly datasetId: DatasetId;
  readonly typed: boolean;
}): ReactNode {
  const lines = verdictLines(facts);
  return (
    <section aria-label="Verdicts">
      <div className="head">
        <h2>Verdicts</h2>
        <span className="note end">{typed ? "on the text as typed" : verdictSummary(lines)}</span>
      </div>
      <ul className="verdictlist">
        {lines.map((line) => (
          <li key={line.name} className="vd">
            <Glyph
              name={MARKS[line.tone].glyph}
              className={MARKS[line.tone].tone}
              label={MARKS[line.tone].word}
            />
            <div className="grow">
              <span className="med">{line.name}</span>
              <div className="t3 break">
                {visibleText(line.detail)}{" "}
                {line.record !== undefined && (
                  <a className="link" href={recordHref(datasetId, line.record.id)}>
                    {line.record.label}
                  </a>
                )}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function samplingText(source: RecordSource): string {
  return Object.entries(source.sampling ?? {})
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
}

function Source({
  record,
  onDetails,
}: {
  readonly record: DatasetRecord;
  readonly onDetails: () => void;
}): ReactNode {
  const { source, reference, metadata } = record;
  const sampling = samplingText(source);
  const rows: readonly (readonly [string, ReactNode])[] = [
    [
      "From",
      source.file === null
        ? SOURCE_NAMES[source.kind]
        : `${source.file}${source.line === null ? "" : `, line ${formatNumber(source.line)}`}`,
    ],
    ...(source.teacher === null ? [] : [["Teacher", source.teacher] as const]),
    ...(source.runId === null
      ? []
      : [
          [
            "Run",
            <a key="run" className="link" href={hrefTo(["run", source.runId])}>
              {source.runId}
            </a>,
          ] as const,
        ]),
    ...(sampling === "" ? [] : [["Sampling", sampling] as const]),
    ...(reference.task === null ? [] : [["Task", reference.task] as const]),
    ...(reference.gold === null ? [] : [["Right answer", reference.gold] as const]),
    ...(source.costUsd === null ? [] : [["Cost", formatUsd(source.costUsd)] as const]),
    ...Object.entries(metadata)
      .slice(0, 12)
      .map(
        ([name, value]) =>
          [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
      ),
  ];
  return (
    <section aria-label="Where it came from">
      <div className="head bt">
        <h2>Where it came from</h2>
        <button type="button" className="btn quiet small end" onClick={onDetails}>
          Change <KeyCaps keys="M" />
        </button>
      </div>
      <dl className="kv asidekv">
        {rows.map(([name, value]) => (
          <div key={name} className="kvrow">
            <dt className="ell">{visibleText(name)}</dt>
            <dd title={typeof value === "string" ? value.slice(0, 1000) : undefined}>
              {typeof value === "string" ? visibleText(value.slice(0, 300)) : value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Whether the reviewer has stayed with the record for a moment. */
function useRested(id: RecordId): boolean {
  const [restedId, setRestedId] = useState<RecordId>();
  useEffect(() => {
    const timer = window.setTimeout(() => setRestedId(id), REST_MS);
    return () => window.clearTimeout(timer);
  }, [id]);
  return restedId === id;
}

function Revisions({
  record,
  onRestore,
}: {
  readonly record: DatasetRecord;
  readonly onRestore: (revision: number) => void;
}): ReactNode {
  const now = useNow(60_000);
  const rested = useRested(record.id);
  const lineage = useQuery(
    rested
      ? {
          key: `lineage:${String(record.id)}`,
          topics: [`records:${record.datasetId}`],
          fetch: (signal) => host.datasets.records.lineage({ recordId: record.id }, { signal }),
        }
      : undefined,
  ).data;
  return (
    <section aria-label="Revisions">
      <div className="head bt">
        <h2>Revisions</h2>
        {record.revision > 0 && (
          <span className="note end opt">
            Restore the original <KeyCaps keys="O" />
          </span>
        )}
      </div>
      <ul className="revisions">
        {record.revisions.toReversed().map((revision) => {
          const held = lineage?.filter((one) => one.revision === revision.number) ?? [];
          return (
            <li key={revision.number} className="flex s12">
              <span className="tn sn">{revision.number}</span>
              <span className="grow ell t2">
                {revision.number === 0 ? "original, " : ""}
                {visibleText(revision.author)}
                {held.map((one) => (
                  <span key={one.ref} className="t3">
                    {" "}
                    · <span className="mono">{one.ref}</span>
                    {one.runs.map((runId) => (
                      <span key={runId}>
                        {" → "}
                        <a className="link" href={hrefTo(["run", runId])}>
                          {runId}
                        </a>
                      </span>
                    ))}
                  </span>
                ))}
              </span>
              {revision.number === record.revision ? (
                <span className="tag">in force</span>
              ) : (
                <button
                  type="button"
                  className="linkbtn"
                  aria-label={`Restore revision ${String(revision.number)}`}
                  onClick={() => onRestore(revision.number)}
                >
                  Restore
                </button>
              )}
              <span className="t3 nowrap">{formatWhen(revision.createdAtMs, now)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Session({ datasetId }: { readonly datasetId: DatasetId }): ReactNode {
  const review = useQuery(
    {
      key: `review:${datasetId}`,
      topics: [`records:${datasetId}`],
      fetch: (signal) => host.datasets.review.statistics({ datasetId }, { signal }),
    },
    { everyMs: REVIEW_EVERY_MS },
  ).data;
  const latest = review?.reviewers.toSorted((a, b) => b.lastAtMs - a.lastAtMs)[0];
  if (review === undefined || latest === undefined) return null;
  const figures = [
    [latest.accepted, "accepted"],
    [latest.edited, "edited"],
    [latest.rejected, "rejected"],
    [latest.skipped, "skipped"],
  ] as const;
  return (
    <section aria-label="Review">
      <div className="head bt">
        <h2>Review</h2>
        <span className="note end">
          {visibleText(latest.reviewer)}, {formatDuration(latest.activeMs)}
        </span>
      </div>
      <div className="review">
        <div className="cnt s11 t3">
          {figures.map(([count, name]) => (
            <div key={name}>
              <b>{formatNumber(count)}</b>
              {name}
            </div>
          ))}
        </div>
        <div className="flex s12">
          <span className="med">
            {latest.recordsPerHour === null
              ? "Records an hour: after two minutes"
              : `${formatNumber(latest.recordsPerHour)} records an hour`}
          </span>
          {latest.costUsd !== null && <span className="t3 end">{formatUsd(latest.costUsd)}</span>}
        </div>
        <p className="s11 t3">
          Pauses over {formatDuration(review.pauseLimitMs)} are not counted. This sitting:{" "}
          {formatNumber(latest.session.records)} in {formatDuration(latest.session.activeMs)}.
        </p>
      </div>
    </section>
  );
}

export interface VerdictsAsideProps {
  readonly record: DatasetRecord | undefined;
  readonly datasetId: DatasetId;
  /** On the text being typed; undefined while nothing is. */
  readonly typedFacts: RecordFacts | undefined;
  readonly onRestore: (revision: number) => void;
  readonly onDetails: () => void;
}

export function VerdictsAside({
  record,
  datasetId,
  typedFacts,
  onRestore,
  onDetails,
}: VerdictsAsideProps): ReactNode {
  return (
    <aside className="region scroll verdictaside" aria-label="Verdicts and source" tabIndex={0}>
      {record !== undefined && (
        <>
          <Verdicts
            facts={typedFacts ?? record.facts}
            datasetId={datasetId}
            typed={typedFacts !== undefined}
          />
          <Source record={record} onDetails={onDetails} />
          <Revisions record={record} onRestore={onRestore} />
        </>
      )}
      <Session datasetId={datasetId} />
    </aside>
  );
}
