/** What a stage used: time, processor seconds, tokens, FLOPs, energy, memory. Totals survive a resume. */
import { readFileSync, readdirSync } from "node:fs";
import type { Usage } from "#shared/schema/engine-protocol.ts";
import { forwardFlops, trainingFlops } from "#main/core/resources/model-flops.ts";
import type { CountedModel } from "#main/core/resources/model-flops.ts";

const POWERCAP = "/sys/class/powercap";

/** Joules counted since boot by the processor's package counters (RAPL), or null where they cannot be read. */
export function packageEnergyJ(): number | null {
  try {
    const zones = readdirSync(POWERCAP).filter((zone) => /^intel-rapl:\d+$/.test(zone));
    if (zones.length === 0) return null;
    return zones.reduce(
      (sum, zone) => sum + Number(readFileSync(`${POWERCAP}/${zone}/energy_uj`, "utf8")) / 1e6,
      0,
    );
  } catch {
    return null;
  }
}

export class UsageMeter {
  #before: Usage | null;
  readonly #startMs = performance.now();
  readonly #startCpu = process.cpuUsage();
  readonly #startEnergy = packageEnergyJ();
  readonly #usesGpu: boolean;
  #sampled = 0;
  #trained = 0;
  #flops = 0;
  #peak = 0;
  #leftOutMs = 0;

  /** @param before what earlier attempts of the stage used up to the checkpoint it goes on from. */
  constructor(before: Usage | null, usesGpu: boolean) {
    this.#before = before;
    this.#usesGpu = usesGpu;
  }

  /** What earlier attempts used, where no checkpoint told it. */
  goOnFrom(before: Usage): void {
    this.#before = before;
  }

  /** A prompt, passed once, and its completions, each of which goes on from it. */
  addSampling(model: CountedModel, prompt: number, completions: readonly number[]): void {
    this.#sampled += prompt + sum(completions);
    this.#flops +=
      forwardFlops(model, 0, prompt) +
      sum(completions.map((length) => forwardFlops(model, prompt, prompt + length)));
  }

  /** Whole sequences passed forward `passes` times, for their log-probabilities alone. */
  addScoring(model: CountedModel, lengths: readonly number[], passes = 1): void {
    this.#flops += passes * sum(lengths.map((length) => forwardFlops(model, 0, length)));
  }

  /** Whole sequences forward and backward; `recompute`: their layers are worked out twice. */
  addTraining(model: CountedModel, lengths: readonly number[], recompute: boolean): void {
    this.#trained += sum(lengths);
    this.#flops += trainingFlops(model, lengths, recompute);
  }

  /** Time in which the stage waited on request: it is not charged. */
  leaveOut(ms: number): void {
    this.#leftOutMs += ms;
  }

  total(): Usage {
    const wallMs = performance.now() - this.#startMs - this.#leftOutMs;
    const cpu = process.cpuUsage(this.#startCpu);
    const energyNow = packageEnergyJ();
    const energy =
      this.#startEnergy === null || energyNow === null ? null : energyNow - this.#startEnergy;
    this.#peak = Math.max(this.#peak, process.resourceUsage().maxRSS * 1024);
    const before = this.#before;
    return {
      wallMs: wallMs + (before?.wallMs ?? 0),
      cpuSeconds: (cpu.user + cpu.system) / 1e6 + (before?.cpuSeconds ?? 0),
      gpuSeconds: (this.#usesGpu ? wallMs / 1000 : 0) + (before?.gpuSeconds ?? 0),
      tokensSampled: this.#sampled + (before?.tokensSampled ?? 0),
      tokensTrained: this.#trained + (before?.tokensTrained ?? 0),
      flops: this.#flops + (before?.flops ?? 0),
      energyJ:
        energy === null || (before !== null && before.energyJ === null)
          ? null
          : energy + (before?.energyJ ?? 0),
      peakMemoryBytes: Math.max(this.#peak, before?.peakMemoryBytes ?? 0),
    };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
