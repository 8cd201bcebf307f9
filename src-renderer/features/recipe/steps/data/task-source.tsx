/** A source that is a task: problems that a rule makes and checks. */
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { gymQuery, tasksQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { useDraft } from "../../document/draft-value.ts";
import { sourceOf } from "../../document/source-list.ts";
import { configIn } from "../../document/config-text.ts";
import { getValue, textAt } from "../../document/plain-value.ts";
import type { Keys } from "../../document/plain-value.ts";
import { oneLine } from "../../document/recipe-document.ts";
import { FieldChecks } from "../../fields/field-checks.tsx";
import { TextField, wholeNumbers } from "../../fields/text-field.tsx";
import { GymDialog } from "./gym-dialog.tsx";

const GYM = "reasoning-gym/";
/** Stands among the tasks until they are there. */
const TO_INSTALL = "reasoning-gym, to be installed…";

export function TaskSource({ keys }: { readonly keys: Keys }): ReactNode {
  const { value, set, broken } = useDraft();
  const id = useId();
  const { data: tasks = [], refresh } = useQuery(tasksQuery);
  const gym = useQuery(gymQuery);
  const [asking, setAsking] = useState(false);
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
            onChange={(event) => {
              const name = event.currentTarget.value;
              if (name === TO_INSTALL) setAsking(true);
              else set(keys, sourceOf(name, tasks, getValue(value, keys)));
            }}
          >
            {(names.includes(chosen) ? names : [chosen, ...names]).map((name) => (
              <option key={name}>{name}</option>
            ))}
            {gym.data?.installed === null && <option>{TO_INSTALL}</option>}
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
      {chosen.startsWith(GYM) ? (
        <TextField
          label="config"
          line="options of the dataset, e.g. max_terms: 3"
          keys={[...keys, "config"]}
          read={configIn}
          show={(config) => oneLine(config).replace(/^\{\s*|\s*\}$/gu, "")}
        />
      ) : (
        <TextField
          label="difficulties"
          line={`${task?.difficultyUnit ?? "size"} in a problem; repeat one for more of it`}
          keys={[...keys, "difficulties"]}
          read={wholeNumbers}
          show={(numbers) => oneLine(numbers).replace(/^\[|\]$/gu, "")}
        />
      )}
      <GymDialog
        opened={asking}
        state={gym.data}
        onClose={() => setAsking(false)}
        onInstalled={() => {
          setAsking(false);
          gym.refresh();
          refresh();
        }}
      />
    </>
  );
}
