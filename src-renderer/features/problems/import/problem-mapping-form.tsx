/** Which columns of a file become which part of a problem. */
import type { ReactNode } from "react";
import type { ProblemMapping, ProblemMappingParts } from "#shared/schema/problem-import.ts";
import { ProblemShape } from "#shared/schema/problem-import.ts";
import { VerifierName } from "#shared/schema/problem.ts";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

const SHAPES: Readonly<Record<ProblemShape, string>> = {
  gradus: "Gradus’ own export",
  gsm8k: "GSM8K: question, answer with ####",
  math: "MATH: problem, solution with a box",
  verl: "verl, DAPO: prompt, reward_model",
  "multiple-choice": "multiple choice: MMLU, ARC",
  gpqa: "GPQA: right and wrong answers",
  "human-eval": "human-eval: prompt, test",
  mbpp: "MBPP: text, test_list",
  kodcode: "KodCode",
  "test-cases": "inputs and outputs: APPS, TACO, LiveCodeBench, AceCode",
  "reasoning-gym": "reasoning-gym",
  messages: "messages",
  "prompt-answer": "prompt, answer",
};

type One = {
  readonly [Key in keyof ProblemMapping]: ProblemMapping[Key] extends string | null ? Key : never;
}[keyof ProblemMapping];
type Column = Exclude<One, "split" | "shape" | "verifier_options">;
type Many = "context" | "choices" | "incorrect" | "tags";

const COLUMNS: readonly (readonly [Column, string])[] = [
  ["prompt", "Prompt"],
  ["messages", "Messages"],
  ["system", "System prompt"],
  ["answer", "Right answer"],
  ["solution", "Worked solution"],
  ["id", "Id, else the line"],
  ["difficulty", "Difficulty"],
  ["verifier", "Verifier, by problem"],
];
const CODE: readonly (readonly [Column, string])[] = [
  ["tests", "Tests"],
  ["entry_point", "Function’s name"],
  ["setup", "Before the tests"],
];
const LISTS: readonly (readonly [Many, string])[] = [
  ["context", "Before what is asked, or under an instruction"],
  ["tags", "Tags"],
  ["choices", "Choices"],
  ["incorrect", "Wrong answers"],
];
const CELL_CHARACTERS = 36;

function columnText(name: string, example: Readonly<Record<string, string>>): string {
  const cell = visibleText(example[name] ?? "").replaceAll("\n", " ");
  if (cell === "") return name;
  return `${name}: ${cell.length > CELL_CHARACTERS ? `${cell.slice(0, CELL_CHARACTERS)}…` : cell}`;
}

export interface ColumnFieldProps {
  readonly label: string;
  readonly value: string | null;
  readonly columns: readonly string[];
  readonly example: Readonly<Record<string, string>>;
  readonly onChange: (column: string | null) => void;
}

export function ColumnField(props: ColumnFieldProps): ReactNode {
  const { label, value, columns, example, onChange } = props;
  // A field inside a column is no column of the file, and stands where the mapping names it.
  const names = value === null || columns.includes(value) ? columns : [...columns, value];
  return (
    <SelectField
      layout="beside"
      label={label}
      mono
      value={value ?? ""}
      options={[
        { value: "", label: "none" },
        ...optionsOf(names, (name) => columnText(name, example)),
      ]}
      onChange={(name) => onChange(name === "" ? null : name)}
    />
  );
}

export interface ProblemMappingFormProps {
  readonly mapping: ProblemMapping;
  readonly columns: readonly string[];
  readonly example: Readonly<Record<string, string>>;
  readonly verifier: VerifierName | undefined;
  readonly onMapping: (parts: ProblemMappingParts) => void;
  readonly onVerifier: (verifier: VerifierName | undefined) => void;
}

export function ProblemMappingForm(props: ProblemMappingFormProps): ReactNode {
  const { mapping, columns, example, verifier, onMapping, onVerifier } = props;
  const withCode = CODE.some(([column]) => mapping[column] !== null);
  return (
    <div className="mapping s12">
      {mapping.prompt === null && mapping.messages === null && (
        <p className="warn" role="status">
          The names of the columns do not say what is asked. Say which is the prompt.
        </p>
      )}
      <SelectField
        layout="beside"
        label="Shape"
        value={mapping.shape}
        options={optionsOf(ProblemShape.options, (shape) => SHAPES[shape])}
        onChange={(shape) => onMapping({ shape })}
      />
      {[...COLUMNS, ...(withCode ? CODE : [])].map(([column, label]) => (
        <ColumnField
          key={column}
          label={label}
          value={mapping[column]}
          columns={columns}
          example={example}
          onChange={(name) => onMapping({ [column]: name })}
        />
      ))}
      {LISTS.map(([column, label]) => (
        <TextField
          key={`${column} ${mapping[column].join(" ")}`}
          layout="beside"
          label={`${label}, columns`}
          mono
          placeholder="none"
          offered={columns}
          value={mapping[column].join(", ")}
          onChange={(text) =>
            onMapping({
              [column]: text
                .split(",")
                .map((name) => name.trim())
                .filter((name) => name !== ""),
            })
          }
        />
      ))}
      <SelectField
        layout="beside"
        label="Verifier"
        mono
        value={verifier ?? ""}
        options={[{ value: "", label: "as the shape says" }, ...optionsOf(VerifierName.options)]}
        onChange={(name) => onVerifier(name === "" ? undefined : name)}
      />
    </div>
  );
}
