/** GGUF files written: version 3, the header first, then each tensor at a multiple of 32 bytes. */
import { writeFully } from "#main/platform/atomic-write.ts";
import { floatToHalfBits } from "../float-formats.ts";
import { quantizeQ8 } from "./gguf-quants.ts";
import { GGML_TYPES } from "./gguf-types.ts";
import { AppError } from "#shared/errors.ts";
import { elementCount, type TensorSource } from "../safetensors.ts";

export type WrittenType = "F32" | "F16" | "Q8_0";

/** A metadata entry with the type that llama.cpp expects of it. */
export type GgufEntry =
  | { readonly key: string; readonly type: "uint32" | "float32"; readonly value: number }
  | { readonly key: string; readonly type: "bool"; readonly value: boolean }
  | { readonly key: string; readonly type: "string"; readonly value: string }
  | { readonly key: string; readonly type: "strings"; readonly value: readonly string[] }
  | { readonly key: string; readonly type: "int32s"; readonly value: readonly number[] };

export interface GgufTensorSource extends TensorSource {
  readonly name: string;
  readonly type: WrittenType;
}

const ALIGNMENT = 32;
const TYPE_NUMBERS = { uint32: 4, float32: 6, bool: 7, string: 8, array: 9, int32: 5 } as const;

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(2 ** 16);
  #length = 0;

  get view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(bytes: number): DataView {
    while (this.#length + bytes > this.#bytes.byteLength) {
      const grown = new Uint8Array(2 * this.#bytes.byteLength);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#length += bytes;
    return new DataView(this.#bytes.buffer, this.#length - bytes, bytes);
  }

  uint32(value: number): void {
    this.#room(4).setUint32(0, value, true);
  }

  int32(value: number): void {
    this.#room(4).setInt32(0, value, true);
  }

  float32(value: number): void {
    this.#room(4).setFloat32(0, value, true);
  }

  byte(value: number): void {
    this.#room(1).setUint8(0, value);
  }

  uint64(value: number): void {
    this.#room(8).setBigUint64(0, BigInt(value), true);
  }

  text(value: string): void {
    const bytes = encoder.encode(value);
    this.uint64(bytes.byteLength);
    const room = this.#room(bytes.byteLength);
    new Uint8Array(room.buffer, room.byteOffset, room.byteLength).set(bytes);
  }

  pad(): void {
    this.#room((ALIGNMENT - (this.#length % ALIGNMENT)) % ALIGNMENT);
  }
}

const encoder = new TextEncoder();

/** Writes a file to an open descriptor. Each tensor's data is asked for once, when its turn comes. */
export function writeGgufTo(
  fd: number,
  entries: readonly GgufEntry[],
  tensors: readonly GgufTensorSource[],
): void {
  const header = new Bytes();
  header.uint32(0x46554747);
  header.uint32(3);
  header.uint64(tensors.length);
  header.uint64(entries.length);
  for (const entry of entries) writeEntry(header, entry);
  let offset = 0;
  for (const { name, type, shape } of tensors) {
    header.text(name);
    header.uint32(shape.length);
    for (const length of shape.toReversed()) header.uint64(length);
    header.uint32(GGML_TYPES[type].number);
    header.uint64(offset);
    offset += padded(byteLength(type, shape));
  }
  header.pad();
  writeFully(fd, header.view);
  for (const tensor of tensors) {
    const data = typeof tensor.data === "function" ? tensor.data() : tensor.data;
    if (data.length !== elementCount(tensor.shape)) {
      throw new RangeError(`tensor "${tensor.name}" has ${data.length} elements`);
    }
    const bytes = encoded(tensor.name, tensor.type, data);
    writeFully(fd, bytes);
    writeFully(fd, new Uint8Array(padded(bytes.byteLength) - bytes.byteLength));
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function byteLength(type: WrittenType, shape: readonly number[]): number {
  const { blockSize, blockBytes } = GGML_TYPES[type];
  return (elementCount(shape) / blockSize) * blockBytes;
}

function writeEntry(to: Bytes, entry: GgufEntry): void {
  to.text(entry.key);
  switch (entry.type) {
    case "uint32":
      to.uint32(TYPE_NUMBERS.uint32);
      to.uint32(entry.value);
      return;
    case "float32":
      to.uint32(TYPE_NUMBERS.float32);
      to.float32(entry.value);
      return;
    case "bool":
      to.uint32(TYPE_NUMBERS.bool);
      to.byte(entry.value ? 1 : 0);
      return;
    case "string":
      to.uint32(TYPE_NUMBERS.string);
      to.text(entry.value);
      return;
    case "strings":
      to.uint32(TYPE_NUMBERS.array);
      to.uint32(TYPE_NUMBERS.string);
      to.uint64(entry.value.length);
      for (const text of entry.value) to.text(text);
      return;
    case "int32s":
      to.uint32(TYPE_NUMBERS.array);
      to.uint32(TYPE_NUMBERS.int32);
      to.uint64(entry.value.length);
      for (const value of entry.value) to.int32(value);
  }
}

function encoded(name: string, type: WrittenType, data: Float32Array): Uint8Array {
  if (type === "Q8_0") return quantizeQ8(data);
  if (type === "F32") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const halves = new Uint16Array(data.length);
  if (floatToHalfBits(new Uint32Array(data.buffer, data.byteOffset, data.length), 0, halves)) {
    return new Uint8Array(halves.buffer);
  }
  throw new AppError(
    "BAD_INPUT",
    `Tensor "${name}" holds numbers beyond F16's largest, 65504.`,
    "Export as gguf-q8_0 or hub.",
  );
}
