/** ggml's element types that Gradus reads, with their numbers and block sizes (ggml.h, ggml-common.h). */

interface TypeFacts {
  readonly number: number;
  /** Elements that share a scale. */
  readonly blockSize: number;
  readonly blockBytes: number;
}

export const GGML_TYPES = {
  F32: { number: 0, blockSize: 1, blockBytes: 4 },
  F16: { number: 1, blockSize: 1, blockBytes: 2 },
  BF16: { number: 30, blockSize: 1, blockBytes: 2 },
  Q4_0: { number: 2, blockSize: 32, blockBytes: 18 },
  Q4_1: { number: 3, blockSize: 32, blockBytes: 20 },
  Q5_0: { number: 6, blockSize: 32, blockBytes: 22 },
  Q5_1: { number: 7, blockSize: 32, blockBytes: 24 },
  Q8_0: { number: 8, blockSize: 32, blockBytes: 34 },
  Q4_K: { number: 12, blockSize: 256, blockBytes: 144 },
  Q5_K: { number: 13, blockSize: 256, blockBytes: 176 },
  Q6_K: { number: 14, blockSize: 256, blockBytes: 210 },
} as const satisfies Record<string, TypeFacts>;

export type GgmlType = keyof typeof GGML_TYPES;

const byNumber: ReadonlyMap<number, GgmlType> = new Map(
  Object.entries(GGML_TYPES).flatMap(([name, { number }]) =>
    isGgmlType(name) ? [[number, name] as const] : [],
  ),
);

function isGgmlType(name: string): name is GgmlType {
  return name in GGML_TYPES;
}

export function typeNumbered(number: number): GgmlType | undefined {
  return byNumber.get(number);
}
