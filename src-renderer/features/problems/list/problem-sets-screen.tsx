/** All problem sets: how large, judged by what, how sound, how hard for whom. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { ProblemSetSummary } from "#shared/schema/problem-set.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { problemSetsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FilterField } from "#renderer/ui/filter-field.tsx";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { DeleteSetDialog } from "../delete-set-dialog.tsx";
import "../problems.css";
import { setColumns } from "./set-columns.tsx";
import { useChosenSet } from "./use-chosen-set.ts";
import { IMPORT_PROBLEMS, useSetsCommands } from "./use-sets-commands.ts";

function holds({ name, title, latest }: ProblemSetSummary, text: string): boolean {
  return [name, title, latest.licence, latest.source, ...Object.keys(latest.statistics.verifiers)]
    .join("\n")
    .toLowerCase()
    .includes(text.toLowerCase());
}

function NoSets(): ReactNode {
  return (
    <Empty
      action={
        <a className="btn" href={IMPORT_PROBLEMS}>
          Import a file
        </a>
      }
    >
      No problem sets yet. A set is a file of questions with right answers and a rule that judges an
      answer: JSONL, JSON, CSV or Parquet. The shapes of GSM8K, MATH, AIME, DAPO and verl, multiple
      choice as MMLU, GPQA and ARC have it, prompt and answer, and code with tests are known by
      their columns; others are mapped by hand.
    </Empty>
  );
}

export function ProblemSetsScreen(): ReactNode {
  const query = useQuery(problemSetsQuery);
  const [text, setText] = useFilter("text");
  const field = useRef<HTMLInputElement>(null);
  const [leaving, setLeaving] = useState<ProblemSetSummary>();
  const now = useNow(60_000);
  const all = query.data;
  const sets = useMemo(() => (all ?? []).filter((set) => holds(set, text)), [all, text]);
  const columns = useMemo(() => setColumns(now), [now]);
  const chosen = useChosenSet(sets);
  useSetsCommands(
    sets.length,
    chosen,
    useMemo(() => ({ field, onDelete: setLeaving }), []),
  );
  return (
    <>
      <div className="screenhead">
        <h1>Problems</h1>
        {all !== undefined && <span className="s12 t3">{plural(all.length, "set")}</span>}
        <span className="end flex">
          <FilterField label="Filter problem sets" value={text} onChange={setText} field={field} />
          <a className="btn primary" href={IMPORT_PROBLEMS}>
            Import… <KeyCaps keys="I" />
          </a>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {all === undefined && query.failure === undefined && <SkeletonRows />}
      {all?.length === 0 && <NoSets />}
      {all !== undefined && all.length > 0 && sets.length === 0 && (
        <Empty>No set matches the filter.</Empty>
      )}
      {sets.length > 0 && (
        <VirtualGrid
          label="Problem sets"
          columns={columns}
          rows={sets}
          rowKey={({ name }) => name}
          chosen={chosen.at}
          onChoose={chosen.choose}
          onOpen={chosen.open}
        />
      )}
      {leaving !== undefined && (
        <DeleteSetDialog
          set={leaving}
          onClose={() => setLeaving(undefined)}
          onDeleted={() => setLeaving(undefined)}
        />
      )}
    </>
  );
}
