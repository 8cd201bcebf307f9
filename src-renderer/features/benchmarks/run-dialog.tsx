/** Measuring a model: which benchmark, how it samples, how it scores. Starts a recipe of one stage. */
import { useState } from "react";
import type { ReactNode } from "react";
import { plural } from "#renderer/ui/format.ts";
import type { BenchmarkSet } from "#shared/schema/benchmark.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { modelsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { Labelled } from "#renderer/ui/fields/labelled.tsx";
import { badNumbers, newDraft, NUMBER_FIELDS, requestOf } from "./benchmark-request.ts";
import type { BenchmarkDraft } from "./benchmark-request.ts";

interface Task {
  readonly name: string;
  readonly title: string;
  readonly difficulties: readonly number[];
}

export interface RunDialogProps {
  readonly sets: readonly BenchmarkSet[];
  readonly tasks: readonly Task[];
  readonly onClose: () => void;
}

export function RunDialog({ sets, tasks, onClose }: RunDialogProps): ReactNode {
  const models = useQuery(modelsQuery).data ?? [];
  const act = useAct();
  const [draft, setDraft] = useState(() => newDraft(sets[0]?.id ?? tasks[0]?.name ?? ""));
  const change = (part: Partial<BenchmarkDraft>): void => setDraft({ ...draft, ...part });
  const model = draft.model === "" ? (models[0]?.id ?? "") : draft.model;
  const ready = badNumbers(draft).size === 0 && model !== "" && draft.benchmark !== "";
  const submit = (): void => {
    void act.run(async () => {
      const { pipelineId } = await host.benchmarks.run(requestOf(draft, model));
      onClose();
      navigate(hrefTo(["run", `${pipelineId}-benchmark`]));
    });
  };
  return (
    <Dialog opened label="Run a benchmark" headed size={560} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Labelled label="Model" layout="above">
          <select
            className="input"
            data-autofocus
            value={model}
            onChange={(event) => change({ model: event.currentTarget.value })}
          >
            {models.map(({ id, name, origin }) => (
              <option key={id} value={id}>
                {name}, {origin}
              </option>
            ))}
          </select>
        </Labelled>
        <BenchmarkField
          sets={sets}
          tasks={tasks}
          value={draft.benchmark}
          onChange={(benchmark) => change({ benchmark })}
        />
        <Numbers draft={draft} onChange={(numbers) => change({ numbers })} />
        <Labelled label="Scoring" layout="above">
          <select
            className="input"
            value={draft.scoring}
            onChange={(event) =>
              change({ scoring: event.currentTarget.value === "lenient" ? "lenient" : "strict" })
            }
          >
            <option value="strict">strict: the answer inside the answer tags</option>
            <option value="lenient">lenient: else the last box or number of the text</option>
          </select>
        </Labelled>
        <DialogFoot act={act} onClose={onClose}>
          <button type="submit" className="btn primary" disabled={act.busy || !ready}>
            {act.busy ? "Starting" : "Run"}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** Imported sets, then tasks whose problems are generated. */
function BenchmarkField({
  sets,
  tasks,
  value,
  onChange,
}: {
  readonly sets: readonly BenchmarkSet[];
  readonly tasks: readonly Task[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}): ReactNode {
  const task = tasks.find(({ name }) => name === value);
  return (
    <>
      <Labelled label="Benchmark" layout="above">
        <select
          className="input"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {sets.map(({ id, name, problems }) => (
            <option key={id} value={id}>
              {name}, {plural(problems, "problem")}
            </option>
          ))}
          {tasks.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}, generated
            </option>
          ))}
        </select>
      </Labelled>
      {task !== undefined && (
        <p className="s11 t3">
          Held-out problems of every difficulty in turn: {task.difficulties.join(", ")}.
        </p>
      )}
    </>
  );
}

function Numbers({
  draft,
  onChange,
}: {
  readonly draft: BenchmarkDraft;
  readonly onChange: (numbers: BenchmarkDraft["numbers"]) => void;
}): ReactNode {
  const { numbers } = draft;
  const bad = badNumbers(draft);
  return (
    <div className="runnumbers">
      {NUMBER_FIELDS.map(({ key, label }) => (
        <Labelled key={key} label={label} layout="above">
          <input
            className={bad.has(key) ? "input mono bad" : "input mono"}
            inputMode="decimal"
            aria-invalid={bad.has(key)}
            value={numbers[key]}
            onChange={(event) => onChange({ ...numbers, [key]: event.currentTarget.value })}
          />
        </Labelled>
      ))}
    </div>
  );
}
