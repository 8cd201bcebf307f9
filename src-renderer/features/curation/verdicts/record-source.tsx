/** Where a record came from, and its details. */
import type { ReactNode } from "react";
import type { DatasetRecord, RecordSource as Source } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatNumber, formatUsd } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { SOURCE_NAMES } from "#renderer/ui/records/source-names.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

/** Entries of metadata that are shown. */
const MOST_ENTRIES = 12;
const SHOWN_CHARACTERS = 300;
const TITLE_CHARACTERS = 1000;

function samplingText(source: Source): string {
  return Object.entries(source.sampling ?? {})
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
}

function sourceRows(record: DatasetRecord): readonly (readonly [string, ReactNode])[] {
  const { source, reference, metadata } = record;
  const sampling = samplingText(source);
  return [
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
      .slice(0, MOST_ENTRIES)
      .map(
        ([name, value]) =>
          [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
      ),
  ];
}

export interface RecordSourceProps {
  readonly record: DatasetRecord;
  readonly onDetails: () => void;
}

export function RecordSource({ record, onDetails }: RecordSourceProps): ReactNode {
  return (
    <section aria-label="Where it came from">
      <div className="head bt">
        <h2>Where it came from</h2>
        <button type="button" className="btn quiet small end" onClick={onDetails}>
          Change <KeyCaps keys="M" />
        </button>
      </div>
      <dl className="kv asidekv">
        {sourceRows(record).map(([name, value]) => (
          <div key={name} className="kvrow">
            <dt className="ell">{visibleText(name)}</dt>
            <dd title={typeof value === "string" ? value.slice(0, TITLE_CHARACTERS) : undefined}>
              {typeof value === "string" ? visibleText(value.slice(0, SHOWN_CHARACTERS)) : value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
