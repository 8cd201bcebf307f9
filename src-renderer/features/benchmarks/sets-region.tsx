/** Imported sets, with what may be done with them. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { BenchmarkSet } from "#shared/schema/benchmark.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Empty } from "#renderer/ui/region-state.tsx";

export function SetsRegion({
  sets,
  onImport,
}: {
  readonly sets: readonly BenchmarkSet[];
  readonly onImport: () => void;
}): ReactNode {
  const act = useAct();
  const [leaving, setLeaving] = useState<BenchmarkSet | undefined>(undefined);
  return (
    <section aria-label="Imported sets">
      <div className="head">
        <h2>Imported sets</h2>
        <span className="note ell">graded as mathematics</span>
      </div>
      {sets.length === 0 && (
        <Empty
          action={
            <button type="button" className="btn small" onClick={onImport}>
              Import a set
            </button>
          }
        >
          No set was imported yet. A set is a JSONL file of problems with their answers.
        </Empty>
      )}
      {sets.map((set) => (
        <div key={set.id} className="setrow bt">
          <div className="flex">
            <span className="med ell" title={set.id}>
              {set.name}
            </span>
            <span className="t3 end nowrap">{plural(set.problems, "problem")}</span>
            <button
              type="button"
              className="btn small"
              aria-label={`Delete ${set.name}`}
              onClick={() => setLeaving(set)}
            >
              Delete…
            </button>
          </div>
          <div className="s11 t3 break">
            {set.licence === "" ? "no licence noted" : set.licence}
            {set.source === "" ? "" : `, ${set.source}`},{" "}
            <span className="mono" title={set.sha256}>
              {set.sha256.slice(0, 12)}
            </span>
          </div>
        </div>
      ))}
      {leaving !== undefined && (
        <ConfirmDialog
          opened
          title={`Delete ${leaving.name}?`}
          keep="Keep it"
          busy={act.busy}
          failure={act.failure}
          onClose={() => setLeaving(undefined)}
          acts={[
            {
              label: "Delete",
              danger: true,
              run: () =>
                void act
                  .run(() => host.benchmarks.delete({ id: leaving.id }))
                  .then((done) => {
                    if (done) setLeaving(undefined);
                  }),
            },
          ]}
        >
          {leaving.problems === 1
            ? "Its problem goes."
            : `Its ${formatNumber(leaving.problems)} problems go.`}{" "}
          A set that was run stays as long as its runs.
        </ConfirmDialog>
      )}
    </section>
  );
}
