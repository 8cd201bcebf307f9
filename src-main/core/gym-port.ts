/** reasoning-gym behind a port: processes/gym runs it in a Python of its own; a stage gets it from its process. */
import type { JsonValue } from "#shared/schema/json-value.ts";

export type GymConfig = Readonly<Record<string, JsonValue>>;

/** Of a dataset: what it asks, a right answer where it has one, and all that its scoring needs. */
export type GymProblem = {
  readonly question: string;
  readonly answer: string | null;
  readonly entry: JsonValue;
};

/** Every method throws AppError: BAD_RECIPE for what the dataset refuses, ENGINE_CRASHED; and the signal's reason. */
export interface Gym {
  /** The package's. */
  version(): Promise<string>;
  /** Every dataset that it can make. */
  names(): Promise<readonly string[]>;
  /** Throws what the dataset's own config class refuses, and what keeps it from making a problem. */
  check(dataset: string, config: GymConfig): Promise<void>;
  /** One problem for each seed: equal seeds give equal problems, in every process. */
  generate(
    dataset: string,
    config: GymConfig,
    seeds: readonly number[],
    signal?: AbortSignal,
  ): Promise<GymProblem[]>;
  /** From 0 to 1, or in words why an answer could not be scored. */
  score(
    dataset: string,
    config: GymConfig,
    answers: readonly { readonly answer: string; readonly entry: JsonValue }[],
    signal?: AbortSignal,
  ): Promise<(number | string)[]>;
  close(): void;
}
