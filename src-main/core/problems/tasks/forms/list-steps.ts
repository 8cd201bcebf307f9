/**
 * What a small function does to a list of whole numbers: steps such as `keep even` or `times 3`, then what it returns.
 * Each is said in words, written in Python, and worked out here.
 */
import type { Random } from "#main/platform/random.ts";

type Work = {
  readonly words: string;
  /** A comprehension or a call over `numbers`. */
  readonly python: string;
  readonly apply: (numbers: readonly number[]) => number[];
};
type End = {
  readonly words: string;
  readonly python: string;
  readonly apply: (numbers: readonly number[]) => number | number[];
};

const STEP = /^([a-z-]+)(?: (-?\d+))?$/;

/** For each step the smallest and the largest number beside it; none where it has none. */
const STEPS: Readonly<
  Record<string, { readonly range?: readonly [number, number]; readonly work: (k: number) => Work }>
> = {
  even: { work: () => keep("keeps the even ones", "n % 2 == 0", (n) => n % 2 === 0) },
  odd: { work: () => keep("keeps the odd ones", "n % 2 == 1", (n) => n % 2 !== 0) },
  above: {
    range: [-5, 9],
    work: (k) => keep(`keeps those greater than ${k}`, `n > ${k}`, (n) => n > k),
  },
  below: {
    range: [-4, 12],
    work: (k) => keep(`keeps those less than ${k}`, `n < ${k}`, (n) => n < k),
  },
  divisible: {
    range: [3, 6],
    work: (k) => keep(`keeps the multiples of ${k}`, `n % ${k} == 0`, (n) => n % k === 0),
  },
  add: { range: [1, 12], work: (k) => each(`adds ${k} to each`, `n + ${k}`, (n) => n + k) },
  subtract: {
    range: [1, 12],
    work: (k) => each(`subtracts ${k} from each`, `n - ${k}`, (n) => n - k),
  },
  times: { range: [2, 9], work: (k) => each(`multiplies each by ${k}`, `n * ${k}`, (n) => n * k) },
  square: { work: () => each("squares each", "n * n", (n) => n * n) },
  absolute: {
    work: () => each("takes the absolute value of each", "abs(n)", (n) => Math.abs(n)),
  },
  sort: {
    work: () => ({
      words: "sorts them in rising order",
      python: "sorted(numbers)",
      apply: (numbers) => numbers.toSorted((a, b) => a - b),
    }),
  },
  reverse: {
    work: () => ({
      words: "reverses their order",
      python: "numbers[::-1]",
      apply: (numbers) => numbers.toReversed(),
    }),
  },
  unique: {
    work: () => ({
      words: "keeps the first of equal ones",
      python: "list(dict.fromkeys(numbers))",
      apply: (numbers) => [...new Set(numbers)],
    }),
  },
};

const ENDS: Readonly<Record<string, End>> = {
  list: { words: "the list", python: "numbers", apply: (numbers) => [...numbers] },
  sum: {
    words: "the sum",
    python: "sum(numbers)",
    apply: (numbers) => numbers.reduce((a, b) => a + b, 0),
  },
  count: {
    words: "how many there are",
    python: "len(numbers)",
    apply: (numbers) => numbers.length,
  },
  largest: {
    words: "the largest one, or 0 where there is none",
    python: "max(numbers, default=0)",
    apply: (numbers) => (numbers.length === 0 ? 0 : Math.max(...numbers)),
  },
};

function keep(words: string, python: string, holds: (n: number) => boolean): Work {
  return {
    words,
    python: `[n for n in numbers if ${python}]`,
    apply: (numbers) => numbers.filter(holds),
  };
}

function each(words: string, python: string, value: (n: number) => number): Work {
  return {
    words,
    python: `[${python} for n in numbers]`,
    // Adding 0 makes 0 of -0, which is not to be shown.
    apply: (numbers) => numbers.map((n) => value(n) + 0),
  };
}

export type ListFunction = { readonly steps: readonly Work[]; readonly end: End };

/** `above 3; times 2; sum` */
export function drawListFunction(random: Random, steps: number): string {
  const drawn: string[] = [];
  while (drawn.length < steps) {
    const name = random.choice(Object.keys(STEPS));
    const range = STEPS[name]?.range;
    const step = range === undefined ? name : `${name} ${random.int(...range)}`;
    if (!drawn.some((one) => one.split(" ")[0] === name)) drawn.push(step);
  }
  return [...drawn, random.choice(Object.keys(ENDS))].join("; ");
}

/** Null for a text that says no such function. */
export function readListFunction(text: string): ListFunction | null {
  const parts = text.split("; ");
  const end = own(ENDS, parts.at(-1) ?? "");
  const steps = parts.slice(0, -1).flatMap((part) => {
    const [, name = "", k] = STEP.exec(part) ?? [];
    return own(STEPS, name)?.work(Number(k ?? 0)) ?? [];
  });
  return end === undefined || steps.length !== parts.length - 1 ? null : { steps, end };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function callListFunction(
  { steps, end }: ListFunction,
  numbers: readonly number[],
): number | number[] {
  return end.apply(steps.reduce((list, step) => step.apply(list), [...numbers]));
}
