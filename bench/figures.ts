/** Figures of the window's benchmarks: said as they come, written as JSON at the end. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** No peer is measured beside the window. */
  readonly peer: null;
  readonly ratio: null;
  /** What was measured and how often. */
  readonly note: string;
}

export class Figures {
  readonly #figures: Figure[] = [];

  add(name: string, unit: string, value: number, note: string): void {
    const ours = Number(value.toFixed(1));
    this.#figures.push({ name, unit, ours, peer: null, ratio: null, note });
    console.error(`${name.padEnd(34)} ${ours.toFixed(1).padStart(8)} ${unit}  ${note}`);
  }

  /** To a file, or to standard output where there is none. */
  write(file: string | undefined): void {
    const json = `${JSON.stringify(this.#figures, null, 2)}\n`;
    if (file === undefined) process.stdout.write(json);
    else writeFileSync(resolve(file), json);
  }
}

/** The value below which `share` of the times lie; NaN of none. */
export function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
