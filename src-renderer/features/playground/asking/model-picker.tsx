/** A choice among models and checkpoints. */
import type { ReactNode } from "react";
import type { PlaygroundModel } from "#shared/schema/playground.ts";

export type ModelPickerProps = {
  readonly label: string;
  readonly models: readonly PlaygroundModel[];
  readonly value: string;
  readonly onChange: (model: string) => void;
};

export function ModelPicker({ label, models, value, onChange }: ModelPickerProps): ReactNode {
  const known = models.some(({ id }) => id === value);
  const of = (kind: PlaygroundModel["kind"]): readonly PlaygroundModel[] =>
    models.filter((model) => model.kind === kind);
  return (
    <select
      className="input grow"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {!known && <option value={value}>{value}</option>}
      <optgroup label="Models">
        {of("model").map(({ id, name, note }) => (
          <option key={id} value={id}>
            {name === id ? `${name} (${note})` : `${name} (${id})`}
          </option>
        ))}
      </optgroup>
      {of("checkpoint").length > 0 && (
        <optgroup label="Checkpoints">
          {of("checkpoint").map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}
