/** Several launches of one recipe: seeds, and options that vary over a grid or a list. */
import { useId } from "react";
import type { ReactNode } from "react";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { SweepAxis, SweepMode } from "#shared/schema/recipe-draft.ts";
import { Segments } from "../../ui/segments.tsx";
import { useDraft } from "./draft-value.ts";
import { getValue, textAt } from "./plain-value.ts";
import type { Json } from "./plain-value.ts";
import { stagesOf } from "./stage-edits.ts";
import { fieldsOf } from "./stage-fields.ts";
import { StageKind } from "./stage-kind.ts";

/** What is typed: kept as text until it is launched. */
export interface SweepDraft {
  readonly seeds: string;
  readonly mode: SweepMode;
  readonly axes: readonly { readonly key: string; readonly values: string }[];
}

export const NO_SWEEP: SweepDraft = { seeds: "1", mode: "grid", axes: [] };

/** The axes, or what is wrong with them. */
export function readSweep(
  draft: SweepDraft,
  firstSeed: number,
): { readonly axes: readonly SweepAxis[]; readonly launches: number } | { readonly wrong: string } {
  const seeds = Number(draft.seeds);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 100)
    return { wrong: "Seeds: a whole number from 1 to 100." };
  const axes: SweepAxis[] = [];
  for (const { key, values } of draft.axes) {
    const read = valuesOf(values);
    if (read === undefined || read.length === 0)
      return { wrong: `${key}: values with commas between, e.g. 1e-5, 3e-5.` };
    axes.push({ key, values: [...read] });
  }
  if (draft.mode === "list" && new Set(axes.map((axis) => axis.values.length)).size > 1)
    return {
      wrong:
        "A list takes the first values together, then the second: give all options equally many.",
    };
  const points =
    draft.mode === "list"
      ? (axes[0]?.values.length ?? 1)
      : axes.reduce((product, axis) => product * axis.values.length, 1);
  // With a list, seeds stay a grid of their own: each row runs with every seed.
  if (seeds > 1 && draft.mode === "grid")
    axes.push({ key: "seed", values: Array.from({ length: seeds }, (_, at) => firstSeed + at) });
  if (seeds > 1 && draft.mode === "list" && axes.length > 0)
    return { axes: repeated(axes, seeds, firstSeed), launches: points * seeds };
  if (seeds > 1 && axes.length === 0)
    axes.push({ key: "seed", values: Array.from({ length: seeds }, (_, at) => firstSeed + at) });
  return { axes, launches: points * seeds };
}

function repeated(axes: readonly SweepAxis[], seeds: number, firstSeed: number): SweepAxis[] {
  const length = axes[0]?.values.length ?? 0;
  return [
    ...axes.map(({ key, values }) => ({
      key,
      values: values.flatMap((value) => Array.from({ length: seeds }, () => value)),
    })),
    {
      key: "seed",
      values: Array.from({ length: length * seeds }, (_, at) => firstSeed + (at % seeds)),
    },
  ];
}

function valuesOf(text: string): readonly Json[] | undefined {
  const document = parseDocument(`[${text}]`, { prettyErrors: false });
  const parsed = z
    .array(z.json())
    .safeParse(document.errors.length > 0 ? undefined : document.toJS());
  return parsed.success ? parsed.data : undefined;
}

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
          <span className="s12 t2">Seeds</span>
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
