/** Right: verdicts on the record at hand, where it came from, its revisions, and how the review goes. */
import type { ReactNode } from "react";
import { useReview } from "../review/review-value.ts";
import { RecordSource } from "./record-source.tsx";
import { ReviewFigures } from "./review-figures.tsx";
import { RevisionList } from "./revision-list.tsx";
import { VerdictList } from "./verdict-list.tsx";

export function VerdictsAside(): ReactNode {
  const { dataset, reading, editing, decisions, dialogs } = useReview();
  const { record } = reading.live;
  return (
    <aside className="region scroll verdictaside" aria-label="Verdicts and source" tabIndex={0}>
      {record !== undefined && (
        <>
          <VerdictList
            facts={editing.facts ?? record.facts}
            datasetId={dataset.id}
            typed={editing.facts !== undefined}
          />
          <RecordSource record={record} onDetails={() => dialogs.open("details")} />
          <RevisionList record={record} onRestore={decisions.restore} />
        </>
      )}
      <ReviewFigures datasetId={dataset.id} />
    </aside>
  );
}
