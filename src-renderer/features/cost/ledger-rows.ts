/** The ledger as rows: pipelines with their stages, then what no pipeline made; and as a file. Pure. */
import type {
  CostEntry,
  CostShares,
  CostTotal,
  LedgerEntry,
  UnpricedUse,
} from "#shared/schema/cost.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { unpricedNote } from "#shared/usd-text.ts";

export type CostKind = "sampling" | "training" | "evaluation" | "api" | "human" | "other";

export const COST_KINDS: readonly {
  readonly kind: CostKind;
  readonly label: string;
  /** null: no part of what was spent. */
  readonly share: keyof CostShares | null;
  /** Colour of the kind, everywhere the same; the word stands beside it. */
  readonly token: string;
}[] = [
  { kind: "training", label: "training", share: "trainingUsd", token: "--data-1" },
  { kind: "sampling", label: "sampling", share: "samplingUsd", token: "--data-2" },
  { kind: "evaluation", label: "evaluation", share: "evaluationUsd", token: "--data-3" },
  { kind: "api", label: "API", share: "apiUsd", token: "--data-4" },
  { kind: "human", label: "people", share: null, token: "--data-5" },
  { kind: "other", label: "other", share: "otherUsd", token: "--data-6" },
];

export interface PipelineCost {
  readonly pipelineId: PipelineId;
  readonly name: string;
  readonly createdAtMs: number;
  readonly entries: readonly CostEntry[];
  readonly total: CostTotal;
  /** With what was bought for it. */
  readonly totalUsd: number;
}

export type LedgerRow =
  | { readonly type: "launch"; readonly key: string; readonly launch: PipelineCost }
  | { readonly type: "stage"; readonly key: string; readonly entry: CostEntry }
  | {
      readonly type: "others";
      readonly key: string;
      readonly label: string;
      /** null where nothing under it has a price. */
      readonly totalUsd: number | null;
    }
  | { readonly type: "written"; readonly key: string; readonly entry: LedgerEntry }
  | { readonly type: "unpriced"; readonly key: string; readonly use: UnpricedUse };

export function kindOf(row: LedgerRow): CostKind | undefined {
  if (row.type === "stage") {
    if (row.entry.kind === "benchmark") return "evaluation";
    return row.entry.kind === "rejection-sampling" ? "sampling" : "training";
  }
  if (row.type === "unpriced") return "api";
  if (row.type !== "written") return undefined;
  const { kind } = row.entry;
  return kind === "api" || kind === "human" ? kind : "other";
}

/** Dollars; null where nobody knows. */
export function amountOf(row: LedgerRow): number | null {
  switch (row.type) {
    case "launch":
      return row.launch.totalUsd;
    case "stage":
      return row.entry.totalUsd;
    case "others":
      return row.totalUsd;
    case "written":
      return row.entry.totalUsd;
    case "unpriced":
      return null;
    default:
      return row satisfies never;
  }
}

/** Whether a row is part of what was spent: people's time stands apart. */
export function isSpent(row: LedgerRow): boolean {
  return kindOf(row) !== "human";
}

/** Prompts and completions. */
export function tokensOfUse({ promptTokens, completionTokens }: UnpricedUse): number {
  return promptTokens + completionTokens;
}

/** Those since `sinceMs`: entries without a pipeline, people's time, then pipelines with their stages and entries, newest first. */
export function ledgerRows(
  launches: readonly PipelineCost[],
  written: readonly LedgerEntry[],
  unpriced: readonly UnpricedUse[],
  sinceMs: number,
): readonly LedgerRow[] {
  const own = written.filter(({ timeMs }) => timeMs >= sinceMs);
  const asked = unpriced.filter(({ timeMs }) => timeMs >= sinceMs);
  const rows = [
    ...othersRows(
      "others",
      "Bought, and corrections",
      own.filter((entry) => entry.kind !== "human" && entry.pipelineId === null),
      asked.filter(({ pipelineId }) => pipelineId === null),
    ),
    ...othersRows(
      "people",
      "People's time, no part of what was spent",
      own.filter(({ kind }) => kind === "human"),
    ),
  ];
  for (const launch of launches) {
    const entries = launch.entries.filter(({ timeMs }) => timeMs >= sinceMs);
    const bought = own.filter(
      (entry) => entry.kind !== "human" && entry.pipelineId === launch.pipelineId,
    );
    const uses = asked.filter(({ pipelineId }) => pipelineId === launch.pipelineId);
    if (entries.length + bought.length + uses.length === 0) continue;
    rows.push({ type: "launch", key: launch.pipelineId, launch });
    for (const entry of entries) rows.push({ type: "stage", key: entry.runId, entry });
    for (const entry of bought) rows.push({ type: "written", key: `written ${entry.id}`, entry });
    rows.push(...uses.map(unpricedRow));
  }
  return rows;
}

function unpricedRow(use: UnpricedUse): LedgerRow {
  const { pipelineId, purpose, endpoint, model } = use;
  return { type: "unpriced", key: JSON.stringify([pipelineId, purpose, endpoint, model]), use };
}

function othersRows(
  key: string,
  label: string,
  entries: readonly LedgerEntry[],
  unpriced: readonly UnpricedUse[] = [],
): LedgerRow[] {
  if (entries.length + unpriced.length === 0) return [];
  const totalUsd =
    entries.length === 0 ? null : entries.reduce((sum, entry) => sum + entry.totalUsd, 0);
  return [
    { type: "others", key, label, totalUsd },
    ...entries.map((entry): LedgerRow => ({ type: "written", key: `written ${entry.id}`, entry })),
    ...unpriced.map(unpricedRow),
  ];
}

/** Dollars spent on each day and kind, oldest day first, days without any between them. */
export function costOfDays(
  rows: readonly LedgerRow[],
  dayOf: (timeMs: number) => number,
): readonly { readonly day: number; readonly usd: ReadonlyMap<CostKind, number> }[] {
  const days = new Map<number, Map<CostKind, number>>();
  for (const row of rows) {
    const kind = kindOf(row);
    if (kind === undefined || !isSpent(row) || (row.type !== "stage" && row.type !== "written"))
      continue;
    const day = dayOf(row.entry.timeMs);
    const usd = days.get(day) ?? new Map<CostKind, number>();
    usd.set(kind, (usd.get(kind) ?? 0) + row.entry.totalUsd);
    days.set(day, usd);
  }
  const known = [...days.keys()].toSorted((a, b) => a - b);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    day: first + index,
    usd: days.get(first + index) ?? new Map<CostKind, number>(),
  }));
}

function csvCell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === "string" && /^\s*[=+\-@]/u.test(text) ? `'${text}` : text;
  return /[",\n\r]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line an entry; texts that a spreadsheet would take for formulas have a quote before them. */
export function ledgerCsv(rows: readonly LedgerRow[]): string {
  const header = ["time", "kind", "for", "quantity", "unit", "usd_per_unit", "usd", "how_known"];
  const lines = rows.flatMap((row): (string | number)[][] => {
    if (row.type === "stage") {
      const { entry } = row;
      return [
        [
          new Date(entry.timeMs).toISOString(),
          kindOf(row) ?? "",
          `${entry.pipelineId} ${entry.stageName}`,
          entry.usage.cpuSeconds / 3600,
          "core h",
          entry.prices.usdPerCpuCoreHour,
          entry.totalUsd,
          "measured",
        ],
      ];
    }
    if (row.type === "unpriced") {
      const { use } = row;
      const time = new Date(use.timeMs).toISOString();
      return [[time, "api", unpricedNote(use), tokensOfUse(use), "tokens", "", "", "metered"]];
    }
    if (row.type !== "written") return [];
    const { timeMs, kind, note, quantity, unit, usdPerUnit, totalUsd, how } = row.entry;
    return [
      [new Date(timeMs).toISOString(), kind, note, quantity, unit, usdPerUnit, totalUsd, how],
    ];
  });
  return [header, ...lines].map((line) => `${line.map(csvCell).join(",")}\n`).join("");
}
