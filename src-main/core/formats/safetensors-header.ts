/**
 * The header of a safetensors file, checked to the byte before anything is allocated for it:
 * 8 bytes of little-endian length, that many bytes of JSON, then the tensors' bytes without holes or overlaps.
 */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";

/** Bytes per element of every element type that the format knows (those of whole bytes). */
const BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type SafetensorsDtype = keyof typeof BYTES;

export interface TensorEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly start: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format allows 100 MB, which would fill the memory when parsed; 8 MB are the names and places of 60,000 tensors. */
export const MAX_HEADER_BYTES = 8_000_000;

const dtypeNames = Object.keys(BYTES);

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

const metadataSchema = z.record(z.string(), z.string());

function isDtype(name: string): name is SafetensorsDtype {
  return dtypeNames.includes(name);
}

export function bytesPerElement(dtype: SafetensorsDtype): number {
  return BYTES[dtype];
}

export function badSafetensors(file: string, what: string): AppError {
  return new AppError(
    "BAD_CHECKPOINT",
    `${file} is not a sound safetensors file: ${what}.`,
    "The file is damaged or was not downloaded completely: fetch or export it again.",
  );
}

/**
 * The tensors named in a header, given the header's JSON bytes and the whole file's size.
 * @throws AppError BAD_CHECKPOINT that names the tensor and what is wrong with it
 */
export function parseHeader(file: string, json: Uint8Array, fileBytes: number): SafetensorsHeader {
  const dataStart = 8 + json.byteLength;
  const entries = parseEntries(file, json);
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (name === "__metadata__") {
      const checked = metadataSchema.safeParse(value);
      if (!checked.success) throw badSafetensors(file, "__metadata__ is not a list of texts");
      metadata = checked.data;
    } else {
      tensors.set(name, parseEntry(file, name, value, dataStart));
    }
  }
  checkLayout(file, tensors, dataStart, fileBytes);
  return { tensors, metadata };
}

function parseEntries(file: string, json: Uint8Array): [string, unknown][] {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
    value = JSON.parse(text);
  } catch {
    throw badSafetensors(file, "its header is not JSON");
  }
  if (!text.startsWith("{") || typeof value !== "object" || value === null) {
    throw badSafetensors(file, "its header is not a JSON object");
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw badSafetensors(file, `its header names "${repeated}" twice`);
  return Object.entries(value);
}

function parseEntry(file: string, name: string, value: unknown, dataStart: number): TensorEntry {
  const checked = entrySchema.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw badSafetensors(
      file,
      `the entry of tensor "${name}" is malformed (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""})`,
    );
  }
  const { dtype, shape, data_offsets } = checked.data;
  if (!isDtype(dtype)) {
    throw badSafetensors(file, `tensor "${name}" has the unknown element type "${dtype}"`);
  }
  const [begin, end] = data_offsets;
  if (end < begin)
    throw badSafetensors(file, `tensor "${name}" ends (${end}) before it begins (${begin})`);
  const byteLength = shape.reduce((product, length) => product * length, BYTES[dtype]);
  if (byteLength !== end - begin) {
    throw badSafetensors(
      file,
      `tensor "${name}" of shape [${shape.join(", ")}] and type ${dtype} takes ${byteLength} bytes, but its offsets span ${end - begin}`,
    );
  }
  return { dtype, shape, start: dataStart + begin, byteLength };
}

function checkLayout(
  file: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  fileBytes: number,
): void {
  const ordered = [...tensors].sort(
    ([, a], [, b]) => a.start - b.start || a.byteLength - b.byteLength,
  );
  let position = dataStart;
  for (const [name, tensor] of ordered) {
    if (tensor.start < position)
      throw badSafetensors(file, `tensor "${name}" overlaps the one before it`);
    if (tensor.start > position) {
      throw badSafetensors(
        file,
        `${tensor.start - position} bytes before tensor "${name}" belong to no tensor`,
      );
    }
    position = tensor.start + tensor.byteLength;
    if (position > fileBytes) {
      throw badSafetensors(
        file,
        `it is cut off: tensor "${name}" ends at byte ${position}, the file at ${fileBytes}`,
      );
    }
  }
  if (position < fileBytes)
    throw badSafetensors(file, `${fileBytes - position} bytes at its end belong to no tensor`);
}

/** The first key that stands twice in one object of a JSON text (JSON.parse keeps the last one silently). */
function repeatedKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [part] = match;
    if (part === "{") open.push(new Set());
    else if (part === "[") open.push(undefined);
    else if (part === "}" || part === "]") open.pop();
    else if (match[1] !== undefined) {
      const key: unknown = JSON.parse(part.slice(0, part.length - match[1].length));
      const keys = open.at(-1);
      if (typeof key !== "string" || keys === undefined) continue;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
