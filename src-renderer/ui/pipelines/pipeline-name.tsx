/** Names that tell pipelines and models apart: two pipelines of one recipe have one name, and all their stages have the same. */
import type { ReactNode } from "react";

export interface NamedPipeline {
  readonly pipelineName: string;
  readonly pipelineId: string;
}

export function pipelineText({ pipelineName, pipelineId }: NamedPipeline): string {
  return `${pipelineName} ${pipelineId}`;
}

/** The name with the pipeline's id, dimmed. */
export function PipelineName({ pipelineName, pipelineId }: NamedPipeline): ReactNode {
  return (
    <>
      {pipelineName} <span className="t3">{pipelineId}</span>
    </>
  );
}

/** A model as a pipeline's recipe names it: a stage, an id, or the end of a folder's path; what a run wrote by its run. */
export function modelText(model: string): string {
  const parts = model.split(/[/\\]/u).filter((part) => part !== "");
  const last = parts.at(-1) ?? model;
  return last === "model" ? parts.slice(-3, -1).join("/") : last;
}
