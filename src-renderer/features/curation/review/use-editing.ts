/** Editing: the text of the record at hand under the editor, saved alone or with a decision. */
import { useCallback, useRef } from "react";
import type { Dispatch } from "react";
import type { DatasetId, RecordFacts, RecordStatus } from "#shared/schema/dataset.ts";
import { outbox } from "#renderer/bridge/records/outbox.ts";
import type { Waiting } from "#renderer/bridge/records/outbox.ts";
import { dropDraft, writeDraft } from "../editing/drafts.ts";
import type { EditedText } from "../editing/drafts.ts";
import { sameMessages } from "../record/record-parts.ts";
import type { ReviewAction, ReviewState } from "./review-state.ts";
import type { Reading } from "./use-reading.ts";

export interface Editing {
  /** The record at hand is under the editor. */
  readonly on: boolean;
  /** Verdicts on the text as typed; undefined while nothing is. */
  readonly facts: RecordFacts | undefined;
  readonly begin: () => void;
  /** Leaves the editor; what was typed stays as a draft. */
  readonly leave: () => void;
  readonly save: (status?: RecordStatus) => void;
  /** Tells the text as typed, for `save`. */
  readonly onText: (text: EditedText) => void;
  readonly onFacts: (facts: RecordFacts) => void;
  /** Puts a text that the host refused back under the editor. */
  readonly reopenRefused: (waiting: Waiting) => void;
}

/** A text that is as before is no edit: only the decision is sent. */
function send(
  datasetId: DatasetId,
  live: Reading["live"],
  text: EditedText,
  status: RecordStatus | undefined,
): void {
  const { record } = live;
  if (record === undefined) return;
  const recordIds = [record.id];
  if (!sameMessages(text.messages, record.messages))
    outbox.add({
      kind: "text",
      datasetId,
      recordIds,
      ...text,
      ...(status === undefined ? {} : { status }),
    });
  else if (status !== undefined) outbox.add({ kind: "status", datasetId, recordIds, status });
}

export function useEditing(
  datasetId: DatasetId,
  workspace: string,
  { id, live, goOn }: Reading,
  edited: ReviewState["edited"],
  dispatch: Dispatch<ReviewAction>,
): Editing {
  const typed = useRef<EditedText>(undefined);
  const { record } = live;
  const on = id !== undefined && edited?.id === id;
  const onText = useCallback((text: EditedText) => {
    typed.current = text;
  }, []);
  const onFacts = useCallback(
    (facts: RecordFacts) => dispatch({ type: "judge", facts }),
    [dispatch],
  );
  const begin = (): void => {
    typed.current = undefined;
    if (id === undefined || record === undefined) dispatch({ type: "leave-editor" });
    else dispatch({ type: "edit", id });
  };
  const leave = (): void => {
    typed.current = undefined;
    dispatch({ type: "leave-editor" });
  };
  return {
    on,
    facts: on ? edited.facts : undefined,
    begin,
    leave,
    save: (status) => {
      const text = typed.current;
      if (!on || record === undefined || text === undefined) return;
      send(datasetId, live, text, status);
      leave();
      dropDraft(workspace, id);
      if (status !== undefined) goOn();
    },
    onText,
    onFacts,
    reopenRefused: ({ entry }) => {
      if (entry.kind !== "text" || record === undefined) return;
      writeDraft(workspace, record.id, {
        messages: entry.messages,
        fromRevision: live.kept?.revision ?? record.revision,
        atMs: Date.now(),
      });
      outbox.discard(entry.key);
      begin();
    },
  };
}
