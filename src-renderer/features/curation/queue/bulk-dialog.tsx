/** One change of many records: all that match the filter, or the chosen ones. Shows what it would do before it does it. */
import { useId, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { BulkAction, RecordTarget } from "#shared/contract/dataset-records.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { RecordStatus } from "#shared/schema/dataset.ts";
import { metadataJson } from "#shared/schema/metadata-text.ts";
import { host } from "#renderer/bridge/host.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DiffText } from "#renderer/ui/text/diff-text.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { diffTexts } from "#renderer/ui/text/word-diff.ts";

const ACTIONS = {
  status: "Set the status",
  tags: "Add or remove a tag",
  gold: "Set the right answer",
  metadata: "Set metadata",
  "repair-format": "Repair the form",
  "remove-foreign-lines": "Remove lines in another language",
  "remove-repetition": "Remove repetition",
  deduplicate: "Keep one of each duplicate",
  "restore-original": "Restore the original text",
  delete: "Delete",
} as const satisfies Record<BulkAction["type"], string>;

type ActionType = BulkAction["type"];
const TYPES: readonly ActionType[] = [
  "status",
  "tags",
  "gold",
  "metadata",
  "repair-format",
  "remove-foreign-lines",
  "remove-repetition",
  "deduplicate",
  "restore-original",
  "delete",
];

const NOTES: Readonly<Record<ActionType, string>> = {
  status: "",
  tags: "",
  gold: "Verdicts follow the new right answer. Without one, none is known any more.",
  metadata:
    "Numbers, true, false, null, lists and objects are read as JSON; a number in quotes is a text. Without a value the entry goes.",
  "repair-format":
    "Tags are closed, stray ones removed, text around the answer moved. What cannot be repaired is left.",
  "remove-foreign-lines": "Lines of the reasoning in another script than the prompt's are removed.",
  "remove-repetition":
    "Sentences and lines of the reasoning that only repeat an earlier one are removed.",
  deduplicate: "One record of each cluster stays as it is; the others get the status.",
  "restore-original": "The model's own text becomes a new revision; the edited ones are kept.",
  delete: "The records leave the dataset. Published versions keep them; undo brings them back.",
};

interface Choice {
  readonly type: ActionType;
  readonly status: RecordStatus;
  /** What the other duplicates become. */
  readonly others: RecordStatus;
  readonly tag: string;
  readonly tagWay: "add" | "remove";
  readonly gold: string;
  readonly name: string;
  readonly value: string;
  readonly duplicates: "exact" | "near";
  readonly keep: "first" | "most-readable" | "shortest";
}

function actionOf(choice: Choice): BulkAction | undefined {
  switch (choice.type) {
    case "status":
      return { type: "status", status: choice.status };
    case "tags": {
      const tag = choice.tag.trim();
      if (tag === "") return undefined;
      return choice.tagWay === "add"
        ? { type: "tags", add: [tag], remove: [] }
        : { type: "tags", add: [], remove: [tag] };
    }
    case "gold":
      return { type: "gold", value: choice.gold.trim() === "" ? null : choice.gold };
    case "metadata": {
      const key = choice.name.trim();
      if (key === "") return undefined;
      const value = choice.value === "" ? null : metadataJson(choice.value);
      return { type: "metadata", key, value };
    }
    case "deduplicate":
      return {
        type: "deduplicate",
        duplicates: choice.duplicates,
        keep: choice.keep,
        status: choice.others,
      };
    default:
      return { type: choice.type };
  }
}

function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}): ReactNode {
  return (
    <label className="field">
      <span className="s12 t2">{label}</span>
      <select
        className="input"
        value={value}
        onChange={(event) => {
          const next = options.find((option) => option.value === event.currentTarget.value);
          if (next !== undefined) onChange(next.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

const NONE_OFFERED: readonly string[] = [];

function TextField({
  label,
  value,
  offered = NONE_OFFERED,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly offered?: readonly string[];
  readonly onChange: (value: string) => void;
}): ReactNode {
  const list = useId();
  return (
    <label className="field">
      <span className="s12 t2">{label}</span>
      <input
        className="input"
        list={list}
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={list}>
        {offered.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </datalist>
    </label>
  );
}

const named = <const Value extends string>(
  values: readonly Value[],
): readonly { readonly value: Value; readonly label: string }[] =>
  values.map((value) => ({ value, label: value.replaceAll("-", " ") }));

function Options({
  choice,
  names,
  onChoice,
}: {
  readonly choice: Choice;
  /** Of metadata. */
  readonly names: readonly string[];
  readonly onChoice: (choice: Choice) => void;
}): ReactNode {
  return (
    <div className="flex top bulkoptions">
      <Select
        label="Change"
        value={choice.type}
        options={TYPES.map((value) => ({ value, label: ACTIONS[value] }))}
        onChange={(type) => onChoice({ ...choice, type })}
      />
      {choice.type === "deduplicate" && (
        <>
          <Select
            label="Duplicates"
            value={choice.duplicates}
            options={named(["exact", "near"])}
            onChange={(duplicates) => onChoice({ ...choice, duplicates })}
          />
          <Select
            label="Keep"
            value={choice.keep}
            options={named(["first", "most-readable", "shortest"])}
            onChange={(keep) => onChoice({ ...choice, keep })}
          />
        </>
      )}
      {choice.type === "deduplicate" && (
        <Select
          label="The others become"
          value={choice.others}
          options={named(RecordStatus.options)}
          onChange={(others) => onChoice({ ...choice, others })}
        />
      )}
      {choice.type === "status" && (
        <Select
          label="Status"
          value={choice.status}
          options={named(RecordStatus.options)}
          onChange={(status) => onChoice({ ...choice, status })}
        />
      )}
      {choice.type === "gold" && (
        <TextField
          label="Right answer"
          value={choice.gold}
          onChange={(gold) => onChoice({ ...choice, gold })}
        />
      )}
      {choice.type === "metadata" && (
        <>
          <TextField
            label="Name"
            value={choice.name}
            offered={names}
            onChange={(name) => onChoice({ ...choice, name })}
          />
          <TextField
            label="Value"
            value={choice.value}
            onChange={(value) => onChoice({ ...choice, value })}
          />
        </>
      )}
      {choice.type === "tags" && (
        <>
          <Select
            label="Way"
            value={choice.tagWay}
            options={named(["add", "remove"])}
            onChange={(tagWay) => onChoice({ ...choice, tagWay })}
          />
          <label className="field">
            <span className="s12 t2">Tag</span>
            <input
              className="input"
              maxLength={100}
              value={choice.tag}
              onChange={(event) => onChoice({ ...choice, tag: event.currentTarget.value })}
            />
          </label>
        </>
      )}
    </div>
  );
}

export interface BulkDialogProps {
  readonly opened: boolean;
  readonly datasetId: DatasetId;
  readonly target: RecordTarget;
  /** What the target is, in words. */
  readonly targetText: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Preview({
  datasetId,
  target,
  action,
}: Pick<BulkDialogProps, "datasetId" | "target"> & { readonly action: BulkAction }): ReactNode {
  const preview = useQuery({
    key: `bulk:${datasetId}:${JSON.stringify([target, action])}`,
    topics: [`dataset:${datasetId}`],
    fetch: (signal) =>
      host.datasets.records.previewBulk({ datasetId, target, action, samples: 6 }, { signal }),
  });
  if (preview.failure !== undefined) return <FailureNotice failure={preview.failure} />;
  if (preview.data === undefined) return <SkeletonRows rows={4} />;
  const { matching, changing, samples } = preview.data;
  return (
    <>
      <p className="s12" role="status">
        <span className="med">
          {plural(changing, "record")} of {formatNumber(matching)} would change.
        </span>{" "}
        <span className="t3">
          {samples.length === 0 ? "" : `The first ${formatNumber(samples.length)}:`}
        </span>
      </p>
      <ul className="bulksamples scroll" tabIndex={0} aria-label="Examples of the change">
        {samples.map((sample) => (
          <li key={sample.recordId} className="flex top s12">
            <span className="mono t3 sn">{formatNumber(sample.position)}</span>
            <span className="grow plain" dir="auto">
              <DiffText parts={diffTexts(sample.before, sample.after).parts} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function BulkDialog(props: BulkDialogProps): ReactNode {
  const { opened, datasetId, target, targetText, onClose, onDone } = props;
  const [choice, setChoice] = useState<Choice>({
    type: "status",
    status: "accepted",
    others: "rejected",
    tag: "",
    tagWay: "add",
    gold: "",
    name: "",
    value: "",
    duplicates: "near",
    keep: "first",
  });
  const act = useAct();
  const names =
    useQuery(opened && choice.type === "metadata" ? metadataNamesQuery(datasetId) : undefined)
      .data ?? [];
  const action = useMemo(() => actionOf(choice), [choice]);
  const apply = (): void => {
    if (action === undefined) return;
    void act
      .run(() => host.datasets.records.applyBulk({ datasetId, target, action }))
      .then((done) => {
        if (done) onDone();
      });
  };
  return (
    <Dialog opened={opened} onClose={onClose} label="Change many records" headed size={680}>
      <p className="t2">
        {targetText} {NOTES[choice.type]}
      </p>
      <Options choice={choice} names={names} onChoice={setChoice} />
      {opened && action !== undefined && (
        <Preview datasetId={datasetId} target={target} action={action} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <div className="flex" style={{ marginTop: 16, justifyContent: "flex-end" }}>
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
        <button
          type="button"
          className={choice.type === "delete" ? "btn danger" : "btn primary"}
          disabled={act.busy || action === undefined}
          onClick={apply}
        >
          {act.busy ? "Changing" : "Change"}
        </button>
      </div>
    </Dialog>
  );
}
