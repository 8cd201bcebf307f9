/** A row of the Runs screen: a group, a pipeline, or a stage of one. */
import type { PipelineSummary, RunSummary } from "#shared/schema/run.ts";

export type RunRow =
  | {
      readonly type: "group";
      readonly key: string;
      readonly label: string;
      readonly pipelines: readonly PipelineSummary[];
    }
  | { readonly type: "pipeline"; readonly key: string; readonly pipeline: PipelineSummary }
  | { readonly type: "run"; readonly key: string; readonly run: RunSummary };
