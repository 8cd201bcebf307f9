/** A source that is a task: problems that a rule makes and checks. */
import { useId } from "react";
import type { ReactNode } from "react";
import { tasksQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { useDraft } from "../../document/draft-value.ts";
import { textAt } from "../../document/plain-value.ts";
import type { Keys } from "../../document/plain-value.ts";
import { oneLine } from "../../document/recipe-document.ts";
import { FieldChecks } from "../../fields/field-checks.tsx";
import { TextField, wholeNumbers } from "../../fields/text-field.tsx";

export function TaskSource({ keys }: { readonly keys: Keys }): ReactNode {
  const { value, set, broken } = useDraft();
  const id = useId();
  const tasks = useQuery(tasksQuery).data ?? [];
  const chosen = textAt(value, [...keys, "task"]);
  const task = tasks.find(({ name }) => name === chosen);
  const names = tasks.length === 0 ? [chosen] : tasks.map(({ name }) => name);
  return (
    <>
      <div className="fr">
        <div>
          <label className="mono" htmlFor={id}>
            task
          </label>
          <div className="s11 t3">{task?.title ?? "problems with a rule that checks answers"}</div>
        </div>
        <div className="flex">
          <select
            id={id}
            className="input mono"
            value={chosen}
            disabled={broken}
            onChange={(event) => set([...keys, "task"], event.currentTarget.value)}
          >
            {(names.includes(chosen) ? names : [chosen, ...names]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <FieldChecks
          keys={[...keys, "task"]}
          id={`${id}-checks`}
          otherwise={
            task === undefined ? undefined : <span className="fc t3">{task.description}</span>
          }
        />
      </div>
      <TextField
        label="difficulties"
        line={`${task?.difficultyUnit ?? "size"} in a problem; repeat one for more of it`}
        keys={[...keys, "difficulties"]}
        read={wholeNumbers}
        show={(numbers) => oneLine(numbers).replace(/^\[|\]$/gu, "")}
      />
    </>
  );
}
