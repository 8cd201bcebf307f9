import type { TensorSource } from "#main/core/formats/safetensors.ts";

/** The values of a tensor that is to be written, read now. */
export function dataOf({ data }: TensorSource): Float32Array {
  return typeof data === "function" ? data() : data;
}
