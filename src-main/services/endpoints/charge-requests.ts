/** Puts what requests to endpoints cost into the ledger: an entry for each purpose and model. */
import { counted } from "#shared/counted.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { RequestTotals } from "#main/store/repositories/endpoint-answer-repository.ts";
import type { Store } from "#main/store/store.ts";

/**
 * Within a transaction of the caller. What was charged before is not charged again.
 * @param runId null: what was asked outside of runs
 * @returns what was asked, in a sentence each
 */
export function chargeRequests(store: Store, runId: RunId | null, nowMs: number): string[] {
  const pipelineId = runId === null ? null : store.runs.get(runId).pipelineId;
  return store.endpointAnswers.takeUncharged(runId).map((totals) => {
    const note = noteOf(totals, runId);
    if (totals.costUsd > 0)
      store.ledger.add({
        timeMs: nowMs,
        kind: "api",
        note,
        pipelineId,
        quantity: totals.costUsd,
        unit: "$",
        usdPerUnit: 1,
        how: "metered",
      });
    return note;
  });
}

function noteOf(totals: RequestTotals, runId: RunId | null): string {
  const { purpose, endpoint, model, requests, promptTokens, completionTokens, withoutCost } =
    totals;
  const unknown =
    withoutCost === 0 ? "" : `; the cost of ${withoutCost} of them is not known (no price)`;
  return `${purpose}${runId === null ? "" : ` of ${runId}`}: ${counted(requests, "request")} to ${model} at ${endpoint}, ${promptTokens} tokens in, ${completionTokens} out${unknown}`;
}
