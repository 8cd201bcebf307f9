/** What the dialog "Run a benchmark" asks for, as it is typed, and the request it becomes. Pure. */
import type { host } from "#renderer/bridge/host.ts";

type Request = Parameters<typeof host.benchmarks.run>[0];

export type NumberKey = "problems" | "samples" | "temperature" | "topP" | "maxTokens" | "seed";

export interface BenchmarkDraft {
  /** "" is the first model of the list. */
  readonly model: string;
  readonly benchmark: string;
  readonly scoring: Request["scoring"];
  /** As typed. */
  readonly numbers: Readonly<Record<NumberKey, string>>;
}

export interface NumberField {
  readonly key: NumberKey;
  readonly label: string;
  readonly good: (value: number) => boolean;
}

export const NUMBER_FIELDS: readonly NumberField[] = [
  { key: "problems", label: "Problems (n)", good: (x) => Number.isInteger(x) && x >= 1 },
  { key: "samples", label: "Samples a problem (k)", good: (x) => Number.isInteger(x) && x >= 1 },
  { key: "temperature", label: "Temperature", good: (x) => x >= 0 },
  { key: "topP", label: "top-p", good: (x) => x > 0 && x <= 1 },
  { key: "maxTokens", label: "Tokens at most", good: (x) => Number.isInteger(x) && x >= 1 },
  { key: "seed", label: "Seed", good: (x) => Number.isInteger(x) && x >= 0 },
];

export function newDraft(benchmark: string): BenchmarkDraft {
  return {
    model: "",
    benchmark,
    scoring: "strict",
    numbers: {
      problems: "200",
      samples: "4",
      temperature: "1",
      topP: "1",
      maxTokens: "256",
      seed: "0",
    },
  };
}

function numberIn(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
}

/** Numbers that cannot be what they are for. */
export function badNumbers({ numbers }: BenchmarkDraft): ReadonlySet<NumberKey> {
  return new Set(
    NUMBER_FIELDS.filter(({ key, good }) => !good(numberIn(numbers[key]))).map(({ key }) => key),
  );
}

export function requestOf(draft: BenchmarkDraft, model: string): Request {
  const { benchmark, scoring, numbers } = draft;
  return {
    model,
    benchmark,
    scoring,
    problems: numberIn(numbers.problems),
    samples: numberIn(numbers.samples),
    temperature: numberIn(numbers.temperature),
    topP: numberIn(numbers.topP),
    maxTokens: numberIn(numbers.maxTokens),
    seed: numberIn(numbers.seed),
  };
}
