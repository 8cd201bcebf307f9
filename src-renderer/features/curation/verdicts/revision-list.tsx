/** A record's revisions, the newest first, with the versions and runs that hold each. */
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { DatasetRecord, RecordId } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatWhen } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { useNow } from "#renderer/ui/use-now.ts";

/** The versions that hold a record are asked for once the reviewer has stayed with it so long. */
const REST_MS = 300;

type Held = Awaited<ReturnType<typeof host.datasets.records.lineage>>[number];

/** Whether the reviewer has stayed with the record for a moment. */
function useRested(id: RecordId): boolean {
  const [restedId, setRestedId] = useState<RecordId>();
  useEffect(() => {
    const timer = window.setTimeout(() => setRestedId(id), REST_MS);
    return () => window.clearTimeout(timer);
  }, [id]);
  return restedId === id;
}

/** Versions of the dataset that hold the record, by revision. */
function useLineage(record: DatasetRecord): readonly Held[] {
  const rested = useRested(record.id);
  return (
    useQuery(
      rested
        ? {
            key: `lineage:${String(record.id)}`,
            topics: [`records:${record.datasetId}`],
            fetch: (signal) => host.datasets.records.lineage({ recordId: record.id }, { signal }),
          }
        : undefined,
    ).data ?? []
  );
}

/** The versions that hold a revision, and the runs that trained on each. */
function HeldBy({ versions }: { readonly versions: readonly Held[] }): ReactNode {
  return versions.map(({ ref, runs }) => (
    <span key={ref} className="t3">
      {" "}
      · <span className="mono">{ref}</span>
      {runs.map((runId) => (
        <span key={runId}>
          {" → "}
          <a className="link" href={hrefTo(["run", runId])}>
            {runId}
          </a>
        </span>
      ))}
    </span>
  ));
}

export interface RevisionListProps {
  readonly record: DatasetRecord;
  readonly onRestore: (revision: number) => void;
}

export function RevisionList({ record, onRestore }: RevisionListProps): ReactNode {
  const now = useNow(60_000);
  const lineage = useLineage(record);
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
        {record.revisions.toReversed().map(({ number, author, createdAtMs }) => (
          <li key={number} className="flex s12">
            <span className="tn sn">{number}</span>
            <span className="grow ell t2">
              {number === 0 ? "original, " : ""}
              {visibleText(author)}
              <HeldBy versions={lineage.filter(({ revision }) => revision === number)} />
            </span>
            {number === record.revision ? (
              <span className="tag">in force</span>
            ) : (
              <button
                type="button"
                className="linkbtn"
                aria-label={`Restore revision ${String(number)}`}
                onClick={() => onRestore(number)}
              >
                Restore
              </button>
            )}
            <span className="t3 nowrap">{formatWhen(createdAtMs, now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
