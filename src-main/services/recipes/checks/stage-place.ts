/** Where findings of one stage go. */
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

  add(
    key: string,
    finding: Omit<Finding, "path" | "advice"> & { readonly advice?: string | null },
  ): void {
    this.#findings.push({ advice: null, ...finding, path: this.path(...key.split(".")) });
  }
}
