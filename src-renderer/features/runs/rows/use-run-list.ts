/** The rows of the Runs screen as they are shown, and the one that stands for the keyboard. */
import { useCallback, useMemo, useState } from "react";
import { navigate } from "#renderer/navigation/location.ts";
import { rowHref } from "../columns/name-cell.tsx";
import type { Picks } from "../picks/use-picks.ts";
import type { RunRow } from "./run-row.ts";
import { runRows } from "./run-rows.ts";
import { useAllPipelines } from "./use-all-pipelines.ts";
import type { AllPipelines } from "./use-all-pipelines.ts";
import type { RunView } from "./use-run-view.ts";

export interface RunList {
  readonly all: AllPipelines;
  readonly rows: readonly RunRow[];
  readonly at: number;
  readonly choose: (index: number) => void;
  readonly open: (index: number) => void;
  /** Picks a pipeline or a stage, or not; of a group, all its pipelines. */
  readonly pick: (index: number) => void;
}

export function useRunList({ filter }: RunView, picks: Picks): RunList {
  const all = useAllPipelines();
  const { pipelines } = all;
  const [chosen, choose] = useState(0);
  const rows = useMemo(() => runRows(pipelines, filter), [pipelines, filter]);
  return {
    all,
    rows,
    at: Math.min(chosen, rows.length - 1),
    choose,
    open: useCallback(
      (index) => {
        const row = rows[index];
        const href = row === undefined ? undefined : rowHref(row);
        if (href !== undefined) navigate(href);
      },
      [rows],
    ),
    pick: useCallback(
      (index) => {
        const row = rows[index];
        if (row === undefined) return;
        if (row.type !== "group") picks.toggle(row.key);
        else picks.set([...picks.keys, ...row.pipelines.map((one) => one.id)]);
      },
      [rows, picks],
    ),
  };
}
