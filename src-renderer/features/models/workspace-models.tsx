/** The models that recipes can name: built in, got from elsewhere, or written by a run. */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { ModelRecord } from "#shared/schema/system.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { modelsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { DeleteModel } from "./delete-model.tsx";
import { ExportForm } from "./export-form.tsx";
import { modelColumns } from "./model-columns.tsx";
import { ModelDetails } from "./model-details.tsx";

/** What was asked of the chosen model. */
type Asked = "export" | "delete" | undefined;

export function WorkspaceModels(): ReactNode {
  const query = useQuery(modelsQuery);
  const models = useMemo(() => query.data ?? [], [query.data]);
  const [chosenId, setChosenId] = useFilter("model");
  const [asked, ask] = useState<Asked>(undefined);
  const now = useNow(60_000);
  const columns = useMemo(() => modelColumns(now), [now]);
  const at = Math.max(
    0,
    models.findIndex((model) => model.id === chosenId),
  );
  const chosen = models[at];
  const choose = useCallback(
    (index: number): void => {
      const model = models[index];
      if (model !== undefined) setChosenId(model.id);
    },
    [models, setChosenId],
  );
  useModelCommands(models, at, choose, ask);
  if (query.data === undefined) {
    return query.failure === undefined ? (
      <SkeletonRows />
    ) : (
      <FailureNotice failure={query.failure} onRetry={query.refresh} />
    );
  }
  return (
    <div className="cols modelcols">
      <Splitter name="models" side="right" label="Width of the card" initial={400} />
      <section className="region" aria-label="All models">
        <VirtualGrid
          label="Models"
          columns={columns}
          rows={models}
          rowKey={(model) => model.id}
          chosen={at}
          onChoose={choose}
        />
      </section>
      <aside className="region" aria-label="Chosen model">
        {chosen !== undefined && <ChosenModel model={chosen} asked={asked} onAsk={ask} />}
      </aside>
    </div>
  );
}

function ChosenModel({
  model,
  asked,
  onAsk,
}: {
  readonly model: ModelRecord;
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
}): ReactNode {
  const close = (): void => onAsk(undefined);
  return (
    <>
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Facts and card">
        <ModelDetails model={model} />
      </div>
      <div className="modelacts bt">
        <button type="button" className="btn" onClick={() => onAsk("export")}>
          Export… <kbd aria-hidden="true">X</kbd>
        </button>
        {model.origin === "imported" && (
          <button type="button" className="btn danger" onClick={() => onAsk("delete")}>
            Delete…
          </button>
        )}
      </div>
      <ExportForm key={model.id} model={model} opened={asked === "export"} onClose={close} />
      <DeleteModel model={model} opened={asked === "delete"} onClose={close} />
    </>
  );
}

function useModelCommands(
  models: readonly ModelRecord[],
  at: number,
  choose: (index: number) => void,
  ask: (asked: Asked) => void,
): void {
  useCommands(
    useMemo(
      (): readonly Command[] => [
        ...stepCommands({ screen: "models", row: "model", count: models.length, at, choose }),
        {
          id: "models.export",
          title: "Export the model…",
          note: "hub layout or GGUF",
          group: "This screen",
          keys: "X",
          run: () => ask("export"),
        },
        {
          id: "models.delete",
          title: "Delete the model…",
          group: "This screen",
          notNow:
            models[at]?.origin === "imported"
              ? undefined
              : "Only models that were got can be deleted.",
          run: () => ask("delete"),
        },
      ],
      [models, at, choose, ask],
    ),
  );
}
