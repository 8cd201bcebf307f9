/** What a worker told, as the pool's outcome. */
import { JsonValue } from "#shared/schema/json-value.ts";
import { describeLimit } from "#main/core/sandbox-port.ts";
import type { SandboxLimit, SandboxOutcome } from "#main/core/sandbox-port.ts";
import type { WorkerRequest } from "./sandbox-protocol.ts";

export function limited(
  limit: SandboxLimit,
  { limits }: WorkerRequest,
  printed: string,
): SandboxOutcome {
  return { ended: "limit", limit, message: describeLimit(limit, limits), printed };
}

/** What the program made is read with care: it may be nested deeper than a reader goes. */
export function returned(outcome: {
  readonly value: string;
  readonly printed: string;
}): SandboxOutcome {
  const { printed } = outcome;
  try {
    return { ended: "returned", value: JsonValue.parse(JSON.parse(outcome.value)), printed };
  } catch {
    return { ended: "threw", message: "its answer cannot be read as JSON", printed };
  }
}
