/** Measuring a model: which benchmark, how it samples, how it scores. Starts a recipe of one stage. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { BenchmarkSet } from "#shared/schema/benchmark.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { modelsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

interface Task {
  readonly name: string;
  readonly title: string;
  readonly difficulties: readonly number[];
}

interface Numbers {
  readonly problems: string;
  readonly samples: string;
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly seed: string;
}

const FIELDS: readonly {
  readonly key: keyof Numbers;
  readonly label: string;
  readonly good: (value: number) => boolean;
}[] = [
  { key: "problems", label: "Problems (n)", good: (x) => Number.isInteger(x) && x >= 1 },
  { key: "samples", label: "Samples a problem (k)", good: (x) => Number.isInteger(x) && x >= 1 },
  { key: "temperature", label: "Temperature", good: (x) => x >= 0 },
  { key: "topP", label: "top-p", good: (x) => x > 0 && x <= 1 },
  {
    key: "maxTokens",
    label: "Tokens at most",
    good: (x) => Number.isInteger(x) && x >= 1,
  },
  { key: "seed", label: "Seed", good: (x) => Number.isInteger(x) && x >= 0 },
];

function numberIn(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
}

export function RunDialog({
  sets,
  tasks,
  onClose,
}: {
  readonly sets: readonly BenchmarkSet[];
  readonly tasks: readonly Task[];
  readonly onClose: () => void;
}): ReactNode {
  const models = useQuery(modelsQuery);
  const act = useAct();
  const [model, setModel] = useState("");
  const [benchmark, setBenchmark] = useState(sets[0]?.id ?? tasks[0]?.name ?? "");
  const [scoring, setScoring] = useState<"strict" | "lenient">("strict");
  const [numbers, setNumbers] = useState<Numbers>({
    problems: "200",
    samples: "4",
    temperature: "1",
    topP: "1",
    maxTokens: "256",
    seed: "0",
  });
  const chosenModel = model === "" ? (models.data?.[0]?.id ?? "") : model;
  const task = tasks.find(({ name }) => name === benchmark);
  const bad = FIELDS.filter(({ key, good }) => !good(numberIn(numbers[key])));
  const submit = (): void => {
    void act.run(async () => {
      const { pipelineId } = await host.benchmarks.run({
        model: chosenModel,
        benchmark,
        scoring,
        problems: numberIn(numbers.problems),
        samples: numberIn(numbers.samples),
        temperature: numberIn(numbers.temperature),
        topP: numberIn(numbers.topP),
        maxTokens: numberIn(numbers.maxTokens),
        seed: numberIn(numbers.seed),
      });
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
        <label className="field">
          <span className="s12 t2">Model</span>
          <select
            className="input"
            data-autofocus
            value={chosenModel}
            onChange={(event) => setModel(event.currentTarget.value)}
          >
            {(models.data ?? []).map(({ id, name, origin }) => (
              <option key={id} value={id}>
                {name}, {origin}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span className="s12 t2">Benchmark</span>
          <select
            className="input"
            value={benchmark}
            onChange={(event) => setBenchmark(event.currentTarget.value)}
          >
            {sets.map(({ id, name, problems }) => (
              <option key={id} value={id}>
                {name}, {problems} problems
              </option>
            ))}
            {tasks.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}, generated
              </option>
            ))}
          </select>
        </label>
        {task !== undefined && (
          <p className="s11 t3">
            Held-out problems of every difficulty in turn: {task.difficulties.join(", ")}.
          </p>
        )}
        <div className="runnumbers">
          {FIELDS.map(({ key, label }) => (
            <label key={key} className="field">
              <span className="s12 t2">{label}</span>
              <input
                className={bad.some((one) => one.key === key) ? "input mono bad" : "input mono"}
                inputMode="decimal"
                aria-invalid={bad.some((one) => one.key === key)}
                value={numbers[key]}
                onChange={(event) => setNumbers({ ...numbers, [key]: event.currentTarget.value })}
              />
            </label>
          ))}
        </div>
        <label className="field">
          <span className="s12 t2">Scoring</span>
          <select
            className="input"
            value={scoring}
            onChange={(event) =>
              setScoring(event.currentTarget.value === "lenient" ? "lenient" : "strict")
            }
          >
            <option value="strict">strict: the answer inside the answer tags</option>
            <option value="lenient">lenient: else the last box or number of the text</option>
          </select>
        </label>
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex" style={{ marginTop: 16, justifyContent: "flex-end" }}>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button
            type="submit"
            className="btn primary"
            disabled={act.busy || bad.length > 0 || chosenModel === "" || benchmark === ""}
          >
            {act.busy ? "Starting" : "Run"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
