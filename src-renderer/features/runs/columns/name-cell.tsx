/** What a row is: a group by its label, a stage by its name and model, a pipeline by its name, seed and what a sweep changed in it. */
import type { ReactNode } from "react";
import { hrefTo } from "#renderer/navigation/location.ts";
import { plural } from "#renderer/ui/format.ts";
import { PipelineName, modelText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import type { RunRow } from "../rows/run-row.ts";

/** Where a row leads; a group's row leads nowhere. */
export function rowHref(row: RunRow): string | undefined {
  if (row.type === "group") return undefined;
  return row.type === "pipeline"
    ? hrefTo(["pipeline", row.pipeline.id])
    : hrefTo(["run", row.run.id]);
}

/** @param flat stages stand alone, without their pipelines above them. */
export function NameCell({
  row,
  flat,
}: {
  readonly row: RunRow;
  readonly flat: boolean;
}): ReactNode {
  if (row.type === "group") {
    return (
      <span className="strong ell" title={row.label}>
        {row.label}{" "}
        <span className="t3">{plural(row.pipelines.length, "pipeline", "pipelines")}</span>
      </span>
    );
  }
  if (row.type === "run") {
    return (
      <a
        className={flat ? "ell" : "ell stagecell"}
        href={rowHref(row)}
        tabIndex={-1}
        title={`${row.run.pipelineName} ${row.run.pipelineId}, ${row.run.stageName} on ${modelText(row.run.model)}`}
      >
        {flat && (
          <span className="t3">
            <PipelineName {...row.run} /> /{" "}
          </span>
        )}
        {row.run.stageName} <span className="t3">on {modelText(row.run.model)}</span>
        {row.run.openAlarms > 0 && <span className="warn"> △ {row.run.openAlarms}</span>}
        <Tags tags={row.run.tags} />
      </a>
    );
  }
  return (
    <a
      className="med ell"
      href={rowHref(row)}
      tabIndex={-1}
      title={`${row.pipeline.name}, ${row.pipeline.id}`}
    >
      {row.pipeline.name} <span className="t3">{row.pipeline.id}</span>{" "}
      <span className="t3">seed {row.pipeline.seed}</span>{" "}
      <span className="t3">{sweepText(row)}</span>
    </a>
  );
}

function Tags({ tags }: { readonly tags: readonly string[] }): ReactNode {
  return tags.map((tag) => (
    <span key={tag} className="tag rowtag">
      {tag}
    </span>
  ));
}

/** What a sweep changed, e.g. "learning_rate 1e-5". */
function sweepText(row: RunRow): string {
  if (row.type !== "pipeline" || row.pipeline.sweep === undefined) return "";
  return Object.entries(row.pipeline.sweep.values)
    .map(([path, value]) => `${path.split(".").at(-1) ?? path} ${JSON.stringify(value)}`)
    .join(", ");
}
