import type { RunStatus } from "#shared/schema/run.ts";
import { isActive } from "#renderer/ui/pipelines/pipeline-facts.ts";

/** What is said of the sample's short check, by how far it is. */
export function checkWords(status: RunStatus | undefined): string {
  if (status === "finished") return "a short check that was measured on this machine";
  if (status === undefined || isActive(status))
    return "a short check that this machine is at work on";
  return "a short check that did not come to its end";
}
