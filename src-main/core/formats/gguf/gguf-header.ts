/**
 * The header of a GGUF file, checked before anything is allocated for it: magic, version, counts, metadata,
 * then one entry a tensor. Source: the format's specification in ggml's repository, versions 2 and 3.
 *
 * Every count in the file is a 64-bit number that may lie. None is believed beyond what the bytes that are left could hold.
 */
import { AppError } from "#shared/errors.ts";
import { GGML_TYPES, type GgmlType, typeNumbered } from "./gguf-types.ts";

export type GgufValue = number | boolean | string | readonly number[] | readonly string[];

export interface GgufTensor {
  readonly type: GgmlType;
  /** Slowest dimension first, as PyTorch counts them (the file has it the other way round). */
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly start: number;
  readonly byteLength: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Reads `length` bytes of the file from `position` on; both are within the file. */
export type ReadBytes = (position: number, length: number) => Uint8Array<ArrayBuffer>;

/** Vocabularies of 256,000 tokens take 12 MB with their merges. */
const MAX_HEADER_BYTES = 64 * 2 ** 20;
const MAX_STRING_BYTES = 4 * 2 ** 20;
const MAX_ARRAY = 2 ** 21;
const MAX_ENTRIES = 2 ** 16;
const MAX_DIMENSIONS = 4;
const WINDOW = 2 ** 18;

const MAGIC = 0x46554747;
const DEFAULT_ALIGNMENT = 32;

const STRING = 8;
const ARRAY = 9;
/** Bytes of each scalar type, by its number. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** The versions as their bytes read in the other order. */
const BIG_ENDIAN_2 = 2 * 2 ** 24;
const BIG_ENDIAN_3 = 3 * 2 ** 24;

export function badGguf(file: string, what: string): AppError {
  return new AppError(
    "BAD_CHECKPOINT",
    `${file} is not a sound GGUF file: ${what}.`,
    "The file is damaged or was not downloaded completely: fetch it again.",
  );
}

/** A place in the file that moves on; never beyond the file's end or the header's bound. */
class Cursor {
  readonly file: string;
  readonly #read: ReadBytes;
  readonly #end: number;
  #window = new DataView(new ArrayBuffer(0));
  #windowStart = 0;
  position = 0;

  constructor(file: string, fileBytes: number, read: ReadBytes) {
    this.file = file;
    this.#read = read;
    this.#end = Math.min(fileBytes, MAX_HEADER_BYTES);
  }

  get left(): number {
    return this.#end - this.position;
  }

  /** Goes on by `bytes` and returns a view in which they start at the returned offset. */
  take(bytes: number, what: string): { view: DataView; at: number } {
    if (bytes > this.left) {
      throw badGguf(
        this.file,
        this.#end === MAX_HEADER_BYTES
          ? `its header is larger than ${MAX_HEADER_BYTES} bytes (in ${what})`
          : `it is cut off at byte ${this.#end}, in ${what}`,
      );
    }
    let at = this.position - this.#windowStart;
    if (at + bytes > this.#window.byteLength) {
      const chunk = this.#read(this.position, Math.min(Math.max(bytes, WINDOW), this.left));
      this.#window = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#windowStart = this.position;
      at = 0;
    }
    this.position += bytes;
    return { view: this.#window, at };
  }

  uint32(what: string): number {
    const { view, at } = this.take(4, what);
    return view.getUint32(at, true);
  }

  /** A 64-bit count or offset that is to be at most `most`. */
  count(what: string, most: number): number {
    const { view, at } = this.take(8, what);
    const value = view.getBigUint64(at, true);
    if (value > BigInt(most)) {
      throw badGguf(this.file, `${what} is ${value}, more than the ${most} that can be`);
    }
    return Number(value);
  }

  text(what: string): string {
    const length = this.count(`the length of ${what}`, Math.min(MAX_STRING_BYTES, this.left));
    const { view, at } = this.take(length, what);
    return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
  }

  scalar(type: number, what: string): number | boolean {
    const bytes = SCALAR_BYTES[type];
    if (bytes === undefined) throw badGguf(this.file, `${what} has the unknown type ${type}`);
    const { view, at } = this.take(bytes, what);
    return readScalar(view, at, type);
  }
}

const decoder = new TextDecoder();

function readScalar(view: DataView, at: number, type: number): number | boolean {
  switch (type) {
    case 0:
      return view.getUint8(at);
    case 1:
      return view.getInt8(at);
    case 2:
      return view.getUint16(at, true);
    case 3:
      return view.getInt16(at, true);
    case 4:
      return view.getUint32(at, true);
    case 5:
      return view.getInt32(at, true);
    case 6:
      return view.getFloat32(at, true);
    case 7:
      return view.getUint8(at) !== 0;
    case 10:
      return Number(view.getBigUint64(at, true));
    case 11:
      return Number(view.getBigInt64(at, true));
    default:
      return view.getFloat64(at, true);
  }
}

/**
 * Reads a header.
 * @throws AppError BAD_CHECKPOINT that says which part is wrong
 */
export function parseGgufHeader(file: string, fileBytes: number, read: ReadBytes): GgufHeader {
  const cursor = new Cursor(file, fileBytes, read);
  if (cursor.uint32("its first four bytes") !== MAGIC) {
    throw badGguf(file, 'it does not begin with "GGUF"');
  }
  const version = cursor.uint32("its version");
  if (version === BIG_ENDIAN_2 || version === BIG_ENDIAN_3) {
    throw new AppError(
      "BAD_CHECKPOINT",
      `${file} was written for a big-endian machine.`,
      "Gradus reads little-endian GGUF files, which is what the hub has; convert it with gguf-convert-endian of Python's gguf package.",
    );
  }
  if (version !== 2 && version !== 3) {
    throw badGguf(file, `its version is ${version}; Gradus reads versions 2 and 3`);
  }
  const tensorCount = cursor.count("the number of tensors", MAX_ENTRIES);
  const entryCount = cursor.count("the number of metadata entries", MAX_ENTRIES);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < entryCount; i++) {
    const key = cursor.text(`the name of metadata entry ${i}`);
    if (metadata.has(key)) throw badGguf(file, `it has the metadata entry "${key}" twice`);
    metadata.set(key, readValue(cursor, `metadata entry "${key}"`));
  }
  const tensors = readTensors(cursor, tensorCount);
  return {
    version,
    metadata,
    tensors: placed(file, fileBytes, cursor.position, metadata, tensors),
  };
}

function readValue(cursor: Cursor, what: string): GgufValue {
  const type = cursor.uint32(`the type of ${what}`);
  if (type === STRING) return cursor.text(what);
  return type === ARRAY ? readArray(cursor, what) : cursor.scalar(type, what);
}

function readArray(cursor: Cursor, what: string): GgufValue {
  const type = cursor.uint32(`the element type of ${what}`);
  if (type === ARRAY)
    throw badGguf(cursor.file, `${what} holds lists of lists, which no model has`);
  // A text takes at least the eight bytes of its length.
  const least = type === STRING ? 8 : SCALAR_BYTES[type];
  if (least === undefined) throw badGguf(cursor.file, `${what} has the unknown type ${type}`);
  const most = Math.min(MAX_ARRAY, Math.floor(cursor.left / least));
  const count = cursor.count(`the length of ${what}`, most);
  if (type === STRING) {
    const texts: string[] = [];
    for (let i = 0; i < count; i++) texts.push(cursor.text(`element ${i} of ${what}`));
    return texts;
  }
  const values: number[] = [];
  for (let i = 0; i < count; i++) values.push(Number(cursor.scalar(type, what)));
  return values;
}

interface UnplacedTensor {
  readonly name: string;
  readonly type: GgmlType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
}

function readTensors(cursor: Cursor, count: number): UnplacedTensor[] {
  const tensors: UnplacedTensor[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const name = cursor.text(`the name of tensor ${i}`);
    if (names.has(name)) throw badGguf(cursor.file, `it names tensor "${name}" twice`);
    names.add(name);
    tensors.push(readTensor(cursor, name));
  }
  return tensors;
}

function readTensor(cursor: Cursor, name: string): UnplacedTensor {
  const { file } = cursor;
  const what = `tensor "${name}"`;
  const dimensions = cursor.uint32(`the dimensions of ${what}`);
  if (dimensions > MAX_DIMENSIONS) throw badGguf(file, `${what} has ${dimensions} dimensions`);
  const shape: number[] = [];
  for (let axis = 0; axis < dimensions; axis++) {
    shape.unshift(cursor.count(`a dimension of ${what}`, 2 ** 40));
  }
  const number = cursor.uint32(`the type of ${what}`);
  const type = typeNumbered(number);
  if (type === undefined) {
    throw new AppError(
      "BAD_CHECKPOINT",
      `${file}: ${what} is quantised in a way that Gradus does not read (ggml's type ${number}).`,
      `Use a file with ${Object.keys(GGML_TYPES).join(", ")}.`,
    );
  }
  const offset = cursor.count(`the offset of ${what}`, Number.MAX_SAFE_INTEGER);
  const elements = shape.reduce((product, length) => product * length, 1);
  const { blockSize, blockBytes } = GGML_TYPES[type];
  if (elements > 2 ** 40) throw badGguf(file, `${what} has ${elements} elements`);
  if ((shape.at(-1) ?? 1) % blockSize !== 0) {
    throw badGguf(file, `a row of ${what} is no whole number of ${type} blocks of ${blockSize}`);
  }
  return { name, type, shape, offset, byteLength: (elements / blockSize) * blockBytes };
}

/** The tensors with their places in the file; none may reach beyond its end or into another. */
function placed(
  file: string,
  fileBytes: number,
  headerEnd: number,
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly UnplacedTensor[],
): Map<string, GgufTensor> {
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== "number" || !isPowerOfTwo(alignment) || alignment > 2 ** 20) {
    throw badGguf(file, `its alignment is ${String(alignment)}`);
  }
  const dataStart = Math.ceil(headerEnd / alignment) * alignment;
  let free = 0;
  for (const { name, offset, byteLength } of tensors.toSorted((a, b) => a.offset - b.offset)) {
    if (offset % alignment !== 0) {
      throw badGguf(file, `tensor "${name}" starts at ${offset}, no multiple of ${alignment}`);
    }
    if (offset < free) throw badGguf(file, `tensor "${name}" overlaps the one before it`);
    free = offset + byteLength;
    if (dataStart + free > fileBytes) {
      throw badGguf(
        file,
        `it is cut off: tensor "${name}" ends at byte ${dataStart + free}, the file at ${fileBytes}`,
      );
    }
  }
  return new Map(
    tensors.map(({ name, type, shape, offset, byteLength }) => [
      name,
      { type, shape, start: dataStart + offset, byteLength },
    ]),
  );
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && Number.isInteger(Math.log2(value));
}
