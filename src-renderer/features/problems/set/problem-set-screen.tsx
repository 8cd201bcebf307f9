/** One problem set: its problems by filter, and beside them the one that is read, or what is known of the set. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { DeleteSetDialog } from "../delete-set-dialog.tsx";
import { setQuery } from "../problem-queries.ts";
import "../problems.css";
import { ExportDialog } from "./actions/export-dialog.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { MeasureDialog } from "./actions/measure-dialog.tsx";
import { ProblemGrid } from "./problem-grid.tsx";
import { ProblemPanel } from "./problem/problem-panel.tsx";
import { SetActions } from "./actions/set-actions.tsx";
import { SetFacts } from "./set-facts.tsx";
import type { KnownSet } from "./set-facts.tsx";
import { SetHead } from "./set-head.tsx";
import { useSetPlace } from "./set-place.ts";
import type { SetPlace } from "./set-place.ts";
import { TRY_FIELD } from "./problem/try-answer.tsx";
import { useBeginRecipe } from "./actions/use-begin-recipe.ts";
import { useChosenProblem } from "./problem/use-chosen-problem.ts";
import { useProblemRows } from "./use-problem-rows.ts";
import { useSetCommands } from "./actions/use-set-commands.ts";

const SIDES = [
  { value: "problem", label: "Problem" },
  { value: "set", label: "Set" },
] as const;

function Side({
  place,
  known,
  id,
}: {
  readonly place: SetPlace;
  readonly known: KnownSet | undefined;
  readonly id: string | undefined;
}): ReactNode {
  return (
    <aside className="region" aria-label="Beside the list">
      <div className="head bb">
        <h2 className="ell" title={id}>
          {place.side === "set" ? "The set" : `Problem ${id ?? ""}`}
        </h2>
        <span className="end flex">
          <Segments
            label="Beside the list"
            slim
            segments={SIDES}
            value={place.side}
            onChange={place.setSide}
          />
          <KeyCaps keys="V" />
        </span>
      </div>
      {place.side === "problem" && <ProblemPanel place={place} id={id} />}
      {place.side === "set" &&
        (known === undefined ? <SkeletonRows /> : <SetFacts place={place} known={known} />)}
    </aside>
  );
}

export function ProblemSetScreen({ name }: { readonly name: string }): ReactNode {
  const place = useSetPlace(name);
  const query = useQuery(setQuery(name, place.version));
  const rows = useProblemRows(place);
  const chosen = useChosenProblem(rows, place);
  const field = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<"measure" | "export" | "delete">();
  const known = query.data;
  const { side, setSide } = place;
  const begun = useBeginRecipe(place, known?.version.statistics.splits);
  const { train, benchmark } = begun;
  // What a broken filter would ask for is not what was meant.
  const unclear = place.faults.length > 0;
  useTellCrumbs(
    useMemo(() => [{ label: "Problems", href: hrefTo(["problems"]) }, { label: name }], [name]),
  );
  useSetCommands(
    { count: rows.total ?? 0, at: chosen.at, choose: chosen.choose },
    useMemo(
      () => ({
        filter: () => field.current?.focus(),
        tryAnswer: () => document.getElementById(TRY_FIELD)?.focus(),
        turnSide: () => setSide(side === "set" ? "problem" : "set"),
        measure: () => setDialog("measure"),
        train,
        benchmark,
        exportFile: () => setDialog("export"),
        remove: () => setDialog("delete"),
      }),
      [side, setSide, train, benchmark],
    ),
    unclear ? "The filter is not understood." : undefined,
  );
  return (
    <>
      <SetHead place={place} version={known?.version} versions={known?.versions ?? []}>
        <SetActions
          held={begun.act.busy || unclear}
          train={train}
          benchmark={benchmark}
          onDialog={setDialog}
          into={name}
        />
      </SetHead>
      {begun.act.failure !== undefined && <FailureNotice failure={begun.act.failure} />}
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      <div className="cols setcols">
        <Splitter name="problem-set" side="right" label="Width of the problem" initial={420} />
        <section className="region" aria-label="Problems of the set">
          <FilterBar place={place} models={known?.models ?? []} field={field} />
          <ProblemGrid place={place} rows={rows} chosen={chosen} />
          {rows.total !== undefined && (
            <div className="flex s11 t3 problemsfoot bt">
              {formatNumber(rows.total)}
              {known !== undefined && ` of ${formatNumber(known.version.statistics.problems)}`}{" "}
              problems <KeyCaps keys="J K" />
            </div>
          )}
        </section>
        <Side place={place} known={known} id={chosen.id} />
      </div>
      {dialog === "measure" && (
        <MeasureDialog
          place={place}
          problems={rows.total ?? 0}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === "export" && <ExportDialog place={place} onClose={() => setDialog(undefined)} />}
      {dialog === "delete" && known !== undefined && (
        <DeleteSetDialog
          set={known.set}
          onClose={() => setDialog(undefined)}
          onDeleted={() => navigate(hrefTo(["problems"]))}
        />
      )}
    </>
  );
}
