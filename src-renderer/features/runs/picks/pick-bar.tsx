/** What can be done with the picked rows: lay them over each other, compare, tag, delete. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { launchesOf, runsToCompare, runsToOverlay, runsToTag } from "./picked.ts";
import type { Picked } from "./picked.ts";
import { TagDialog } from "./tag-dialog.tsx";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export interface PickBarProps {
  readonly pipelines: readonly PipelineSummary[];
  readonly picked: Picked;
  readonly onClear: () => void;
}

/** One chart holds so many lines. */
const MOST = 50;

export function PickBar({ pipelines, picked, onClear }: PickBarProps): ReactNode {
  const [asking, setAsking] = useState<"tag" | "delete" | undefined>(undefined);
  const overlay = useMemo(() => runsToOverlay(picked), [picked]);
  const compare = useMemo(() => runsToCompare(picked), [picked]);
  const tagged = useMemo(() => runsToTag(picked), [picked]);
  const launches = useMemo(() => launchesOf(pipelines, picked), [pipelines, picked]);
  const count = picked.pipelines.length + picked.runs.length;
  const noOverlay =
    overlay.length === 0
      ? "no picked stage has metrics"
      : overlay.length > MOST
        ? `one chart holds ${String(MOST)} runs`
        : undefined;
  const noCompare = compare.length === 0 ? "no picked row has a benchmark" : undefined;
  const actions = useMemo(
    () => ({
      overlay: () => navigate(hrefTo(["overlay"], { runs: overlay.join(",") })),
      compare: () => navigate(hrefTo(["compare"], { runs: compare.join(",") })),
      tag: () => setAsking("tag"),
      delete: () => setAsking("delete"),
    }),
    [overlay, compare],
  );
  useCommands(
    useMemo(() => {
      const command = screenCommands("runs");
      return [
        command("overlay", "Overlay the picked runs in one chart", "O", actions.overlay, noOverlay),
        command("compare", "Compare the picked benchmarks", "M", actions.compare, noCompare),
        command("tag", "Tag the picked runs…", "#", actions.tag),
        command("delete", "Delete the picked pipelines…", "Delete", actions.delete),
        command("clear", "Pick nothing", "Escape", onClear),
      ];
    }, [actions, noOverlay, noCompare, onClear]),
  );
  return (
    <div className="head bb pickbar" role="group" aria-label="What to do with the picked rows">
      <span className="s12 med">{plural(count, "row")} picked</span>
      <button
        type="button"
        className="btn small"
        disabled={noOverlay !== undefined}
        title={noOverlay}
        onClick={actions.overlay}
      >
        Overlay {overlay.length > 0 && plural(overlay.length, "run")} <KeyCaps keys="O" />
      </button>
      <button
        type="button"
        className="btn small"
        disabled={noCompare !== undefined}
        title={noCompare}
        onClick={actions.compare}
      >
        Compare {compare.length > 0 && plural(compare.length, "benchmark")} <KeyCaps keys="M" />
      </button>
      <button type="button" className="btn small" onClick={actions.tag}>
        Tag… <KeyCaps keys="#" />
      </button>
      <button type="button" className="btn small danger" onClick={actions.delete}>
        Delete… <KeyCaps keys="Delete" />
      </button>
      <button type="button" className="btn small quiet end" onClick={onClear}>
        Pick nothing <KeyCaps keys="Escape" />
      </button>
      <TagDialog
        key={`tag ${String(asking === "tag")}`}
        opened={asking === "tag"}
        runs={tagged}
        onClose={() => setAsking(undefined)}
      />
      <DeleteDialog
        opened={asking === "delete"}
        launches={launches}
        onClose={() => setAsking(undefined)}
        onDone={onClear}
      />
    </div>
  );
}
