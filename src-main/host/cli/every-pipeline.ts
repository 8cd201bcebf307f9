/** All pipelines, newest first: however many there are, a page of them at a time. */
import type { PipelineSummary } from "#shared/schema/run.ts";
import type { Client } from "./open-host.ts";

const PAGE = 1000;

export async function* everyPipeline(client: Client): AsyncGenerator<PipelineSummary> {
  for (let offset = 0; ; offset += PAGE) {
    const { total, pipelines } = await client.pipelines.list({ offset, limit: PAGE });
    yield* pipelines;
    if (pipelines.length === 0 || offset + PAGE >= total) return;
  }
}

/** The newest pipeline for which `is` holds. */
export async function findPipeline(
  client: Client,
  is: (pipeline: PipelineSummary) => boolean,
): Promise<PipelineSummary | undefined> {
  for await (const pipeline of everyPipeline(client)) if (is(pipeline)) return pipeline;
  return undefined;
}
