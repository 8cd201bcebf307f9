/** GGUF files: llama.cpp's single-file models, read lazily, tensor by tensor, as 32-bit floats. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import {
  badGguf,
  type GgufHeader,
  type GgufTensor,
  type GgufValue,
  parseGgufHeader,
} from "./gguf-header.ts";
import { dequantize } from "./gguf-quants.ts";
import { GGML_TYPES } from "./gguf-types.ts";
import { fileErrorCode } from "../json-file.ts";
import { elementCount } from "../safetensors.ts";

/** Bytes read at a time, about. */
const CHUNK = 2 ** 20;

/** An open GGUF file. Close it when its tensors are read. */
export class GgufFile {
  readonly file: string;
  readonly header: GgufHeader;
  #fd: number | undefined;

  constructor(file: string, header: GgufHeader, fd: number) {
    this.file = file;
    this.header = header;
    this.#fd = fd;
  }

  tensor(name: string): GgufTensor {
    const tensor = this.header.tensors.get(name);
    if (tensor === undefined) throw badGguf(this.file, `it holds no tensor "${name}"`);
    return tensor;
  }

  /** A metadata entry, or undefined where there is none. */
  value(key: string): GgufValue | undefined {
    return this.header.metadata.get(key);
  }

  /** The tensor's elements in row-major order, dequantised. */
  readTensor(name: string): Float32Array {
    const { type, shape, start, byteLength } = this.tensor(name);
    const { blockSize, blockBytes } = GGML_TYPES[type];
    const out = new Float32Array(elementCount(shape));
    const step = Math.max(1, Math.floor(CHUNK / blockBytes)) * blockBytes;
    const chunk = new Uint8Array(Math.min(step, byteLength));
    for (let done = 0; done < byteLength; done += step) {
      const part = chunk.subarray(0, Math.min(step, byteLength - done));
      if (this.#fd === undefined) throw new Error(`${this.file} was closed`);
      readFully(this.#fd, this.file, part, start + done);
      dequantize(type, part, out, (done / blockBytes) * blockSize);
    }
    return out;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens a file and checks its header.
 * @throws AppError NOT_FOUND, or BAD_CHECKPOINT for a file that cannot be read or whose header lies
 */
export function openGguf(file: string): GgufFile {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    const reason = fileErrorCode(error);
    throw new AppError(
      reason === "ENOENT" ? "NOT_FOUND" : "BAD_CHECKPOINT",
      `${file} cannot be opened (${reason ?? String(error)}).`,
      "Check the path and that you may read it.",
      { cause: error },
    );
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw badGguf(file, "it is not a file");
    const header = parseGgufHeader(file, stat.size, (position, length) => {
      const bytes = new Uint8Array(length);
      readFully(fd, file, bytes, position);
      return bytes;
    });
    return new GgufFile(file, header, fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readFully(fd: number, file: string, target: Uint8Array, position: number): void {
  let done = 0;
  while (done < target.byteLength) {
    const count = readSync(fd, target, done, target.byteLength - done, position + done);
    if (count === 0) throw badGguf(file, `it ended at byte ${position + done} while being read`);
    done += count;
  }
}
