/** Several pipelines of one recipe: seeds, and options that vary over a grid or a list. */
import { useId } from "react";
import type { ReactNode } from "react";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../document/draft-value.ts";
import { getValue, textAt } from "../document/plain-value.ts";
import type { Json } from "../document/plain-value.ts";
import { stagesOf } from "../document/stage-edits.ts";
import { fieldsOf } from "../fields/stage-fields.ts";
import { StageKind } from "../document/stage-kind.ts";
import type { SweepDraft } from "../document/sweep-plan.ts";

export function SweepForm({
  draft,
  onChange,
}: {
  readonly draft: SweepDraft;
  readonly onChange: (draft: SweepDraft) => void;
}): ReactNode {
  const { value } = useDraft();
  const id = useId();
  const options = sweepable(value);
  const change = (at: number, axis: SweepDraft["axes"][number]): void =>
    onChange({ ...draft, axes: draft.axes.with(at, axis) });
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="flex">
        <label className="flex">
          <span className="s12 t2">Number of seeds</span>
          <input
            className="input mono"
            style={{ width: 56 }}
            inputMode="numeric"
            value={draft.seeds}
            onChange={(event) => onChange({ ...draft, seeds: event.currentTarget.value })}
          />
        </label>
        {draft.axes.length > 1 && (
          <Segments
            label="How the options vary"
            value={draft.mode}
            onChange={(mode) => onChange({ ...draft, mode })}
            segments={[
              { value: "grid", label: "every combination" },
              { value: "list", label: "in step" },
            ]}
          />
        )}
      </div>
      {draft.axes.map((axis, at) => (
        <div key={`axis ${String(at)}`} className="flex">
          <label className="flex grow">
            <span className="visually-hidden">Option {at + 1}</span>
            <input
              className="input mono grow"
              list={`${id}-options`}
              spellCheck={false}
              placeholder="stages.grpo.learning_rate"
              value={axis.key}
              onChange={(event) => change(at, { ...axis, key: event.currentTarget.value.trim() })}
            />
          </label>
          <label className="flex grow">
            <span className="visually-hidden">Values of option {at + 1}</span>
            <input
              className="input mono grow"
              spellCheck={false}
              placeholder="1e-5, 3e-5, 1e-4"
              value={axis.values}
              onChange={(event) => change(at, { ...axis, values: event.currentTarget.value })}
            />
          </label>
          <button
            type="button"
            className="linkbtn s12"
            onClick={() => onChange({ ...draft, axes: draft.axes.toSpliced(at, 1) })}
          >
            Remove<span className="visually-hidden"> option {at + 1}</span>
          </button>
        </div>
      ))}
      <datalist id={`${id}-options`}>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </datalist>
      <div>
        <button
          type="button"
          className="btn small"
          onClick={() =>
            onChange({
              ...draft,
              axes: [...draft.axes, { key: options[0] ?? "seed", values: "" }],
            })
          }
        >
          Vary an option
        </button>
      </div>
    </div>
  );
}

/** Every option of every stage; the rates first, since they are varied most. */
function sweepable(value: Json): readonly string[] {
  const keys = stagesOf(value).flatMap((stage) => {
    const kind = StageKind.safeParse(getValue(stage, ["kind"]));
    const name = textAt(stage, ["name"]);
    return kind.success ? fieldsOf(kind.data).map((field) => `stages.${name}.${field.name}`) : [];
  });
  return keys.toSorted(
    (a, b) => Number(b.endsWith(".learning_rate")) - Number(a.endsWith(".learning_rate")),
  );
}
