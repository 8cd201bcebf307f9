/** The rows and columns of the queue. */
import type { PipelineSummary } from "#shared/schema/run.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { StatusWord } from "#renderer/ui/pipelines/run-status.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";

export interface QueueRow {
  readonly pipeline: PipelineSummary;
  /** From 1; 0 for what is at work. */
  readonly place: number;
  readonly held: boolean;
}

export const QUEUE_COLUMNS: readonly GridColumn<QueueRow>[] = [
  {
    id: "place",
    header: "Turn",
    track: "64px",
    numeric: true,
    cell: ({ place }) => (place === 0 ? "now" : place),
  },
  {
    id: "name",
    header: "Pipeline",
    track: "minmax(180px, 1fr)",
    cell: ({ pipeline }) => (
      <>
        <span className="med">{pipeline.name}</span> <span className="t3">{pipeline.id}</span>
      </>
    ),
  },
  {
    id: "seed",
    header: "Seed",
    track: "72px",
    numeric: true,
    cell: ({ pipeline }) => pipeline.seed,
  },
  {
    id: "stages",
    header: "Stages",
    track: "96px",
    numeric: true,
    cell: ({ pipeline }) => pipeline.runs.length,
  },
  {
    id: "state",
    header: "State",
    track: "128px",
    cell: ({ pipeline, held }) =>
      held ? (
        <span className="warn">
          <Glyph name="pause" /> held
        </span>
      ) : (
        <StatusWord status={pipeline.status} />
      ),
  },
];
