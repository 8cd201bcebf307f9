import { withEventMeta } from "@orpc/server";
import type { Numbered } from "#main/services/workspace/live-events.ts";

/** Events with their ids, so that a stream that was cut can be taken up where it was. */
export async function* numbered<T extends object>(
  stream: AsyncGenerator<Numbered<T>>,
): AsyncGenerator<T> {
  for await (const { id, event } of stream) yield withEventMeta({ ...event }, { id });
}
