/** The head of the costs: their span, the ledger as a file, and an entry by hand. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { saveText } from "#renderer/ui/save-text.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { ledgerCsv } from "./ledger-rows.ts";
import type { LedgerRow } from "./ledger-rows.ts";

/** Days that are looked back upon. */
export const SPANS = { week: 7, month: 30, all: Number.POSITIVE_INFINITY } as const;
export type Span = keyof typeof SPANS;

function saveLedger(rows: readonly LedgerRow[]): void {
  saveText({
    name: "ledger.csv",
    mediaType: "text/csv;charset=utf-8",
    text: ledgerCsv(rows),
  });
}

export interface CostHeadProps {
  readonly rows: readonly LedgerRow[];
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
  readonly onAdd: () => void;
}

export function CostHead({ rows, span, onSpan, onAdd }: CostHeadProps): ReactNode {
  useCommands(
    useMemo(
      () => [
        {
          id: "cost.add",
          title: "Add an entry to the ledger",
          group: "This screen" as const,
          keys: "N",
          run: onAdd,
        },
        {
          id: "cost.export",
          title: "Export the ledger as CSV",
          group: "This screen" as const,
          keys: "X",
          run: () => saveLedger(rows),
        },
      ],
      [rows, onAdd],
    ),
  );
  return (
    <div className="screenhead">
      <h1>Cost</h1>
      <span className="s12 t3 ell grow opt">in US dollars, at the prices of the day</span>
      <span className="end flex">
        <Segments
          label="Span"
          value={span}
          onChange={onSpan}
          segments={[
            { value: "week", label: "7 days" },
            { value: "month", label: "30 days" },
            { value: "all", label: "All" },
          ]}
        />
        <button
          type="button"
          className="btn"
          disabled={rows.length === 0}
          onClick={() => saveLedger(rows)}
        >
          Export CSV <KeyCaps keys="X" />
        </button>
        <button type="button" className="btn" onClick={onAdd}>
          Add entry <KeyCaps keys="N" />
        </button>
      </span>
    </div>
  );
}
