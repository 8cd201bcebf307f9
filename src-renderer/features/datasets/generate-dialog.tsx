/** New records from a teacher: prompts of a task or a list, samples of each, a budget. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { TaskName } from "#shared/schema/recipe.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { endpointsQuery, modelsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { plural } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import "#renderer/ui/form-rows.css";

export interface GenerateDialogProps {
  /** Records are added to it; without, to a new dataset. */
  readonly datasetId?: DatasetId;
  readonly onClose: () => void;
}

interface Choice {
  readonly name: string;
  readonly from: "task" | "list";
  readonly task: TaskName;
  readonly difficulties: string;
  readonly count: string;
  readonly list: string;
  readonly teacher: string;
  readonly n: string;
  readonly temperature: string;
  readonly maxTokens: string;
  readonly budget: string;
  readonly keepWrong: boolean;
}

/** Before an endpoint's id, where the choice may be a model's name too. */
const ENDPOINT = "endpoint:";

const START: Choice = {
  name: "",
  from: "task",
  task: "arithmetic",
  difficulties: "3",
  count: "100",
  list: "",
  teacher: "",
  n: "4",
  temperature: "0.6",
  maxTokens: "512",
  budget: "",
  keepWrong: false,
};

function numbersIn(text: string): number[] {
  return text
    .split(/[,\s]+/u)
    .filter((part) => part !== "")
    .map(Number);
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function Row({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <label className="maprow">
      <span className="t2">{label}</span>
      {children}
    </label>
  );
}

export function GenerateDialog({ datasetId, onClose }: GenerateDialogProps): ReactNode {
  const [choice, setChoice] = useState(START);
  const models = useQuery(modelsQuery).data ?? [];
  const endpoints = useQuery(endpointsQuery).data ?? [];
  const act = useAct();
  const change = (part: Partial<Choice>): void => setChoice((before) => ({ ...before, ...part }));
  const firstEndpoint = endpoints[0];
  const first =
    models[0]?.name ?? (firstEndpoint === undefined ? undefined : `${ENDPOINT}${firstEndpoint.id}`);
  const teacher = choice.teacher === "" ? first : choice.teacher;
  const prompts = linesOf(choice.list);
  const ready =
    teacher !== undefined &&
    (datasetId !== undefined || choice.name.trim() !== "") &&
    (choice.from === "task" ? numbersIn(choice.difficulties).length > 0 : prompts.length > 0);
  const text = (field: "difficulties" | "count" | "n" | "temperature" | "maxTokens" | "budget") => (
    <input
      className="input"
      value={choice[field]}
      inputMode="decimal"
      onChange={(event) => change({ [field]: event.currentTarget.value })}
    />
  );
  const start = (): void => {
    if (teacher === undefined) return;
    void act
      .run(() =>
        host.datasets.generate.start({
          into: datasetId === undefined ? { name: choice.name.trim() } : { datasetId },
          prompts:
            choice.from === "task"
              ? {
                  source: { task: choice.task, difficulties: numbersIn(choice.difficulties) },
                  count: Number(choice.count),
                }
              : { list: prompts.map((prompt) => ({ prompt })) },
          teacher: teacher.startsWith(ENDPOINT)
            ? { endpointId: teacher.slice(ENDPOINT.length) }
            : { model: teacher },
          n: Number(choice.n),
          temperature: Number(choice.temperature),
          maxTokens: Number(choice.maxTokens),
          ...(choice.budget.trim() === "" ? {} : { budgetUsd: Number(choice.budget) }),
          keepWrong: choice.keepWrong,
        }),
      )
      .then((done) => {
        if (done) onClose();
      });
  };
  return (
    <Dialog opened onClose={onClose} label="Generate with a teacher" headed size={560}>
      <form
        className="s12"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <p className="t2 formlead">
          Each sample is checked by its task&apos;s rule as it arrives. The job shows its yield and
          what an accepted sample costs; it can be cancelled and goes on where it stopped. Servers
          that speak OpenAI&apos;s API are named in the{" "}
          <a className="link" href={hrefTo(["settings"])}>
            settings
          </a>
          .
        </p>
        {datasetId === undefined && (
          <Row label="Name of the new dataset">
            <input
              className="input"
              data-autofocus
              maxLength={200}
              value={choice.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
          </Row>
        )}
        <Row label="Teacher">
          <select
            className="input mono"
            value={teacher ?? ""}
            onChange={(event) => change({ teacher: event.currentTarget.value })}
          >
            <optgroup label="Models of the workspace">
              {models.map((model) => (
                <option key={model.id} value={model.name}>
                  {model.name}
                </option>
              ))}
            </optgroup>
            <optgroup label="Endpoints of the settings">
              {endpoints.map(({ id, name, model }) => (
                <option key={id} value={`${ENDPOINT}${id}`}>
                  {name}, {model}
                </option>
              ))}
            </optgroup>
          </select>
        </Row>
        <Row label="Prompts">
          <select
            className="input"
            value={choice.from}
            onChange={(event) =>
              change({ from: event.currentTarget.value === "list" ? "list" : "task" })
            }
          >
            <option value="task">problems of a task</option>
            <option value="list">a list, one a line</option>
          </select>
        </Row>
        {choice.from === "task" ? (
          <>
            <Row label="Task">
              <select
                className="input"
                value={choice.task}
                onChange={(event) => {
                  const task = TaskName.safeParse(event.currentTarget.value);
                  if (task.success) change({ task: task.data });
                }}
              >
                {TaskName.options.map((task) => (
                  <option key={task} value={task}>
                    {task}
                  </option>
                ))}
              </select>
            </Row>
            <Row label="Difficulties, drawn in turn">{text("difficulties")}</Row>
            <Row label="Problems">{text("count")}</Row>
          </>
        ) : (
          <Row label={plural(prompts.length, "prompt")}>
            <textarea
              className="input promptlist"
              rows={5}
              value={choice.list}
              onChange={(event) => change({ list: event.currentTarget.value })}
            />
          </Row>
        )}
        <Row label="Samples a prompt">{text("n")}</Row>
        <Row label="Temperature">{text("temperature")}</Row>
        <Row label="Most tokens a sample">{text("maxTokens")}</Row>
        <Row label="Budget in $, none if empty">{text("budget")}</Row>
        <label className="flex skipbad">
          <input
            type="checkbox"
            checked={choice.keepWrong}
            onChange={(event) => change({ keepWrong: event.currentTarget.checked })}
          />
          Keep wrong samples, as rejected
        </label>
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex dialogacts">
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={!ready || act.busy}>
            Generate
          </button>
        </div>
      </form>
    </Dialog>
  );
}
