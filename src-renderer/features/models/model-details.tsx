/** What is known of a model that is here, and its card. */
import type { ReactNode } from "react";
import type { ModelRecord } from "#shared/schema/system.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { PathText } from "#renderer/ui/text/path-text.tsx";

/** A card without the YAML that hubs read. */
function cardText(card: string): string {
  return card.replace(/^---\n[\s\S]*?\n---\n+/u, "");
}

/** A source as people say it: "hub:owner/name@0123…" without its prefix and with a short commit. */
function sourceText(source: string): string {
  return source
    .replace(/^(hub|file|pypi):/, "")
    .replace(/@([0-9a-f]{8})[0-9a-f]{32}/, "@$1")
    .replace(/#\d+-\d+$/, "");
}

export function ModelDetails({ model }: { readonly model: ModelRecord }): ReactNode {
  return (
    <>
      <div className="head" style={{ marginTop: 2 }}>
        <h2 className="ell mono">{model.name}</h2>
        <a className="btn small end" href={hrefTo(["playground"], { model: model.id })}>
          Ask it
        </a>
      </div>
      <dl className="kv" style={{ padding: "0 16px 12px" }}>
        <dt>Id</dt>
        <dd className="mono" title={model.id}>
          {model.id}
        </dd>
        <dt>Weights</dt>
        <dd>{formatNumber(model.parameters)}</dd>
        <dt>Licence</dt>
        <dd>{model.license ?? "not said"}</dd>
        {model.source !== null && (
          <>
            <dt>Got from</dt>
            <dd title={model.source}>{sourceText(model.source)}</dd>
          </>
        )}
        <dt>Folder</dt>
        <dd>
          <PathText path={model.path} />
        </dd>
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
