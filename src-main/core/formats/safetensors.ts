/**
 * Safetensors files: read lazily, tensor by tensor, as 32-bit floats; written as F32, BF16 or F16.
 * Source: the format's README and its Rust reader, whose checks are all made here (safetensors-header.ts).
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import { writeFileAtomically, writeFully } from "#main/platform/atomic-write.ts";
import {
  bfloatToFloatBits,
  floatToBfloatBits,
  floatToHalfBits,
  halfToFloatBits,
} from "./float-formats.ts";
import { fileErrorCode } from "./json-file.ts";
import type { WeightsDtype } from "./model-config.ts";
import {
  badSafetensors,
  bytesPerElement,
  MAX_HEADER_BYTES,
  parseHeader,
  type SafetensorsHeader,
  type TensorEntry,
} from "./safetensors-header.ts";

export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A tensor to write: its data may be made when its turn comes, so that not all need be in memory. */
export interface TensorSource {
  readonly shape: readonly number[];
  readonly data: Float32Array | (() => Float32Array);
}

export interface WriteOptions {
  readonly dtype?: WeightsDtype;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Elements converted at a time. */
const CHUNK = 1 << 20;

/** Numbers up to this size are exact in a 32-bit float. */
const EXACT_INTEGERS = 2 ** 24;

/** An open safetensors file. Close it when its tensors are read. */
export class SafetensorsFile {
  readonly file: string;
  readonly header: SafetensorsHeader;
  #fd: number | undefined;

  constructor(file: string, header: SafetensorsHeader, fd: number) {
    this.file = file;
    this.header = header;
    this.#fd = fd;
  }

  get names(): readonly string[] {
    return [...this.header.tensors.keys()];
  }

  entry(name: string): TensorEntry {
    const entry = this.header.tensors.get(name);
    if (entry === undefined) {
      throw new AppError("BAD_CHECKPOINT", `${this.file} holds no tensor "${name}".`);
    }
    return entry;
  }

  /**
   * The tensor's elements in row-major order. F16 and BF16 are widened exactly, F64 is rounded; integers are
   * accepted where every one of them is exact in a 32-bit float.
   * @throws AppError BAD_CHECKPOINT for other element types, or where the file shrank since it was opened
   */
  readTensor(name: string): Float32Array {
    const entry = this.entry(name);
    const count = entry.byteLength / bytesPerElement(entry.dtype);
    switch (entry.dtype) {
      case "F32": {
        const out = new Float32Array(count);
        this.#read(new Uint8Array(out.buffer), entry.start);
        return out;
      }
      case "BF16":
        return this.#readHalves(entry, count, bfloatToFloatBits);
      case "F16":
        return this.#readHalves(entry, count, halfToFloatBits);
      case "F64":
        return this.#readWide(name, entry, (bytes) => new Float64Array(bytes));
      case "I32":
        return this.#readWide(name, entry, (bytes) => new Int32Array(bytes));
      case "I64":
        return this.#readWide(name, entry, (bytes) =>
          Float64Array.from(new BigInt64Array(bytes), Number),
        );
      default:
        throw new AppError(
          "BAD_CHECKPOINT",
          `${this.file}: tensor "${name}" has elements of type ${entry.dtype}, which Gradus does not read.`,
          "Use a release of the model with F32, F16 or BF16 weights.",
        );
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #readHalves(
    entry: TensorEntry,
    count: number,
    convert: (source: Uint16Array, target: Uint32Array, offset: number) => void,
  ): Float32Array {
    const out = new Float32Array(count);
    const bits = new Uint32Array(out.buffer);
    const chunk = new Uint16Array(Math.min(count, CHUNK));
    for (let done = 0; done < count; done += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, count - done));
      this.#read(new Uint8Array(part.buffer, 0, part.byteLength), entry.start + 2 * done);
      convert(part, bits, done);
    }
    return out;
  }

  #readWide(
    name: string,
    entry: TensorEntry,
    view: (bytes: ArrayBuffer) => Float64Array | Int32Array,
  ): Float32Array {
    const bytes = new ArrayBuffer(entry.byteLength);
    this.#read(new Uint8Array(bytes), entry.start);
    const values = view(bytes);
    const limit = entry.dtype === "F64" ? 3.4028234663852886e38 : EXACT_INTEGERS;
    if (values.some((value) => Math.abs(value) > limit && Number.isFinite(value))) {
      throw new AppError(
        "BAD_CHECKPOINT",
        `${this.file}: tensor "${name}" (${entry.dtype}) holds numbers too large for a 32-bit float.`,
      );
    }
    return Float32Array.from(values);
  }

  #read(target: Uint8Array, position: number): void {
    if (this.#fd === undefined) throw new Error(`${this.file} was closed`);
    readFully(this.#fd, this.file, target, position);
  }
}

/**
 * Opens a file and checks its header.
 * @throws AppError BAD_CHECKPOINT for a file that cannot be read or whose header lies
 */
export function openSafetensors(file: string): SafetensorsFile {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    throw new AppError(
      "BAD_CHECKPOINT",
      `${file} cannot be opened (${fileErrorCode(error) ?? String(error)}).`,
      "Check the path and that you may read it.",
      { cause: error },
    );
  }
  try {
    return new SafetensorsFile(file, readHeader(file, fd), fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readHeader(file: string, fd: number): SafetensorsHeader {
  const stat = fstatSync(fd);
  if (!stat.isFile()) throw badSafetensors(file, "it is not a file");
  if (stat.size < 8)
    throw badSafetensors(file, `it has ${stat.size} bytes, less than the 8 of the header's length`);
  const lengthBytes = new Uint8Array(8);
  readFully(fd, file, lengthBytes, 0);
  const length = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw badSafetensors(
      file,
      `its header claims ${length} bytes; Gradus reads up to ${MAX_HEADER_BYTES}`,
    );
  }
  if (8 + Number(length) > stat.size) {
    throw badSafetensors(
      file,
      `its header claims ${length} bytes, the whole file has ${stat.size}`,
    );
  }
  const json = new Uint8Array(Number(length));
  readFully(fd, file, json, 8);
  return parseHeader(file, json, stat.size);
}

function readFully(fd: number, file: string, target: Uint8Array, position: number): void {
  let done = 0;
  while (done < target.byteLength) {
    const count = readSync(
      fd,
      target,
      done,
      Math.min(target.byteLength - done, 1 << 30),
      position + done,
    );
    if (count === 0)
      throw badSafetensors(file, `it ended at byte ${position + done} while being read`);
    done += count;
  }
}

/**
 * Writes tensors in the given order, beside the file and then renamed. The iterable is walked twice; each
 * tensor's data is asked for once.
 * @throws AppError DISK_FULL or WORKSPACE_READ_ONLY (no half file is left), BAD_INPUT where a number does not fit F16
 */
export function writeSafetensors(
  file: string,
  tensors: Iterable<readonly [string, TensorSource]>,
  options: WriteOptions = {},
): void {
  writeFileAtomically(file, (fd) => writeSafetensorsTo(fd, tensors, options));
}

/** Writes a safetensors document to an open file, from its current position on. */
export function writeSafetensorsTo(
  fd: number,
  tensors: Iterable<readonly [string, TensorSource]>,
  options: WriteOptions = {},
): void {
  const list = [...tensors];
  const dtype = options.dtype ?? "F32";
  writeFully(fd, headerBytes(list, dtype, options.metadata ?? {}));
  for (const [name, tensor] of list) {
    const data = typeof tensor.data === "function" ? tensor.data() : tensor.data;
    const count = elementCount(tensor.shape);
    if (data.length !== count) {
      throw new RangeError(
        `tensor "${name}" of shape [${tensor.shape.join(", ")}] has ${data.length} elements`,
      );
    }
    if (dtype === "F32")
      writeFully(fd, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    else writeHalves(fd, name, data, dtype);
  }
}

function writeHalves(fd: number, name: string, data: Float32Array, dtype: "F16" | "BF16"): void {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const chunk = new Uint16Array(Math.min(data.length, CHUNK));
  for (let done = 0; done < data.length; done += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, data.length - done));
    if (dtype === "BF16") floatToBfloatBits(bits, done, part);
    else if (!floatToHalfBits(bits, done, part)) {
      throw new AppError(
        "BAD_INPUT",
        `Tensor "${name}" holds numbers beyond F16's largest, 65504.`,
        "Save as BF16 or F32.",
      );
    }
    writeFully(fd, new Uint8Array(part.buffer, 0, part.byteLength));
  }
}

function headerBytes(
  tensors: readonly (readonly [string, TensorSource])[],
  dtype: WeightsDtype,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  // transformers refuses a file whose metadata does not say which framework's tensors it holds.
  const entries: [string, unknown][] = [["__metadata__", { format: "pt", ...metadata }]];
  const names = new Set<string>();
  let position = 0;
  for (const [name, { shape }] of tensors) {
    if (names.has(name) || name === "__metadata__")
      throw new RangeError(`tensor name "${name}" cannot be used twice`);
    names.add(name);
    const end = position + elementCount(shape) * bytesPerElement(dtype);
    entries.push([name, { dtype, shape, data_offsets: [position, end] }]);
    position = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // Padded with spaces so that the data begin at a multiple of 8.
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  return bytes;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
