/** What the teacher is asked: problems of a task or of a problem set, or a list of prompts. */
import type { ReactNode } from "react";
import { parseProblemFilter } from "#shared/schema/problem-filter-text.ts";
import { problemSetsQuery, tasksQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Labelled } from "#renderer/ui/fields/labelled.tsx";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { plural } from "#renderer/ui/format.ts";
import { promptsIn } from "./generate-choice.ts";
import type { GenerateChoice } from "./generate-choice.ts";

export interface PromptFieldsProps {
  readonly choice: GenerateChoice;
  readonly onChange: (part: Partial<GenerateChoice>) => void;
}

function TaskFields({ choice, onChange }: PromptFieldsProps): ReactNode {
  const { data: known = [] } = useQuery(tasksQuery);
  const tasks = [...new Set([choice.task, ...known.map(({ name }) => name)])];
  return (
    <>
      <SelectField
        layout="beside"
        label="Task"
        value={choice.task}
        options={optionsOf(tasks)}
        onChange={(task) => onChange({ task })}
      />
      <TextField
        layout="beside"
        inputMode="decimal"
        label="Difficulties, drawn in turn"
        value={choice.difficulties}
        onChange={(difficulties) => onChange({ difficulties })}
      />
      <CountField choice={choice} onChange={onChange} />
    </>
  );
}

function CountField({ choice, onChange }: PromptFieldsProps): ReactNode {
  return (
    <TextField
      layout="beside"
      inputMode="decimal"
      label="Problems"
      value={choice.count}
      onChange={(count) => onChange({ count })}
    />
  );
}

function SetFields({ choice, onChange }: PromptFieldsProps): ReactNode {
  const { data: sets = [] } = useQuery(problemSetsQuery);
  const names = sets.map(({ name }) => name);
  const { problems } = parseProblemFilter(choice.where);
  return (
    <>
      <SelectField
        layout="beside"
        label="Problem set, its training side"
        value={choice.set}
        options={[
          ...(choice.set === "" ? [{ value: "", label: "choose one" }] : []),
          ...optionsOf(names),
        ]}
        onChange={(set) => onChange({ set })}
      />
      <TextField
        layout="beside"
        mono
        label="Filter"
        placeholder="all of the side"
        value={choice.where}
        invalid={problems.length > 0}
        onChange={(where) => onChange({ where })}
      />
      {problems.length > 0 && <p className="warn">{problems.join("; ")}</p>}
      <CountField choice={choice} onChange={onChange} />
    </>
  );
}

function ListField({ choice, onChange }: PromptFieldsProps): ReactNode {
  return (
    <Labelled layout="beside" label={plural(promptsIn(choice.list).length, "prompt")}>
      <textarea
        className="input promptlist"
        rows={5}
        value={choice.list}
        onChange={(event) => onChange({ list: event.currentTarget.value })}
      />
    </Labelled>
  );
}

export function PromptFields(props: PromptFieldsProps): ReactNode {
  const { choice, onChange } = props;
  return (
    <>
      <SelectField
        layout="beside"
        label="Prompts"
        value={choice.from}
        options={[
          { value: "task", label: "problems of a task" },
          { value: "set", label: "problems of a set" },
          { value: "list", label: "a list, one a line" },
        ]}
        onChange={(from) => onChange({ from })}
      />
      {choice.from === "task" && <TaskFields {...props} />}
      {choice.from === "set" && <SetFields {...props} />}
      {choice.from === "list" && <ListField {...props} />}
    </>
  );
}
