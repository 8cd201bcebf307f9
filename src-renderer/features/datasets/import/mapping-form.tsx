/** Which columns of a file become which part of a record. */
import type { ReactNode } from "react";
import type { DatasetShape, ImportMapping } from "#shared/schema/dataset.ts";
import { DatasetShape as ShapeSchema } from "#shared/schema/dataset.ts";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

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
  /** The first row's cells: shown beside the names of columns that say nothing. */
  readonly example: Readonly<Record<string, string>>;
  /** Shapes that fit the columns. */
  readonly shapes: readonly DatasetShape[];
  readonly onMapping: (mapping: ImportMapping) => void;
}

const CELL_CHARACTERS = 40;

function columnText(name: string, example: Readonly<Record<string, string>>): string {
  const cell = visibleText(example[name] ?? "").replaceAll("\n", " ");
  if (cell === "") return name;
  return `${name}: ${cell.length > CELL_CHARACTERS ? `${cell.slice(0, CELL_CHARACTERS)}…` : cell}`;
}

/** The columns, and a field inside one where the mapping names it. */
function choices(columns: readonly string[], chosen: string | null): readonly string[] {
  return chosen === null || columns.includes(chosen) ? columns : [...columns, chosen];
}

export function MappingForm(props: MappingFormProps): ReactNode {
  const { mapping, columns, example, shapes, onMapping } = props;
  return (
    <div className="mapping s12">
      {shapes.length === 0 && (
        <p className="warn" role="status">
          The names of the columns do not say what they hold. Say it: at least which is the prompt,
          or the conversation.
        </p>
      )}
      <SelectField
        layout="beside"
        label="Shape"
        value={mapping.shape}
        options={optionsOf(ShapeSchema.options, (shape) =>
          shapes.length === 0 || shapes.includes(shape)
            ? SHAPES[shape]
            : `${SHAPES[shape]}, does not fit`,
        )}
        onChange={(shape) => onMapping({ ...mapping, shape })}
      />
      {COLUMNS[mapping.shape].map((column) => (
        <SelectField
          key={column}
          layout="beside"
          label={LABELS[column]}
          mono
          value={mapping[column] ?? ""}
          options={[
            { value: "", label: "none" },
            ...optionsOf(choices(columns, mapping[column]), (name) =>
              shapes.length === 0 ? columnText(name, example) : name,
            ),
          ]}
          onChange={(name) => onMapping({ ...mapping, [column]: name === "" ? null : name })}
        />
      ))}
    </div>
  );
}
