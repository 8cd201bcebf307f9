/**
 * What the tour shows where a workspace is empty: a few records to review, and the short check, started now and on this
 * machine, so that every figure in it is a measured one. Made on request, marked as the tour's, so that neither its
 * pipeline nor its review is part of what was spent, and deleted with one action.
 */
import { ORPCError } from "@orpc/client";
import { z } from "zod";
import { DatasetId } from "#shared/schema/dataset.ts";
import type { RecordMessages } from "#shared/schema/dataset.ts";
import { PipelineId } from "#shared/schema/run.ts";
import type { RunStatus } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { isActive } from "#renderer/ui/pipelines/pipeline-facts.ts";

const KEY = "gradus.tour.sample";
export const SAMPLE_NAME = "Sample of the tour";

const Sample = z.object({
  /** Ids say nothing in another workspace. */
  workspace: z.string(),
  datasetId: DatasetId,
  pipelineId: PipelineId,
});
export type Sample = z.infer<typeof Sample>;

/** The third says 25 on purpose: a record to reject. */
const WORKED = [
  { prompt: "What is 17 plus 25?", reasoning: "17 plus 20 is 37, and 5 more is 42.", said: "42" },
  { prompt: "What is 9 times 6?", reasoning: "Ten times 6 is 60, less 6 is 54.", said: "54" },
  { prompt: "What is 40 minus 16?", reasoning: "40 minus 15 is 25.", said: "25", gold: "24" },
  { prompt: "What is 84 divided by 7?", reasoning: "7 times 12 is 84.", said: "12" },
];

function messagesOf({ prompt, reasoning, said }: (typeof WORKED)[number]): RecordMessages {
  return [
    { role: "user", content: prompt, reasoning: null },
    { role: "assistant", content: `<answer>${said}</answer>`, reasoning },
  ];
}

/** Of this workspace, where it was made in this browser and not deleted. */
export function readSample(workspace: string | undefined): Sample | undefined {
  try {
    const sample = Sample.parse(JSON.parse(window.localStorage.getItem(KEY) ?? ""));
    return sample.workspace === workspace ? sample : undefined;
  } catch {
    return undefined;
  }
}

/** Throws what the host refuses; then nothing of it stays. */
export async function makeSample(): Promise<Sample> {
  const { workspace } = await host.system.info();
  const { id: datasetId } = await host.datasets.create({ name: SAMPLE_NAME, forTour: true });
  try {
    await host.datasets.records.add({
      datasetId,
      records: WORKED.map((one) => ({
        messages: messagesOf(one),
        source: { kind: "written" },
        reference: { gold: one.gold ?? one.said },
        tags: ["sample"],
      })),
    });
    const { pipelineId } = await host.demo.start({ smoke: true, forTour: true });
    const sample = { workspace: workspace.path, datasetId, pipelineId };
    window.localStorage.setItem(KEY, JSON.stringify(sample));
    return sample;
  } catch (error) {
    await host.datasets.delete({ datasetId });
    throw error;
  }
}

const ENDS_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;

/** Undefined where there is no such pipeline any more. */
async function statusOf(pipelineId: PipelineId): Promise<RunStatus | undefined> {
  try {
    return (await host.pipelines.get({ pipelineId })).status;
  } catch (error) {
    if (error instanceof ORPCError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

async function deletePipeline(pipelineId: PipelineId): Promise<void> {
  let status = await statusOf(pipelineId);
  if (status !== undefined && isActive(status)) {
    await host.pipelines.stop({ pipelineId, mode: "discard" });
  }
  const until = Date.now() + ENDS_WITHIN_MS;
  while (status !== undefined && isActive(status) && Date.now() < until) {
    await new Promise((resolve) => window.setTimeout(resolve, LOOK_EVERY_MS));
    status = await statusOf(pipelineId);
  }
  if (status !== undefined) await host.pipelines.delete({ pipelineId });
}

/** Ends the short check where it still runs, and deletes both for good: half of a sample would say nothing. */
export async function deleteSample({ datasetId, pipelineId }: Sample): Promise<void> {
  const datasets = await host.datasets.list();
  if (datasets.some(({ id }) => id === datasetId))
    await host.datasets.delete({ datasetId, forGood: true });
  await deletePipeline(pipelineId);
  window.localStorage.removeItem(KEY);
}
