/** A record written by hand: an empty one to fill in, saved at the dataset's end as an edit that undo takes back. */
import { useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import type { DatasetId, RecordMessages } from "#shared/schema/dataset.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { CarriedFields } from "./carried-fields.tsx";
import { goldOf, metadataOf, rowProblem, tagsOf } from "./carried-text.ts";
import { Dialog } from "../dialog.tsx";
import { KeyCaps } from "../key-caps.tsx";
import { dropNewRecord, keepNewRecord, readNewRecord } from "./new-record-draft.ts";
import type { NewRecordDraft } from "./new-record-draft.ts";
import { FailureNotice } from "../region-state.tsx";

const TEXTS = [
  { part: "prompt", label: "Prompt", rows: 3 },
  { part: "reasoning", label: "Reasoning, without <think> tags", rows: 4 },
  { part: "answer", label: "Answer", rows: 2 },
] as const;

/** Without an answer the record waits for a teacher or a later edit. */
function messagesOf({ prompt, reasoning, answer }: NewRecordDraft): RecordMessages {
  const asked = { role: "user", content: prompt, reasoning: null } as const;
  if (answer.trim() === "" && reasoning.trim() === "") return [asked];
  return [
    asked,
    {
      role: "assistant",
      content: answer,
      reasoning: reasoning.trim() === "" ? null : reasoning,
    },
  ];
}

export interface AddRecordProps {
  readonly datasetId: DatasetId;
  readonly workspace: string;
  readonly onClose: () => void;
}

export function AddRecord({ datasetId, workspace, onClose }: AddRecordProps): ReactNode {
  const [draft, setDraft] = useState(() => readNewRecord(workspace, datasetId));
  const [asked, setAsked] = useState(false);
  const act = useAct();
  const names = useQuery(metadataNamesQuery(datasetId)).data ?? [];
  const type = (next: NewRecordDraft): void => {
    setDraft(next);
    keepNewRecord(workspace, datasetId, next);
  };
  const missing = draft.prompt.trim() === "";
  const save = (): void => {
    setAsked(true);
    if (missing || act.busy || rowProblem(draft.carried) !== undefined) return;
    void act.run(async () => {
      const { ids } = await host.datasets.records.add({
        datasetId,
        records: [
          {
            messages: messagesOf(draft),
            source: { kind: "written" },
            reference: { gold: goldOf(draft.carried) },
            tags: tagsOf(draft.carried),
            entries: [...metadataOf(draft.carried)].map(([key, value]) => ({ key, value })),
          },
        ],
      });
      dropNewRecord(workspace, datasetId);
      onClose();
      navigate(
        hrefTo(["curation"], { dataset: datasetId, queue: "all", record: String(ids[0] ?? "") }),
      );
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
          <label key={part} className="field">
            <span className="s12 t2">{label}</span>
            <textarea
              className="input carriedtext"
              {...(part === "prompt" ? { "data-autofocus": true } : {})}
              rows={rows}
              dir="auto"
              spellCheck={false}
              aria-invalid={part === "prompt" && asked && missing}
              value={draft[part]}
              onChange={(event) => type({ ...draft, [part]: event.currentTarget.value })}
            />
          </label>
        ))}
        {asked && missing && (
          <p className="s12 warn" role="alert">
            A record begins with a prompt: write what is asked.
          </p>
        )}
        <CarriedFields
          carried={draft.carried}
          focused={false}
          names={names}
          onCarried={(carried) =>
            type({ ...draft, carried: { ...carried, rows: [...carried.rows] } })
          }
        />
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex dialogacts">
          <span className="grow s12 t3">Without an answer it waits for a teacher or an edit.</span>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={act.busy}>
            Add <KeyCaps keys="Mod+Enter" />
          </button>
        </div>
      </form>
    </Dialog>
  );
}
