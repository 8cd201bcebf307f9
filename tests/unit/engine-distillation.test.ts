/** The generalized Jensen-Shannon divergence: values, gradients, chunks, and TRL's own numbers. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { generalizedJsd } from "#main/engine/objectives/generalized-jsd.ts";
import type { Divergence, DivergenceOptions } from "#main/engine/objectives/generalized-jsd.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import type { CompiledFunction, Runtime } from "#main/engine/runtime/runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { Random } from "#main/platform/random.ts";

let runtime: Runtime;
let before = 0;

beforeAll(async () => {
  runtime = await openRuntime({ choice: "tensorflow" });
  before = runtime.tensorCount();
});

afterAll(() => {
  for (const program of programs.values()) program.dispose();
});

const PLAIN: DivergenceOptions = { beta: 0.5, temperature: 1, topK: 0, addTail: true };

type Matrix = readonly (readonly number[])[];

type Result = {
  readonly divergence: number[];
  readonly agreement: number[];
  readonly entropy: number[];
  /** Of Σ upstream · divergence, by the student's hidden states and its output matrix. */
  readonly dHidden: number[];
  readonly dOutput: number[];
};

type Heads = {
  readonly student: Matrix;
  readonly output: Matrix;
  readonly teacher: Matrix;
  readonly teacherOutput: Matrix;
};

const programs = new Map<string, CompiledFunction>();

/** Traced once for each choice of options, and for each shape. */
function programOf(options: DivergenceOptions): CompiledFunction {
  const key = JSON.stringify(options);
  const known = programs.get(key);
  if (known !== undefined) return known;
  const program = runtime.compile(`divergence_${programs.size}`, (...args) => {
    const [h, w, th, tw, dy] = args as [Tensor, Tensor, Tensor, Tensor, Tensor];
    let made: Divergence | undefined;
    const { grads } = tf.valueAndGrads((hidden: Tensor, output: Tensor) => {
      made = generalizedJsd({ hidden, output }, { hidden: th, output: tw }, options);
      for (const tensor of Object.values(made)) tf.keep(tensor);
      return tf.sum(tf.mul(made.divergence, dy));
    })([h, w]);
    const kept = Object.values(made ?? {});
    const copies = kept.map((tensor) => tf.clone(tensor));
    tf.dispose(kept);
    return [...copies, ...grads];
  });
  programs.set(key, program);
  return program;
}

function results(
  { student, output, teacher, teacherOutput }: Heads,
  upstream: readonly number[],
  options: DivergenceOptions,
): Result {
  const inputs: Tensor[] = [student, output, teacher, teacherOutput].map((matrix) =>
    tf.tensor2d(matrix.map((row) => [...row])),
  );
  inputs.push(tf.tensor1d([...upstream]));
  let made: Tensor[] = [];
  try {
    made = programOf(options)(...inputs);
    const [divergence, agreement, entropy, dHidden, dOutput] = made.map((tensor) =>
      Array.from(tensor.dataSync()),
    ) as [number[], number[], number[], number[], number[]];
    return { divergence, agreement, entropy, dHidden, dOutput };
  } finally {
    tf.dispose([...inputs, ...made]);
  }
}

function identity(size: number): number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => (i === j ? 1 : 0)),
  );
}

/** Heads whose logits are the given ones: hidden states times the identity. */
function ofLogits(student: Matrix, teacher: Matrix): Heads {
  const output = identity(student[0]?.length ?? 0);
  return { student, output, teacher, teacherOutput: output };
}

function randomHeads(rows: number, hidden: number, vocabulary: number): Heads {
  const random = new Random(11);
  const matrix = (n: number, d: number): number[][] =>
    Array.from({ length: n }, () => Array.from({ length: d }, () => random.normal()));
  return {
    student: matrix(rows, hidden),
    output: matrix(vocabulary, hidden),
    teacher: matrix(rows, hidden + 2),
    teacherOutput: matrix(vocabulary, hidden + 2),
  };
}

const { log } = Math;
/** Student (1/2, 1/4, 1/4), teacher (1/8, 3/4, 1/8). */
const BY_HAND = ofLogits(
  [[log(1 / 2), log(1 / 4), log(1 / 4)]],
  [[log(1 / 8), log(3 / 4), log(1 / 8)]],
);

describe("the generalized Jensen-Shannon divergence", () => {
  test.each([
    // KL(teacher ‖ student) = 1/8 ln(1/4) + 3/4 ln 3 + 1/8 ln(1/2) = 3/4 ln 3 − 3/8 ln 2.
    ["0, the forward KL", 0, 0.75 * log(3) - 0.375 * log(2)],
    // KL(student ‖ teacher) = 1/2 ln 4 + 1/4 ln(1/3) + 1/4 ln 2 = 5/4 ln 2 − 1/4 ln 3.
    ["1, the reverse KL", 1, 1.25 * log(2) - 0.25 * log(3)],
    // m = (5/16, 1/2, 3/16).
    [
      "1/2",
      0.5,
      (log(2 / 5) / 8 + (3 / 4) * log(3 / 2) + log(2 / 3) / 8) / 2 +
        (log(8 / 5) / 2 + log(1 / 2) / 4 + log(4 / 3) / 4) / 2,
    ],
    // m = 3/4 p + 1/4 q = (13/32, 3/8, 7/32): beta weighs the teacher.
    [
      "1/4",
      0.25,
      (log(4 / 13) / 8 + (3 / 4) * log(2) + log(4 / 7) / 8) / 4 +
        (3 / 4) * (log(16 / 13) / 2 + log(2 / 3) / 4 + log(8 / 7) / 4),
    ],
  ])("is the number worked out by hand at beta %s", (_, beta, expected) => {
    const { divergence, agreement, entropy } = results(BY_HAND, [1], { ...PLAIN, beta });
    expect(divergence[0]).toBeCloseTo(expected, 5);
    expect(agreement).toEqual([0]);
    expect(entropy[0]).toBeCloseTo(1.5 * log(2), 5);
  });

  test("of the teacher's likeliest token and the rest is that of two tokens", () => {
    // Teacher (3/4, 1/4), student (1/4, 3/4): 3/4 ln 3 + 1/4 ln(1/3) = 1/2 ln 3; without the rest 3/4 ln 3.
    const at = (addTail: boolean): number | undefined =>
      results(BY_HAND, [1], { beta: 0, temperature: 1, topK: 1, addTail }).divergence[0];
    expect(at(true)).toBeCloseTo(log(3) / 2, 5);
    expect(at(false)).toBeCloseTo(0.75 * log(3), 5);
  });

  test("of a model to itself is 0 with no gradient, and both agree", () => {
    const { output, student } = randomHeads(4, 3, 9);
    const same = { student, output, teacher: student, teacherOutput: output };
    for (const beta of [0, 0.5, 1]) {
      const made = results(same, [1, 1, 1, 1], { ...PLAIN, beta });
      expect(Math.max(...made.divergence.map(Math.abs))).toBeLessThan(1e-6);
      expect(Math.max(...made.dHidden.map(Math.abs))).toBeLessThan(1e-6);
      expect(made.agreement).toEqual([1, 1, 1, 1]);
    }
  });

  test("stays finite where a model is certain of what the other rules out", () => {
    const heads = ofLogits([[200, 0, -200]], [[-200, 0, 200]]);
    for (const beta of [0, 0.5, 1])
      for (const topK of [0, 1]) {
        const { divergence, dHidden } = results(heads, [1], { ...PLAIN, beta, topK });
        expect([...divergence, ...dHidden].every(Number.isFinite)).toBe(true);
      }
    // Each is half of a mixture that has ln 2 to either.
    expect(results(heads, [1], PLAIN).divergence[0]).toBeCloseTo(log(2), 5);
  });

  test.each([
    [0, 0, true],
    [0.3, 0, true],
    [1, 0, true],
    [0, 4, true],
    [0.3, 4, true],
    [1, 4, true],
    [0.3, 4, false],
  ])("has its gradient at beta %s with %s of the teacher's tokens", (beta, topK, addTail) => {
    const heads = randomHeads(3, 4, 9);
    const upstream = [0.7, -1.2, 0.4];
    const options = { beta, temperature: 0.8, topK, addTail };
    const value = (changed: Partial<Heads>): number =>
      results({ ...heads, ...changed }, upstream, options).divergence.reduce(
        (sum, one, i) => sum + one * (upstream[i] ?? 0),
        0,
      );
    const h = 1e-2;
    const moved = (matrix: Matrix, r: number, c: number, by: number): number[][] =>
      matrix.map((row, i) => row.map((x, j) => (i === r && j === c ? x + by : x)));
    const made = results(heads, upstream, options);
    for (const [key, gradient, width] of [
      ["student", made.dHidden, 4],
      ["output", made.dOutput, 4],
    ] as const)
      for (const place of [1, 6, 11]) {
        const [r, c] = [Math.floor(place / width), place % width];
        const numeric =
          (value({ [key]: moved(heads[key], r, c, h) }) -
            value({ [key]: moved(heads[key], r, c, -h) })) /
          (2 * h);
        expect(Math.abs((gradient[place] ?? Number.NaN) - numeric)).toBeLessThan(1e-3);
      }
  });

  test("is the same in chunks of logits: values, entropies, gradients", () => {
    const heads = randomHeads(11, 6, 13);
    const upstream = Array.from({ length: 11 }, (_, i) => i / 7 - 0.6);
    for (const topK of [0, 5]) {
      const options = { ...PLAIN, beta: 0.3, topK };
      const whole = results(heads, upstream, options);
      // Three rows a chunk (the last one has two), and one row a chunk.
      for (const logitsAtOnce of [3 * 13, 1]) {
        const parts = results(heads, upstream, { ...options, logitsAtOnce });
        for (const key of ["divergence", "agreement", "entropy", "dHidden", "dOutput"] as const) {
          expect(parts[key]).toHaveLength(whole[key].length);
          parts[key].forEach((one, i) => expect(one).toBeCloseTo(whole[key][i] ?? NaN, 5));
        }
      }
    }
  });

  test("refuses models of other rows or another vocabulary", () => {
    const { student, output, teacher, teacherOutput } = randomHeads(3, 4, 9);
    expect(() =>
      results({ student, output, teacher: teacher.slice(1), teacherOutput }, [1, 1, 1], PLAIN),
    ).toThrow("3 rows of the student against 2 of the teacher");
    expect(() =>
      results(
        { student, output, teacher, teacherOutput: teacherOutput.slice(1) },
        [1, 1, 1],
        PLAIN,
      ),
    ).toThrow("9 tokens of the student against 8 of the teacher");
  });
});

const Case = z.object({
  beta: z.number(),
  temperature: z.number(),
  /** Tokens that the whole step has; null: those of this batch. */
  items: z.number().nullable(),
  topK: z.number(),
  tail: z.boolean(),
  loss: z.number(),
  gradient: z.array(z.number()),
});
const Recorded = z.object({
  shape: z.tuple([z.number(), z.number(), z.number()]),
  student: z.array(z.number()),
  teacher: z.array(z.number()),
  mask: z.array(z.number()),
  cases: z.array(Case),
});
const recorded = Recorded.parse(
  JSON.parse(
    readFileSync(new URL("../fixtures/reference/gkd/losses.json", import.meta.url), "utf8"),
  ),
);

describe("beside TRL 1.16 on recorded logits", () => {
  const [, , v] = recorded.shape;
  const rows = (values: readonly number[]): number[][] =>
    Array.from({ length: values.length / v }, (_, i) => values.slice(i * v, (i + 1) * v));
  const heads = ofLogits(rows(recorded.student), rows(recorded.teacher));
  const tokens = recorded.mask.reduce((sum, one) => sum + one, 0);

  test.each(recorded.cases)(
    "beta $beta, temperature $temperature, top $topK, tail $tail, of $items tokens: loss and gradient are the same",
    ({ beta, temperature, items, topK, tail, loss, gradient }) => {
      const upstream = recorded.mask.map((one) => one / (items ?? tokens));
      const made = results(heads, upstream, { beta, temperature, topK, addTail: tail });
      const sum = made.divergence.reduce((all, one, i) => all + one * (upstream[i] ?? 0), 0);
      expect(Math.abs(sum - loss)).toBeLessThan(1e-5);
      made.dHidden.forEach((one, i) =>
        expect(Math.abs(one - (gradient[i] ?? Number.NaN))).toBeLessThan(1e-5),
      );
    },
  );
});

test("no tensor is left of all these calls, of the refused ones either", () => {
  expect(runtime.tensorCount()).toBe(before);
});
