/** What a run's engine process printed, over all attempts. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";

/** In a run's folder. */
export const ENGINE_LOG = "engine.log";

/** The last of it. Throws NOT_FOUND. */
export async function endOfLog(
  store: Store,
  runId: RunId,
  maxBytes: number,
): Promise<{ text: string; truncated: boolean }> {
  const file = join(store.runs.get(runId).outDir, ENGINE_LOG);
  if (!existsSync(file)) return { text: "", truncated: false };
  const { size } = statSync(file);
  const start = Math.max(0, size - maxBytes);
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { start })) chunks.push(Buffer.from(chunk));
  return { text: Buffer.concat(chunks).toString("utf8"), truncated: start > 0 };
}
