/** Which columns of a file become which part of a record. */
import type { ReactNode } from "react";
import type { DatasetShape, ImportMapping } from "#shared/schema/dataset.ts";
import { DatasetShape as ShapeSchema } from "#shared/schema/dataset.ts";

type Column = Exclude<keyof ImportMapping, "shape">;

const SHAPES: Readonly<Record<DatasetShape, string>> = {
  messages: "messages (OpenAI)",
  sharegpt: "conversations (ShareGPT)",
  alpaca: "instruction, input, output (Alpaca)",
  "prompt-completion": "prompt, completion",
};

const LABELS: Readonly<Record<Column, string>> = {
  conversation: "Conversation",
  system: "System prompt",
  prompt: "Prompt",
  input: "Input, put under the prompt",
  completion: "Completion",
  reasoning: "Reasoning, else from <think>",
  gold: "Right answer",
  task: "Task",
};

const COLUMNS: Readonly<Record<DatasetShape, readonly Column[]>> = {
  messages: ["conversation", "system", "reasoning", "gold", "task"],
  sharegpt: ["conversation", "system", "reasoning", "gold", "task"],
  alpaca: ["system", "prompt", "input", "completion", "reasoning", "gold", "task"],
  "prompt-completion": ["system", "prompt", "completion", "reasoning", "gold", "task"],
};

export interface MappingFormProps {
  readonly mapping: ImportMapping;
  readonly columns: readonly string[];
  /** Shapes that fit the columns. */
  readonly shapes: readonly DatasetShape[];
  readonly onMapping: (mapping: ImportMapping) => void;
}

export function MappingForm({ mapping, columns, shapes, onMapping }: MappingFormProps): ReactNode {
  return (
    <div className="mapping s12">
      <label className="maprow">
        <span className="t2">Shape</span>
        <select
          className="input"
          value={mapping.shape}
          onChange={(event) => {
            const shape = ShapeSchema.safeParse(event.currentTarget.value);
            if (shape.success) onMapping({ ...mapping, shape: shape.data });
          }}
        >
          {ShapeSchema.options.map((shape) => (
            <option key={shape} value={shape}>
              {SHAPES[shape]}
              {shapes.includes(shape) ? "" : ", does not fit"}
            </option>
          ))}
        </select>
      </label>
      {COLUMNS[mapping.shape].map((column) => (
        <label key={column} className="maprow">
          <span className="t2">{LABELS[column]}</span>
          <select
            className="input mono"
            value={mapping[column] ?? ""}
            onChange={(event) => {
              const name = event.currentTarget.value;
              onMapping({ ...mapping, [column]: name === "" ? null : name });
            }}
          >
            <option value="">none</option>
            {columns.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
