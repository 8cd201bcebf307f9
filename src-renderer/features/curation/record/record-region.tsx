/** Middle: one record large, to be read, judged and edited. */
import { useState } from "react";
import type { ReactNode, RefObject } from "react";
import type { DatasetRecord, RecordFacts, RecordId, RecordStatus } from "#shared/schema/dataset.ts";
import type { LiveRecord } from "#renderer/bridge/use-records.ts";
import type { Waiting } from "#renderer/bridge/outbox.ts";
import { formatNumber, formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { GlyphName } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { dropDraft, readDraft } from "./drafts.ts";
import type { Draft } from "./drafts.ts";
import type { RecordView } from "../place.ts";
import { RecordBody } from "./record-body.tsx";
import { RecordEditor } from "./record-editor.tsx";
import type { EditedText } from "./record-editor.tsx";
import { TagLine } from "./tag-line.tsx";
import { UnsavedNotice } from "./unsaved-notice.tsx";
import type { Failure } from "#renderer/bridge/failure.ts";

const STATUS_MARKS: Readonly<
  Record<RecordStatus, { readonly glyph: GlyphName; readonly tone: string }>
> = {
  pending: { glyph: "circle", tone: "" },
  accepted: { glyph: "check", tone: "pass" },
  rejected: { glyph: "cross", tone: "fail" },
  flagged: { glyph: "warn", tone: "warn" },
};

export interface RecordRegionProps {
  readonly live: LiveRecord;
  readonly datasetName: string;
  readonly workspace: string;
  readonly view: RecordView;
  readonly onView: (view: RecordView) => void;
  readonly folded: ReadonlySet<number>;
  readonly onFold: (step: number) => void;
  readonly editing: boolean;
  readonly chosenCount: number;
  readonly tags: readonly string[];
  readonly tagField: RefObject<HTMLInputElement | null>;
  readonly failure: Failure | undefined;
  readonly undoLabel: string | undefined;
  readonly empty: ReactNode;
  readonly onToggleTag: (tag: string) => void;
  readonly onText: (edited: EditedText) => void;
  readonly onFacts: (facts: RecordFacts) => void;
  readonly onEdit: (editing: boolean) => void;
  readonly onSave: (status?: RecordStatus) => void;
  readonly onDecide: (status: RecordStatus) => void;
  readonly onSkip: () => void;
  readonly onRestore: () => void;
  readonly onBulk: () => void;
  readonly onRefusedText: (waiting: Waiting) => void;
}

function RecordHead(props: RecordRegionProps & { readonly record: DatasetRecord }): ReactNode {
  const { record, datasetName, view, editing, onView, live } = props;
  const mark = STATUS_MARKS[record.status];
  return (
    <div className="head bb recordhead">
      <h2>Record {formatNumber(record.position)}</h2>
      <span className="note ell opt">{datasetName}</span>
      <span className={`tag ${mark.tone}`}>
        <Glyph name={mark.glyph} />
        {record.status}
      </span>
      {record.revision > 0 && <span className="tag">edited</span>}
      {live.waiting.length > 0 && <span className="tag warn">not saved yet</span>}
      {!editing && (
        <span className="end flex">
          <Segments
            slim
            label="View"
            value={view}
            onChange={onView}
            segments={[
              { value: "text", label: "Text" },
              {
                value: "changes",
                label: (
                  <>
                    Changes&nbsp;
                    <KeyCaps keys="D" />
                  </>
                ),
              },
              {
                value: "raw",
                label: (
                  <>
                    Raw&nbsp;
                    <KeyCaps keys="W" />
                  </>
                ),
              },
            ]}
          />
        </span>
      )}
    </div>
  );
}

function DraftLine({
  draft,
  onEdit,
  onDrop,
}: {
  readonly draft: Draft;
  readonly onEdit: () => void;
  readonly onDrop: () => void;
}): ReactNode {
  const now = useNow(60_000);
  return (
    <div className="notice warn" role="status">
      <Glyph name="warn" className="warn" />
      <span className="grow">
        A draft from {formatWhen(draft.atMs, now)} is not saved.{" "}
        <button type="button" className="linkbtn" onClick={onEdit}>
          Go on with it
        </button>
      </span>
      <button type="button" className="linkbtn" onClick={onDrop}>
        Throw it away
      </button>
    </div>
  );
}

function ReadingBar(props: RecordRegionProps & { readonly record: DatasetRecord }): ReactNode {
  const { record, chosenCount, undoLabel, onDecide, onEdit, onSkip, onRestore, onBulk } = props;
  const many = chosenCount > 0 ? ` ${formatNumber(chosenCount)}` : "";
  const edited = record.revision > 0 && chosenCount === 0 ? " edited" : "";
  return (
    <div className="actbar">
      <button type="button" className="btn primary" onClick={() => onDecide("accepted")}>
        Accept{many}
        {edited} <KeyCaps keys="A" />
      </button>
      <button type="button" className="btn" onClick={() => onDecide("rejected")}>
        Reject{many} <KeyCaps keys="R" />
      </button>
      <button type="button" className="btn" onClick={() => onDecide("flagged")}>
        Flag{many} <KeyCaps keys="F" />
      </button>
      <button type="button" className="btn" onClick={() => onEdit(true)}>
        Edit <KeyCaps keys="E" />
      </button>
      {record.revision > 0 && (
        <button type="button" className="btn" onClick={onRestore}>
          Restore <KeyCaps keys="O" />
        </button>
      )}
      <button type="button" className="btn quiet" onClick={onSkip}>
        Skip <KeyCaps keys="S" />
      </button>
      <button type="button" className="btn quiet" onClick={onBulk}>
        Change many… <KeyCaps keys="B" />
      </button>
      {undoLabel !== undefined && (
        <span className="end flex s12 t3 undohint">
          <span className="ell">Undo: {undoLabel}</span> <KeyCaps keys="Mod+Z" />
        </span>
      )}
    </div>
  );
}

function EditingBar({ onSave, onEdit }: RecordRegionProps): ReactNode {
  return (
    <div className="actbar">
      <button type="button" className="btn primary" onClick={() => onSave()}>
        Save <KeyCaps keys="Mod+Enter" />
      </button>
      <button type="button" className="btn" onClick={() => onSave("accepted")}>
        Save and accept <KeyCaps keys="Mod+Shift+Enter" />
      </button>
      <button type="button" className="btn quiet" onClick={() => onEdit(false)}>
        Leave <KeyCaps keys="Escape" />
      </button>
      <span className="end s12 t3">The draft is kept</span>
    </div>
  );
}

/** Keyed by the record: drafts are looked up once for each. */
function OneRecord(props: RecordRegionProps & { readonly record: DatasetRecord }): ReactNode {
  const { record, workspace, editing, live, view, folded, failure } = props;
  const [draft, setDraft] = useState(() => readDraft(workspace, record.id));
  return (
    <>
      <RecordHead {...props} />
      {failure !== undefined && <FailureNotice failure={failure} />}
      <UnsavedNotice record={record} waiting={live.waiting} onDraft={props.onRefusedText} />
      {!editing && draft !== undefined && (
        <DraftLine
          draft={draft}
          onEdit={() => props.onEdit(true)}
          onDrop={() => {
            dropDraft(workspace, record.id);
            setDraft(undefined);
          }}
        />
      )}
      <div className="grow scroll recordbody" tabIndex={0} role="group" aria-label="The record">
        {editing ? (
          <RecordEditor
            record={record}
            workspace={workspace}
            draft={draft}
            onText={props.onText}
            onFacts={props.onFacts}
            onLeave={() => props.onEdit(false)}
          />
        ) : (
          <RecordBody
            messages={record.messages}
            original={record.original}
            view={view}
            folded={folded}
            onFold={props.onFold}
          />
        )}
        <TagLine
          tags={record.tags}
          offered={props.tags}
          field={props.tagField}
          onToggle={props.onToggleTag}
        />
      </div>
      {editing ? <EditingBar {...props} /> : <ReadingBar {...props} />}
    </>
  );
}

export function RecordRegion(
  props: RecordRegionProps & { readonly id: RecordId | undefined },
): ReactNode {
  const { live, id, editing } = props;
  return (
    <section className="region" aria-label="Record">
      {id === undefined ? (
        props.empty
      ) : live.gone ? (
        <Empty>This record is no longer in the dataset. Undo may bring it back.</Empty>
      ) : live.record === undefined ? (
        <SkeletonRows rows={10} />
      ) : (
        // Leaving the editor looks the draft up again.
        <OneRecord key={`${String(id)}.${String(editing)}`} {...props} record={live.record} />
      )}
    </section>
  );
}
