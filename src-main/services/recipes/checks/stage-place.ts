/** Where findings of one stage go. */
import { AppError } from "#shared/errors.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { Finding, Path } from "./recipe-finding.ts";

export class StagePlace {
  readonly stage: Stage;
  readonly #index: number;
  readonly #findings: Finding[];

  constructor(stage: Stage, index: number, findings: Finding[]) {
    this.stage = stage;
    this.#index = index;
    this.#findings = findings;
  }

  path(...keys: (string | number)[]): Path {
    return ["stages", this.#index, ...keys];
  }

  /** @param key with dots, e.g. `rewards.0.judge`; a number is a place in a list */
  at(key: string): Path {
    return this.path(...key.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)));
  }

  add(
    key: string,
    finding: Omit<Finding, "path" | "advice"> & { readonly advice?: string | null },
  ): void {
    this.#findings.push({ advice: null, ...finding, path: this.at(key) });
  }
}

/** What is looked at; where it cannot be, that is a finding. */
export function tried<T>(key: string, place: StagePlace, look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    place.add(key, { message: error.message, advice: error.advice ?? null });
    return undefined;
  }
}
