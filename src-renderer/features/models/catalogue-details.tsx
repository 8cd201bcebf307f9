/** The chosen model of the catalogue: what it is, what it takes, and the way to get it. */
import type { ReactNode } from "react";
import type { CatalogueEntry } from "#shared/schema/model.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatBytes, formatNumber } from "#renderer/ui/format.ts";
import { FITS } from "./model-fits.ts";

export function CatalogueDetails({
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
            Get <kbd aria-hidden="true">↵</kbd>
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
