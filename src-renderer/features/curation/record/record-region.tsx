/** Middle: the record at hand, to be read or edited, and the acts on it. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetRecord } from "#shared/schema/dataset.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { DraftLine } from "../editing/draft-line.tsx";
import { dropDraft, readDraft } from "../editing/drafts.ts";
import { EditingBar } from "../editing/editing-bar.tsx";
import { RecordEditor } from "../editing/record-editor.tsx";
import { UnsavedNotice } from "../editing/unsaved-notice.tsx";
import { useReview } from "../review/review-value.ts";
import { ReadingBar } from "./reading-bar.tsx";
import { RecordBody } from "./record-body.tsx";
import { RecordHead } from "./record-head.tsx";
import { TagLine } from "./tag-line.tsx";

/** Keyed by the record and by whether it is edited, so that a draft is looked up once for each. */
function RecordAtHand({ record }: { readonly record: DatasetRecord }): ReactNode {
  const { workspace, place, reading, folds, editing, failure } = useReview();
  const [draft, setDraft] = useState(() => readDraft(workspace, record.id));
  return (
    <>
      <RecordHead record={record} />
      {failure !== undefined && <FailureNotice failure={failure} />}
      <UnsavedNotice waiting={reading.live.waiting} onDraft={editing.reopenRefused} />
      {!editing.on && draft !== undefined && (
        <DraftLine
          draft={draft}
          onEdit={editing.begin}
          onDrop={() => {
            dropDraft(workspace, record.id);
            setDraft(undefined);
          }}
        />
      )}
      <div className="grow scroll recordbody" tabIndex={0} role="group" aria-label="The record">
        {editing.on ? (
          <RecordEditor record={record} draft={draft} />
        ) : (
          <RecordBody
            messages={record.messages}
            original={record.original}
            view={place.view}
            folded={folds.steps}
            onFold={folds.toggle}
          />
        )}
        <TagLine tags={record.tags} />
      </div>
      {editing.on ? <EditingBar /> : <ReadingBar record={record} />}
    </>
  );
}

function RecordOrWhyNone(): ReactNode {
  const { reading, editing } = useReview();
  const { id, live } = reading;
  if (id === undefined) return <Empty>Nothing is chosen.</Empty>;
  if (live.gone)
    return <Empty>This record is no longer in the dataset. Undo may bring it back.</Empty>;
  if (live.record === undefined) return <SkeletonRows rows={10} />;
  return <RecordAtHand key={`${String(id)}.${String(editing.on)}`} record={live.record} />;
}

export function RecordRegion(): ReactNode {
  return (
    <section className="region" aria-label="Record">
      <RecordOrWhyNone />
    </section>
  );
}
