/** An entry by hand: what was bought, a person's time, or a correction. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { LedgerKind } from "#shared/schema/cost.ts";
import { pipelineIdFrom } from "#renderer/bridge/ids.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatUsd } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import type { PipelineCost } from "./ledger-rows.ts";

const KINDS: readonly {
  readonly kind: LedgerKind;
  readonly label: string;
  readonly unit: string;
}[] = [
  { kind: "api", label: "API, bought tokens", unit: "M tokens" },
  { kind: "human", label: "a person's time", unit: "h" },
  { kind: "rent", label: "a rented machine", unit: "h" },
  { kind: "correction", label: "a correction; a negative quantity takes off", unit: "$" },
];

function numberIn(text: string): number | undefined {
  const value = Number(text.trim().replace("−", "-").replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

export function AddEntryDialog({
  launches,
  onClose,
}: {
  readonly launches: readonly PipelineCost[];
  readonly onClose: () => void;
}): ReactNode {
  const act = useAct();
  const [kind, setKind] = useState<LedgerKind>("api");
  const [note, setNote] = useState("");
  const [quantity, setQuantity] = useState("");
  const [price, setPrice] = useState("");
  const [launch, setLaunch] = useState("");
  const unit = KINDS.find((one) => one.kind === kind)?.unit ?? "";
  const [amount, each] = [numberIn(quantity), numberIn(price)];
  const good = note.trim() !== "" && amount !== undefined && each !== undefined && each >= 0;
  const submit = (): void => {
    if (amount === undefined || each === undefined) return;
    const pipelineId = pipelineIdFrom(launch === "" ? undefined : launch);
    void act
      .run(() =>
        host.cost.add({
          kind,
          note: note.trim(),
          quantity: amount,
          unit,
          usdPerUnit: each,
          ...(pipelineId === undefined ? {} : { pipelineId }),
        }),
      )
      .then((done) => {
        if (done) onClose();
      });
  };
  return (
    <Dialog opened label="Add an entry" headed size={520} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="t2">Entries are never edited. A mistake is mended by a correction.</p>
        <label className="field">
          <span className="s12 t2">Kind</span>
          <select
            className="input"
            data-autofocus
            value={kind}
            onChange={(event) =>
              setKind(KINDS.find((one) => one.kind === event.currentTarget.value)?.kind ?? "api")
            }
          >
            {KINDS.map((one) => (
              <option key={one.kind} value={one.kind}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span className="s12 t2">What for</span>
          <input
            className="input"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </label>
        <label className="field">
          <span className="s12 t2">Quantity, {unit}</span>
          <input
            className="input mono"
            inputMode="decimal"
            value={quantity}
            onChange={(event) => setQuantity(event.currentTarget.value)}
          />
        </label>
        <label className="field">
          <span className="s12 t2">Dollars for one</span>
          <input
            className="input mono"
            inputMode="decimal"
            value={price}
            onChange={(event) => setPrice(event.currentTarget.value)}
          />
        </label>
        <label className="field">
          <span className="s12 t2">Pipeline, where it belongs to one</span>
          <select
            className="input"
            value={launch}
            onChange={(event) => setLaunch(event.currentTarget.value)}
          >
            <option value="">none</option>
            {launches.map(({ pipelineId, name }) => (
              <option key={pipelineId} value={pipelineId}>
                {name}, {pipelineId}
              </option>
            ))}
          </select>
        </label>
        {good && <p className="s12 t2">Amount {formatUsd(amount * each)}</p>}
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex" style={{ marginTop: 16, justifyContent: "flex-end" }}>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={act.busy || !good}>
            Add
          </button>
        </div>
      </form>
    </Dialog>
  );
}
