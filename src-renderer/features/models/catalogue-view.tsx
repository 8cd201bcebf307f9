/** The models that Gradus knows of: what they are, what they take, and what each can be used for on this machine. */
import { useCallback, useMemo } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { catalogueQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { CATALOGUE_COLUMNS } from "./catalogue-columns.tsx";
import { CatalogueDetails } from "./catalogue-details.tsx";

export function CatalogueView(): ReactNode {
  const query = useQuery(catalogueQuery);
  const models = useMemo(() => query.data ?? [], [query.data]);
  const [chosenId, setChosenId] = useFilter("model");
  const { run, busy, failure } = useAct();
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
  const get = useCallback(
    (index: number): void => {
      const model = models[index];
      if (model !== undefined && model.modelId === null)
        void run(() => host.models.get({ source: model.id }));
    },
    [models, run],
  );
  useCommands(
    useMemo(
      (): readonly Command[] => [
        ...stepCommands({ screen: "models", row: "model", count: models.length, at, choose }),
        {
          id: "models.get-chosen",
          title: chosen === undefined ? "Get the model" : `Get ${chosen.id}`,
          group: "This screen",
          keys: "Enter",
          notNow: chosen?.modelId === null ? undefined : "It is here already.",
          run: () => get(at),
        },
      ],
      [models.length, at, choose, chosen, get],
    ),
  );
  if (query.data === undefined) {
    return query.failure === undefined ? (
      <SkeletonRows rows={12} />
    ) : (
      <FailureNotice failure={query.failure} onRetry={query.refresh} />
    );
  }
  return (
    <div className="cols modelcols">
      <Splitter name="models" side="right" label="Width of the card" initial={400} />
      <section className="region" aria-label="Catalogue">
        {failure !== undefined && <FailureNotice failure={failure} />}
        <VirtualGrid
          label="Models of the catalogue"
          columns={CATALOGUE_COLUMNS}
          rows={models}
          rowKey={(model) => model.id}
          chosen={at}
          onChoose={choose}
          onOpen={get}
        />
      </section>
      <aside className="region scroll" aria-label="Chosen model" tabIndex={0}>
        {chosen !== undefined && (
          <CatalogueDetails model={chosen} busy={busy} onGet={() => get(at)} />
        )}
      </aside>
    </div>
  );
}
