/**
 * Work after the last checkpoint is done again by a resume, which counts from the checkpoint on. It was paid for all the same:
 * its time stays in the sum. What it made is gone, so its tokens are not counted.
 */
import type { Usage } from "#shared/schema/engine-protocol.ts";

type Paid = Pick<Usage, "wallMs" | "cpuSeconds" | "gpuSeconds" | "energyJ">;

/**
 * @param charged what the run was charged for when the attempt began
 * @param first what the attempt says first: it goes on from its checkpoint's count
 * @returns what an attempt's later count comes to
 */
export function lostWork(charged: Usage | undefined, first: Usage): (counted: Usage) => Paid {
  const lost = (name: "wallMs" | "cpuSeconds" | "gpuSeconds"): number =>
    Math.max(0, (charged?.[name] ?? 0) - first[name]);
  const [wallMs, cpuSeconds, gpuSeconds] = [lost("wallMs"), lost("cpuSeconds"), lost("gpuSeconds")];
  const energyJ = Math.max(0, (charged?.energyJ ?? 0) - (first.energyJ ?? 0));
  return (counted) => ({
    wallMs: counted.wallMs + wallMs,
    cpuSeconds: counted.cpuSeconds + cpuSeconds,
    gpuSeconds: counted.gpuSeconds + gpuSeconds,
    energyJ: counted.energyJ === null ? null : counted.energyJ + energyJ,
  });
}
