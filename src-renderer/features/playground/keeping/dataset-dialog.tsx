/** Adds a conversation with its answer to a dataset, where it waits to be reviewed. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId, RecordMessages } from "#shared/schema/dataset.ts";
import type { InferenceOptions } from "#shared/schema/inference.ts";
import type { PlaygroundProblem } from "#shared/schema/playground.ts";
import { notify } from "#renderer/navigation/notices.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

export interface AnswerToKeep {
  readonly messages: RecordMessages;
  readonly model: string;
  readonly options: InferenceOptions;
  readonly problem: PlaygroundProblem | undefined;
}

const NEW = "new";

export function DatasetDialog({
  answer,
  onClose,
}: {
  readonly answer: AnswerToKeep | undefined;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Dialog
      opened={answer !== undefined}
      label="Add to a dataset"
      headed
      size={440}
      onClose={onClose}
    >
      {answer !== undefined && <Form answer={answer} onClose={onClose} />}
    </Dialog>
  );
}

function Form({
  answer,
  onClose,
}: {
  readonly answer: AnswerToKeep;
  readonly onClose: () => void;
}): ReactNode {
  const { data: datasets = [] } = useQuery(datasetsQuery);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [name, setName] = useState("Playground");
  const act = useAct();
  const target = chosen ?? datasets[0]?.id ?? NEW;
  const add = async (): Promise<void> => {
    const known = datasets.find(({ id }) => id === target);
    const dataset = known ?? (await host.datasets.create({ name }));
    await host.datasets.records.add({ datasetId: dataset.id, records: [recordOf(answer)] });
    notify({
      tone: "done",
      title: `Added to ${dataset.name}`,
      detail: "It waits there to be reviewed.",
      href: hrefToReview(dataset.id),
    });
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act.run(add);
      }}
    >
      <p className="s12 t2 dialogtext">
        The conversation up to this answer becomes one record, pending review.
      </p>
      <div className="flex">
        <select
          className="input grow"
          aria-label="Dataset"
          value={target}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {datasets.map((dataset) => (
            <option key={dataset.id} value={dataset.id}>
              {visibleText(dataset.name)}
            </option>
          ))}
          <option value={NEW}>A new dataset</option>
        </select>
        {target === NEW && (
          <input
            className="input grow"
            aria-label="Name of the new dataset"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <div className="flex dialogacts">
        <button type="button" className="btn end" onClick={onClose}>
          Cancel
        </button>
        <button
          type="submit"
          className="btn primary"
          disabled={act.busy || (target === NEW && name.trim() === "")}
        >
          Add
        </button>
      </div>
    </form>
  );
}

function hrefToReview(id: DatasetId): string {
  return hrefTo(["curation"], { dataset: id });
}

function recordOf({ messages, model, options, problem }: AnswerToKeep) {
  const { temperature, top_p, top_k, min_p, repetition_penalty, seed } = options;
  return {
    messages,
    source: {
      kind: "playground" as const,
      teacher: model,
      sampling: { temperature, top_p, top_k, min_p, repetition_penalty, seed },
    },
    ...(problem === undefined
      ? {}
      : {
          reference: {
            task: problem.task,
            problemId: problem.id,
            difficulty: problem.difficulty,
            gold: problem.gold,
            data: problem.data,
          },
        }),
  };
}
