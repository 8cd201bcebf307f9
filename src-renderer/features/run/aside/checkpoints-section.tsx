/** The checkpoints of a run, and the way from one of them to a new pipeline with another configuration. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Checkpoint, Run } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatBytes, formatNumber, formatWhen } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";

const SHOWN = 12;

function BranchDialog({
  run,
  step,
  onClose,
}: {
  readonly run: Run;
  readonly step: number | undefined;
  readonly onClose: () => void;
}): ReactNode {
  const { busy, failure, run: call } = useAct();
  const branch = (): void => {
    if (step === undefined) return;
    void call(async () => {
      const recipe = await host.recipes.fromRun({ runId: run.id, step });
      onClose();
      navigate(hrefTo(["recipe", recipe.id]));
    });
  };
  return (
    <Dialog
      opened={step !== undefined}
      label={`Branch from step ${formatNumber(step ?? null)}`}
      headed
      size={480}
      onClose={onClose}
    >
      <p className="t2">
        Makes a recipe that begins with this checkpoint's weights, with the options of{" "}
        {run.stageName} and of the stages after it. Change what is to be different, then start it.
      </p>
      <p className="t2" style={{ marginTop: 8 }}>
        This run, its checkpoint and its numbers stay as they are. The optimizer begins anew.
      </p>
      {failure !== undefined && <FailureNotice failure={failure} />}
      <div className="flex" style={{ marginTop: 20, justifyContent: "flex-end" }}>
        <button type="button" className="btn primary" disabled={busy} onClick={branch}>
          Make the recipe
        </button>
        <button type="button" className="btn" data-autofocus onClick={onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}

export function CheckpointsSection({
  run,
  checkpoints,
}: {
  readonly run: Run;
  readonly checkpoints: readonly Checkpoint[];
}): ReactNode {
  const now = useNow(60_000);
  const [branching, setBranching] = useState<number | undefined>(undefined);
  const kept = checkpoints.filter((one) => one.removedAtMs === null);
  const newest = kept.reduce<number | undefined>(
    (last, one) => Math.max(last ?? 0, one.step),
    undefined,
  );
  const trains = run.kind !== "benchmark" && run.kind !== "rejection-sampling";
  useCommands(
    useMemo(
      () => [
        {
          id: "run.branch",
          title: `Branch ${run.stageName} from its last checkpoint…`,
          note: "a new recipe with its weights, this run stays",
          group: "This screen" as const,
          keys: "W",
          notNow: !trains
            ? "this stage trains no weights"
            : newest === undefined
              ? "no checkpoint is kept"
              : undefined,
          run: () => setBranching(newest),
        },
      ],
      [run.stageName, trains, newest],
    ),
  );
  if (checkpoints.length === 0) return null;
  return (
    <section aria-label="Checkpoints">
      <div className="head bt">
        <h2>Checkpoints</h2>
        <span className="note end">
          {kept.length} of {checkpoints.length} kept
        </span>
      </div>
      <table>
        <thead>
          <tr>
            <th>Step</th>
            <th className="num">Size</th>
            <th className="num">Saved</th>
            {trains && (
              <th className="num">
                <span className="visually-hidden">Branch</span>
                <KeyCaps keys="W" />
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {checkpoints
            .toSorted((a, b) => b.step - a.step)
            .slice(0, SHOWN)
            .map((one) => (
              <tr key={one.id}>
                <td className="num" style={{ textAlign: "left" }}>
                  {formatNumber(one.step)}
                </td>
                <td className="num">
                  {one.removedAtMs === null ? (
                    formatBytes(one.bytes)
                  ) : (
                    <span className="t3">removed</span>
                  )}
                </td>
                <td className="num t3">{formatWhen(one.createdAtMs, now)}</td>
                {trains && (
                  <td className="num">
                    {one.removedAtMs === null && (
                      <button
                        type="button"
                        className="linkbtn"
                        aria-label={`Branch from step ${formatNumber(one.step)}`}
                        onClick={() => setBranching(one.step)}
                      >
                        Branch…
                      </button>
                    )}
                  </td>
                )}
              </tr>
            ))}
        </tbody>
      </table>
      <BranchDialog run={run} step={branching} onClose={() => setBranching(undefined)} />
    </section>
  );
}
