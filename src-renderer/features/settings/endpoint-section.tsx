/** Endpoints of teachers. A key is written here and never shown again. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import { host } from "#renderer/bridge/host.ts";
import { endpointsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { formatDuration, formatPrice } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { EndpointForm } from "./endpoint-form.tsx";

/** Which form is open: a new endpoint's, or an existing one's. */
type Open = { readonly endpoint: Endpoint | undefined };

export function EndpointSection(): ReactNode {
  const query = useQuery(endpointsQuery);
  const act = useAct();
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const [removing, setRemoving] = useState<Endpoint | undefined>(undefined);
  const remove = async ({ id: endpointId }: Endpoint): Promise<void> => {
    await act.run(() => host.endpoints.delete({ endpointId }));
    query.refresh();
  };
  return (
    <section aria-label="Endpoints">
      <div className="head bt">
        <h2>Endpoints</h2>
        <span className="note ell">
          servers that speak OpenAI’s API, as teachers; keys stay in a file that only you can read
        </span>
        <button
          type="button"
          className="btn small end"
          onClick={() => setOpen({ endpoint: undefined })}
        >
          Add an endpoint
        </button>
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data?.length === 0 && (
        <p className="s12 t3 endpointnone">
          None yet. Ollama, LM Studio, vLLM and most vendors can be added by their base URL.
        </p>
      )}
      {query.data !== undefined && query.data.length > 0 && (
        <table className="endpoints">
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">model</th>
              <th scope="col">address</th>
              <th scope="col" className="num">
                in, $/M tokens
              </th>
              <th scope="col" className="num">
                out, $/M tokens
              </th>
              <th scope="col">key</th>
              <th scope="col">
                <span className="visually-hidden">acts</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {query.data.map((endpoint) => (
              <EndpointRow
                key={endpoint.id}
                endpoint={endpoint}
                onEdit={() => setOpen({ endpoint })}
                onRemove={() => setRemoving(endpoint)}
              />
            ))}
          </tbody>
        </table>
      )}
      {open !== undefined && (
        <EndpointForm
          key={open.endpoint?.id ?? "new"}
          endpoint={open.endpoint}
          onClose={() => setOpen(undefined)}
          onSaved={() => {
            setOpen(undefined);
            query.refresh();
          }}
        />
      )}
      <ConfirmDialog
        opened={removing !== undefined}
        title={`Remove ${visibleText(removing?.name ?? "")}?`}
        acts={[
          {
            label: "Remove",
            danger: true,
            run: () => {
              if (removing !== undefined) void remove(removing);
              setRemoving(undefined);
            },
          },
        ]}
        keep="Keep it"
        busy={act.busy}
        failure={undefined}
        onClose={() => setRemoving(undefined)}
      >
        Its address, prices and key are deleted. Records that it wrote stay.
      </ConfirmDialog>
    </section>
  );
}

function EndpointRow({
  endpoint,
  onEdit,
  onRemove,
}: {
  readonly endpoint: Endpoint;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}): ReactNode {
  const act = useAct();
  const [answer, setAnswer] = useState<string | undefined>(undefined);
  const name = visibleText(endpoint.name);
  const test = async (): Promise<void> => {
    setAnswer(undefined);
    const { latencyMs, tokens } = await host.endpoints.test({ endpointId: endpoint.id });
    setAnswer(`answered ${tokens} tokens in ${formatDuration(latencyMs)}`);
  };
  return (
    <>
      <tr>
        <td className="ell med">{name}</td>
        <td className="ell mono">{visibleText(endpoint.model)}</td>
        <td className="ell mono" title={endpoint.baseUrl}>
          {visibleText(endpoint.baseUrl)}
        </td>
        <td className="num">{formatPrice(endpoint.usdPerMillionInputTokens)}</td>
        <td className="num">{formatPrice(endpoint.usdPerMillionOutputTokens)}</td>
        <td>{endpoint.hasKey ? "kept" : "none"}</td>
        <td className="endpointacts">
          <button
            type="button"
            className="btn small"
            disabled={act.busy}
            onClick={() => void act.run(test)}
          >
            {act.busy ? "Asking" : "Test"}
            <span className="visually-hidden"> {name}</span>
          </button>
          <button type="button" className="btn small" onClick={onEdit}>
            Edit<span className="visually-hidden"> {name}</span>
          </button>
          <button type="button" className="btn quiet small" onClick={onRemove}>
            Remove…<span className="visually-hidden"> {name}</span>
          </button>
        </td>
      </tr>
      {(answer !== undefined || act.failure !== undefined) && (
        <tr>
          <td colSpan={7} className="endpointsaid">
            {act.failure !== undefined && <FailureNotice failure={act.failure} />}
            {answer !== undefined && (
              <span className="s12 pass" role="status">
                <Glyph name="check" /> {answer}
              </span>
            )}
          </td>
        </tr>
      )}
    </>
  );
}
