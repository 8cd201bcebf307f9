/** Columns of the ledger. */
import type { ReactNode } from "react";
import { unpricedNote } from "#shared/usd-text.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatDuration, formatNumber, formatWhen, plural } from "#renderer/ui/format.ts";
import { UsdInColumn } from "#renderer/ui/usd-column.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { amountOf, COST_KINDS, kindOf, tokensOfUse } from "./ledger-rows.ts";
import type { CostKind, LedgerRow } from "./ledger-rows.ts";

export function rowHref(row: LedgerRow): string | undefined {
  if (row.type === "launch") return hrefTo(["pipeline", row.launch.pipelineId]);
  return row.type === "stage" ? hrefTo(["run", row.entry.runId]) : undefined;
}

function timeOf(row: LedgerRow): number | undefined {
  if (row.type === "launch") return row.launch.createdAtMs;
  if (row.type === "unpriced") return row.use.timeMs;
  return row.type === "others" ? undefined : row.entry.timeMs;
}

function NameCell({ row }: { readonly row: LedgerRow }): ReactNode {
  switch (row.type) {
    case "launch":
      return (
        <a className="med" href={rowHref(row)} tabIndex={-1}>
          {row.launch.name}
        </a>
      );
    case "stage":
      return (
        <a
          className="t2 entryname"
          href={rowHref(row)}
          tabIndex={-1}
          title={`${row.entry.stageName}, ${row.entry.kind}`}
        >
          {row.entry.stageName}{" "}
          {row.entry.kind !== row.entry.stageName && (
            <span className="t3 opt">{row.entry.kind}</span>
          )}
        </a>
      );
    case "others":
      return <span className="med">{row.label}</span>;
    case "written":
      return (
        <span className="t2 entryname" title={row.entry.note}>
          {row.entry.note}{" "}
          {row.entry.pipelineId !== null && <span className="t3">{row.entry.pipelineId}</span>}
        </span>
      );
    case "unpriced":
      return (
        <span className="t2 entryname" title={unpricedNote(row.use)}>
          {unpricedNote(row.use)}{" "}
          {row.use.pipelineId !== null && <span className="t3">{row.use.pipelineId}</span>}
        </span>
      );
    default:
      return row satisfies never;
  }
}

export function KindMark({ kind }: { readonly kind: CostKind }): ReactNode {
  const found = COST_KINDS.find((one) => one.kind === kind);
  return (
    <span className="kindmark">
      <i aria-hidden="true" style={{ background: `var(${found?.token ?? "--data-ref"})` }} />
      {found?.label ?? kind}
    </span>
  );
}

function quantityOf(row: LedgerRow): string {
  if (row.type === "launch") return formatDuration(row.launch.total.wallMs);
  if (row.type === "stage") return formatDuration(row.entry.usage.wallMs);
  if (row.type === "others") return "";
  if (row.type === "unpriced") return plural(tokensOfUse(row.use), "token");
  return `${formatNumber(row.entry.quantity, Number.isInteger(row.entry.quantity) ? 0 : 2)} ${row.entry.unit}`;
}

function tokensOf(row: LedgerRow): string {
  const usage =
    row.type === "launch" ? row.launch.total : row.type === "stage" ? row.entry.usage : undefined;
  if (usage === undefined) return "";
  return `${formatNumber(usage.tokensSampled)} + ${formatNumber(usage.tokensTrained)}`;
}

function howKnown(row: LedgerRow): string {
  if (row.type === "others") return "";
  if (row.type === "unpriced") return "metered";
  return row.type === "written" ? row.entry.how : "measured";
}

/** @param usdPlaces decimals that the amounts have room for */
export function ledgerColumns(now: number, usdPlaces: number): readonly GridColumn<LedgerRow>[] {
  return [
    {
      id: "when",
      header: "When",
      track: "112px",
      cell: (row) => {
        const timeMs = timeOf(row);
        return <span className="t3">{timeMs === undefined ? "" : formatWhen(timeMs, now)}</span>;
      },
    },
    {
      id: "for",
      header: "For",
      track: "minmax(140px, 1.4fr)",
      cell: (row) => <NameCell row={row} />,
    },
    {
      id: "kind",
      header: "Kind",
      track: "96px",
      cell: (row) => {
        const kind = kindOf(row);
        if (kind !== undefined) return <KindMark kind={kind} />;
        return row.type === "launch" ? (
          <span className="t3">{plural(row.launch.entries.length, "stage")}</span>
        ) : null;
      },
    },
    {
      id: "quantity",
      header: "Quantity",
      track: "104px",
      numeric: true,
      cell: quantityOf,
    },
    {
      id: "tokens",
      wideOnly: true,
      header: "Sampled + trained",
      track: "minmax(0, 150px)",
      numeric: true,
      cell: (row) => <span className="t3">{tokensOf(row)}</span>,
    },
    {
      id: "amount",
      header: "Amount",
      track: "100px",
      numeric: true,
      cell: (row) => (
        <span className="med">
          <UsdInColumn usd={amountOf(row)} places={usdPlaces} />
        </span>
      ),
    },
    {
      id: "how",
      header: "How known",
      track: "92px",
      cell: (row) => <span className="t3">{howKnown(row)}</span>,
    },
  ];
}
