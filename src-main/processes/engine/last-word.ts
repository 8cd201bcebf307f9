import type { EngineMessageBody } from "#shared/schema/engine-protocol.ts";

/** Whether a stage has said with this how it ended. */
export function isLastWord({ type }: EngineMessageBody): boolean {
  return type === "finished" || type === "failed" || type === "cancelled";
}
