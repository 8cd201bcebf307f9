/** What became of the solutions that a pipeline's stages sampled to learn from. */
import { REJECTION_WORDS } from "#shared/schema/acceptance.ts";
import type { Acceptance } from "#shared/schema/acceptance.ts";
import type { RunSummary } from "#shared/schema/run.ts";
import type { Client } from "../open-host.ts";

/** By stage; stages that keep no solutions are left out. */
export async function acceptancesOf(
  client: Client,
  runs: readonly RunSummary[],
): Promise<Record<string, Acceptance>> {
  const found: Record<string, Acceptance> = {};
  for (const { id, kind, stageName } of runs) {
    if (kind !== "rejection-sampling" && kind !== "distill") continue;
    const { acceptance } = await client.runs.get({ runId: id });
    if (acceptance !== null) found[stageName] = acceptance;
  }
  return found;
}

/** A line for each stage, e.g. "traces: 12 of 40 kept; 20 wrong, 8 over the cap of its prompt". */
export function acceptanceLines(acceptances: Readonly<Record<string, Acceptance>>): string[] {
  return Object.entries(acceptances).map(([stage, { sampled, kept, rejected }]) => {
    const why = rejected.map(({ reason, count }) => `${count} ${REJECTION_WORDS[reason]}`);
    return `${stage}: ${kept} of ${sampled} kept${why.length === 0 ? "" : `; ${why.join(", ")}`}`;
  });
}
