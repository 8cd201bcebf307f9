/** The models that Gradus knows of: what they are, what they take, and what each can be used for on this machine. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { CatalogueEntry, ModelFit } from "#shared/schema/model.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { catalogueQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatBytes, formatCompact, formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { GlyphName } from "#renderer/ui/glyph.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";

const FITS: Readonly<
  Record<ModelFit, { readonly glyph: GlyphName; readonly word: string; readonly said: string }>
> = {
  train: {
    glyph: "check",
    word: "train whole",
    said: "Weights, gradients and AdamW's moments fit this machine's memory.",
  },
  lora: {
    glyph: "check",
    word: "train with LoRA",
    said: "The weights fit, but not gradients and moments for all of them: train it with LoRA.",
  },
  sample: {
    glyph: "warn",
    word: "sample only",
    said: "The weights fit, and nothing beside them: it can be sampled, not trained.",
  },
  "too-large": {
    glyph: "cross",
    word: "too large",
    said: "Its weights do not fit this machine's memory.",
  },
};

const COLUMNS: readonly GridColumn<CatalogueEntry>[] = [
  {
    id: "name",
    header: "Model",
    track: "minmax(200px, 1.4fr)",
    cell: (model) => (
      <>
        <span className="med mono">{model.id}</span>
        {model.modelId !== null && <span className="tag here">here</span>}
      </>
    ),
  },
  {
    id: "kind",
    header: "Kind",
    track: "84px",
    wideOnly: true,
    cell: (model) => <span className="t2">{model.kind}</span>,
  },
  {
    id: "parameters",
    header: "Weights",
    track: "72px",
    numeric: true,
    cell: (model) => formatCompact(model.parameters),
  },
  {
    id: "download",
    header: "Download",
    track: "84px",
    numeric: true,
    cell: (model) => formatBytes(model.downloadBytes),
  },
  {
    id: "license",
    header: "Licence",
    track: "minmax(104px, 0.6fr)",
    cell: (model) => <span className="t2">{model.license}</span>,
  },
  {
    id: "fit",
    header: "On this machine",
    track: "142px",
    cell: (model) => (
      <span className={model.fit === "too-large" ? "t3" : "t2"}>
        <Glyph name={FITS[model.fit].glyph} /> {FITS[model.fit].word}
      </span>
    ),
  },
];

function Details({
  model,
  busy,
  onGet,
}: {
  readonly model: CatalogueEntry;
  readonly busy: boolean;
  readonly onGet: () => void;
}): ReactNode {
  return (
    <>
      <div className="head" style={{ marginTop: 2 }}>
        <h2 className="ell mono">{model.id}</h2>
      </div>
      <dl className="kv" style={{ padding: "0 16px 12px" }}>
        <dt>Family</dt>
        <dd>{model.family}</dd>
        <dt>Kind</dt>
        <dd>{model.kind}</dd>
        <dt>On the hub</dt>
        <dd className="mono" title={model.hub}>
          {model.hub}
        </dd>
        <dt>Weights</dt>
        <dd>{formatNumber(model.parameters)}</dd>
        <dt>Download</dt>
        <dd>about {formatBytes(model.downloadBytes)}</dd>
        <dt>Licence</dt>
        <dd>{model.license}</dd>
      </dl>
      <p className="s12 t2 prose" style={{ padding: "0 16px 12px" }}>
        {FITS[model.fit].said} Activations come on top; the estimate before a run counts them.
      </p>
      {model.gated && (
        <p className="s12 t2 prose" style={{ padding: "0 16px 12px" }}>
          Its owner gives it to who accepts the licence: do so on its page on the hub, then set
          HF_TOKEN to a token of your account.
        </p>
      )}
      <div style={{ padding: "0 16px 16px" }}>
        {model.modelId === null ? (
          <button type="button" className="btn primary" disabled={busy} onClick={onGet}>
            Get <kbd aria-hidden="true">Enter</kbd>
          </button>
        ) : (
          <a className="btn" href={hrefTo(["models"], { model: model.modelId })}>
            Show it
          </a>
        )}
      </div>
    </>
  );
}

export function CatalogueView(): ReactNode {
  const query = useQuery(catalogueQuery);
  const models = useMemo(() => query.data ?? [], [query.data]);
  const [chosenId, setChosenId] = useFilter("model");
  const act = useAct();
  const at = Math.max(
    0,
    models.findIndex((model) => model.id === chosenId),
  );
  const chosen = models[at];
  const { run } = act;
  const get = (index: number): void => {
    const model = models[index];
    if (model === undefined || model.modelId !== null) return;
    void run(() => host.models.get({ source: model.id }));
  };
  useCommands(
    useMemo(() => {
      const move = (by: number): void => {
        const next = models[Math.min(models.length - 1, Math.max(0, at + by))];
        if (next !== undefined) setChosenId(next.id);
      };
      const model = models[at];
      return [
        {
          id: "models.next",
          title: "Next model",
          group: "This screen",
          keys: "J",
          run: () => move(1),
        },
        {
          id: "models.previous",
          title: "Previous model",
          group: "This screen",
          keys: "K",
          run: () => move(-1),
        },
        {
          id: "models.get-chosen",
          title: model === undefined ? "Get the model" : `Get ${model.id}`,
          group: "This screen",
          keys: "Enter",
          notNow: model?.modelId === null ? undefined : "It is here already.",
          run: () => {
            if (model !== undefined) void run(() => host.models.get({ source: model.id }));
          },
        },
      ];
    }, [models, at, setChosenId, run]),
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
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <VirtualGrid
          label="Models of the catalogue"
          columns={COLUMNS}
          rows={models}
          rowKey={(model) => model.id}
          chosen={at}
          onChoose={(index) => {
            const model = models[index];
            if (model !== undefined) setChosenId(model.id);
          }}
          onOpen={get}
        />
      </section>
      <aside className="region scroll" aria-label="Chosen model" tabIndex={0}>
        {chosen !== undefined && <Details model={chosen} busy={act.busy} onGet={() => get(at)} />}
      </aside>
    </div>
  );
}
