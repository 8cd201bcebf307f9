/** Models that recipes can name: built in, imported, or written by a run. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { ModelRecord } from "#shared/schema/system.ts";
import { useCommands } from "../../app/command-registry.ts";
import { hrefTo, useFilter } from "../../app/location.ts";
import { modelsQuery } from "../../bridge/queries.ts";
import { useQuery } from "../../bridge/use-query.ts";
import { formatBytes, formatCompact, formatNumber, formatWhen, plural } from "../../ui/format.ts";
import { Empty, FailureNotice, SkeletonRows } from "../../ui/region-state.tsx";
import { useNow } from "../../ui/use-now.ts";
import { VirtualGrid } from "../../ui/virtual-grid.tsx";
import type { GridColumn } from "../../ui/virtual-grid.tsx";
import { ImportForm } from "./import-form.tsx";
import "./models.css";
import { Splitter } from "../../ui/splitter.tsx";

const ORIGINS: Readonly<Record<ModelRecord["origin"], string>> = {
  "built-in": "built in",
  imported: "imported",
  output: "written by a run",
};

function columnsAt(now: number): readonly GridColumn<ModelRecord>[] {
  return [
    {
      id: "name",
      header: "Model",
      track: "minmax(180px, 1.6fr)",
      cell: (model) => (
        <span className="med mono" title={model.id}>
          {model.name}
        </span>
      ),
    },
    {
      id: "origin",
      header: "From",
      track: "124px",
      cell: (model) => <span className="t2">{ORIGINS[model.origin]}</span>,
    },
    {
      id: "architecture",
      header: "Architecture",
      track: "minmax(110px, 0.8fr)",
      cell: (model) => <span className="mono t2">{model.architecture}</span>,
    },
    {
      id: "parameters",
      header: "Weights",
      track: "88px",
      numeric: true,
      cell: (model) => formatCompact(model.parameters),
    },
    {
      id: "size",
      header: "Size",
      track: "88px",
      numeric: true,
      cell: (model) => formatBytes(model.bytes),
    },
    {
      id: "when",
      header: "Since",
      track: "108px",
      numeric: true,
      cell: (model) => <span className="t3">{formatWhen(model.createdAtMs, now)}</span>,
    },
  ];
}

/** A card without the YAML that hubs read. */
function cardText(card: string): string {
  return card.replace(/^---\n[\s\S]*?\n---\n+/u, "");
}

function Details({ model }: { readonly model: ModelRecord }): ReactNode {
  return (
    <>
      <div className="head" style={{ marginTop: 2 }}>
        <h2 className="ell mono">{model.name}</h2>
      </div>
      <dl className="kv" style={{ padding: "0 16px 12px" }}>
        <dt>Id</dt>
        <dd className="mono" title={model.id}>
          {model.id}
        </dd>
        <dt>Weights</dt>
        <dd>{formatNumber(model.parameters)}</dd>
        <dt>Folder</dt>
        <dd title={model.path}>{model.path}</dd>
        <dt>SHA-256</dt>
        <dd className="mono" title={model.sha256 ?? undefined}>
          {model.sha256 === null ? "not computed yet" : `${model.sha256.slice(0, 16)}…`}
        </dd>
        {model.runId !== null && (
          <>
            <dt>Written by</dt>
            <dd>
              <a className="link" href={hrefTo(["run", model.runId])}>
                its run
              </a>
            </dd>
          </>
        )}
      </dl>
      <div className="head bt">
        <h2>Card</h2>
      </div>
      {model.card === null ? (
        <p className="s12 t3" style={{ padding: "0 16px" }}>
          This model has no card.
        </p>
      ) : (
        <pre className="out modelcard">{cardText(model.card)}</pre>
      )}
    </>
  );
}

export function ModelsScreen(): ReactNode {
  const query = useQuery(modelsQuery);
  const models = useMemo(() => query.data ?? [], [query.data]);
  const [chosenId, setChosenId] = useFilter("model");
  const [importing, setImporting] = useState(false);
  const now = useNow(60_000);
  const columns = useMemo(() => columnsAt(now), [now]);
  const at = Math.max(
    0,
    models.findIndex((model) => model.id === chosenId),
  );
  const chosen = models[at];
  useCommands(
    useMemo(() => {
      const move = (by: number): void => {
        const next = models[Math.min(models.length - 1, Math.max(0, at + by))];
        if (next !== undefined) setChosenId(next.id);
      };
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
          id: "models.import",
          title: "Import a model…",
          note: "a folder in hub layout",
          group: "This screen",
          keys: "I",
          run: () => setImporting(true),
        },
      ];
    }, [models, at, setChosenId]),
  );
  return (
    <>
      <div className="screenhead">
        <h1>Models</h1>
        {query.data !== undefined && (
          <span className="s12 t3">{plural(models.length, "model")}</span>
        )}
        <span className="end">
          <button type="button" className="btn" onClick={() => setImporting(true)}>
            Import… <kbd aria-hidden="true">I</kbd>
          </button>
        </span>
      </div>
      <ImportForm
        opened={importing}
        onClose={() => setImporting(false)}
        onImported={(model) => setChosenId(model.id)}
      />
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && models.length === 0 && (
        <Empty>
          No models. Import a folder in hub layout: config.json, tokenizer.json and safetensors.
        </Empty>
      )}
      {chosen !== undefined && (
        <div className="cols modelcols">
          <Splitter name="models" side="right" label="Width of the card" initial={400} />
          <section className="region" aria-label="All models">
            <VirtualGrid
              label="Models"
              columns={columns}
              rows={models}
              rowKey={(model) => model.id}
              chosen={at}
              onChoose={(index) => {
                const model = models[index];
                if (model !== undefined) setChosenId(model.id);
              }}
            />
          </section>
          <aside className="region scroll" aria-label="Chosen model" tabIndex={0}>
            <Details model={chosen} />
          </aside>
        </div>
      )}
    </>
  );
}
