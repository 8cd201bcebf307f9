/** A task's problem as the question, held out of training: the task's verifier judges the answers. */
import { useState } from "react";
import type { ReactNode } from "react";
import { MAX_SEED } from "#shared/schema/inference.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { tasksQuery } from "../playground-queries.ts";
import { usePlayground } from "../playground-value.ts";

export function ProblemRegion(): ReactNode {
  const { control, writing } = usePlayground();
  const { problem } = control.trial;
  const { data: tasks = [] } = useQuery(tasksQuery);
  const [taskName, setTaskName] = useState<string | undefined>(undefined);
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const act = useAct();
  const task = tasks.find(({ name }) => name === taskName) ?? tasks[0];
  if (task === undefined) return null;
  const difficulty =
    chosen !== undefined && task.difficulties.includes(chosen)
      ? chosen
      : (task.difficulties[0] ?? 1);
  const draw = async (): Promise<void> => {
    const seed = Math.floor(Math.random() * MAX_SEED);
    writing.takeProblem(await host.playground.problem({ task: task.name, difficulty, seed }));
  };
  return (
    <section aria-label="Problem" className="bb">
      <div className="head">
        <h2>Problem</h2>
        <span className="note ell">held out of training</span>
        <button
          type="button"
          className="btn small end"
          disabled={control.busy || act.busy}
          onClick={() => void act.run(draw)}
        >
          New problem
        </button>
      </div>
      <div className="flex problempick">
        <select
          className="input grow"
          aria-label="Task"
          value={task.name}
          onChange={(event) => setTaskName(event.currentTarget.value)}
        >
          {tasks.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        <select
          className="input"
          aria-label={`Difficulty: ${task.difficultyUnit}`}
          value={difficulty}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {task.difficulties.map((one) => (
            <option key={one} value={one}>
              {one} {task.difficultyUnit}
            </option>
          ))}
        </select>
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {problem !== undefined && (
        <dl className="kv left goldline">
          <dt>right answer</dt>
          <dd className="mono" title={problem.gold}>
            {visibleText(problem.gold)}
          </dd>
        </dl>
      )}
    </section>
  );
}
