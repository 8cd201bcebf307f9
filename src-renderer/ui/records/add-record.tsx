/** A record written by hand: an empty one to fill in, saved at the dataset's end as an edit that undo takes back. */
import { useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import type { DatasetId, RecordMessages } from "#shared/schema/dataset.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DialogFoot } from "../dialog-foot.tsx";
import { Dialog } from "../dialog.tsx";
import { Labelled } from "../fields/labelled.tsx";
import { KeyCaps } from "../key-caps.tsx";
import { DetailsFields } from "./details-fields.tsx";
import { dropNewRecord, readNewRecord, writeNewRecord } from "./new-record-draft.ts";
import type { NewRecordDraft } from "./new-record-draft.ts";
import { goldOf, metadataOf, rowProblem, tagsOf } from "./record-details.ts";

const TEXTS = [
  { part: "prompt", label: "Prompt", rows: 3 },
  { part: "reasoning", label: "Reasoning, without <think> tags", rows: 4 },
  { part: "answer", label: "Answer", rows: 2 },
] as const;

/** Without an answer the record waits for a teacher or a later edit. */
function messagesOf({ prompt, reasoning, answer }: NewRecordDraft): RecordMessages {
  const question = { role: "user", content: prompt, reasoning: null } as const;
  if (answer.trim() === "" && reasoning.trim() === "") return [question];
  return [
    question,
    {
      role: "assistant",
      content: answer,
      reasoning: reasoning.trim() === "" ? null : reasoning,
    },
  ];
}

/** Saves the record and gives its id. */
async function addWritten(datasetId: DatasetId, draft: NewRecordDraft): Promise<string> {
  const { ids } = await host.datasets.records.add({
    datasetId,
    records: [
      {
        messages: messagesOf(draft),
        source: { kind: "written" },
        reference: { gold: goldOf(draft.details) },
        tags: tagsOf(draft.details),
        entries: [...metadataOf(draft.details)].map(([key, value]) => ({ key, value })),
      },
    ],
  });
  return String(ids[0] ?? "");
}

export interface AddRecordProps {
  readonly datasetId: DatasetId;
  readonly workspace: string;
  readonly onClose: () => void;
}

export function AddRecord({ datasetId, workspace, onClose }: AddRecordProps): ReactNode {
  const [draft, setDraft] = useState(() => readNewRecord(workspace, datasetId));
  const [triedToSave, setTriedToSave] = useState(false);
  const act = useAct();
  const names = useQuery(metadataNamesQuery(datasetId)).data ?? [];
  const change = (part: Partial<NewRecordDraft>): void => {
    const next = { ...draft, ...part };
    setDraft(next);
    writeNewRecord(workspace, datasetId, next);
  };
  const missing = draft.prompt.trim() === "";
  const save = (): void => {
    setTriedToSave(true);
    if (missing || act.busy || rowProblem(draft.details) !== undefined) return;
    void act.run(async () => {
      const record = await addWritten(datasetId, draft);
      dropNewRecord(workspace, datasetId);
      onClose();
      // Among the pending ones, where a decision on it leads on to the next.
      navigate(hrefTo(["curation"], { dataset: datasetId, record }));
    });
  };
  const saveByKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    save();
  };
  return (
    <Dialog opened onClose={onClose} label="Add a record" headed size={680}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys are those of its fields */}
      <form
        onKeyDown={saveByKey}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {TEXTS.map(({ part, label, rows }) => (
          <Labelled key={part} layout="above" label={label}>
            <textarea
              className="input recordtext"
              {...(part === "prompt" ? { "data-autofocus": true } : {})}
              rows={rows}
              dir="auto"
              spellCheck={false}
              aria-invalid={part === "prompt" && triedToSave && missing}
              value={draft[part]}
              onChange={(event) => change({ [part]: event.currentTarget.value })}
            />
          </Labelled>
        ))}
        {triedToSave && missing && (
          <p className="s12 warn" role="alert">
            A record begins with a prompt: write what is asked.
          </p>
        )}
        <DetailsFields
          details={draft.details}
          focused={false}
          names={names}
          onDetails={(details) => change({ details })}
        />
        <DialogFoot
          act={act}
          note="Without an answer it waits for a teacher or an edit."
          onClose={onClose}
        >
          <button type="submit" className="btn primary" disabled={act.busy}>
            Add <KeyCaps keys="Mod+Enter" />
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
