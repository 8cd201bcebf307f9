/** Parquet's values as JSON has them: dates ISO, bytes left out and said so, numbers that a double cannot hold as they are. */
import { parquetSchema } from "hyparquet";
import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { WrittenNumber } from "#main/platform/exact-json.ts";

/** What is known of a place in the schema. */
export interface ValueSchema {
  /** Digits after the point of a DECIMAL; undefined for any other type. */
  readonly scale: number | undefined;
  /** A FLOAT of 32 bits. */
  readonly isSingle: boolean;
  readonly fields: ReadonlyMap<string, ValueSchema>;
}

/**
 * Has the reader give DECIMALs as the integers they are stored as: it would multiply them as doubles. Changes the
 * metadata, and gives where they are.
 */
export function schemaWithExactDecimals(metadata: FileMetaData): ValueSchema {
  const schema = valueSchema(parquetSchema(metadata));
  for (const element of metadata.schema) {
    if (!isDecimal(element) || element.type === undefined) continue;
    delete element.converted_type;
    delete element.logical_type;
    // A BYTE_ARRAY of no type would be read as text; of this one the reader gives what its parser gives: the bytes.
    if (element.type === "BYTE_ARRAY") element.logical_type = { type: "GEOGRAPHY" };
  }
  return schema;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * For the reader: points in time as texts to the digit that they are stored with (a Date ends at milliseconds), days
 * as days, bytes that are no text as bytes, and the bytes of decimals too.
 */
export const PARSERS = {
  timestampFromMilliseconds: (millis: bigint): string => instant(millis, 3),
  timestampFromMicroseconds: (micros: bigint): string => instant(micros, 6),
  timestampFromNanoseconds: (nanos: bigint): string => instant(nanos, 9),
  dateFromDays: (days: number): string =>
    instant(BigInt(days) * 86_400n, 0).slice(0, -"T00:00:00Z".length),
  stringFromBytes: (bytes: Uint8Array | undefined): string | Uint8Array | undefined => {
    try {
      return bytes && utf8.decode(bytes);
    } catch {
      return bytes;
    }
  },
  geographyFromBytes: (bytes: Uint8Array): Uint8Array => bytes,
};

/** ISO 8601 in UTC, with at least the milliseconds of a Date where there is a fraction. @param digits of a second's fraction in `count` */
function instant(count: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const fraction = ((count % unit) + unit) % unit;
  const seconds = (count - fraction) / unit;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${String(count)}e-${digits} s after 1970`;
  const whole = date.toISOString().slice(0, -".000Z".length);
  if (digits === 0) return `${whole}Z`;
  const written = fraction.toString().padStart(digits, "0");
  return `${whole}.${written.slice(0, 3)}${written.slice(3).replace(/0+$/, "")}Z`;
}

/** Whole numbers past 2⁵³ and DECIMALs that a double would change are `WrittenNumber`s. */
export function plainValue(value: unknown, schema: ValueSchema | undefined): unknown {
  if (schema?.scale !== undefined) return decimal(value, schema.scale);
  if (schema?.isSingle === true && typeof value === "number") return shortestSingle(value);
  if (typeof value === "bigint") return exactly(value.toString());
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `(${String(value.byteLength)} bytes, left out)`;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, elementOf(schema)));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, plainValue(item, schema?.fields.get(key))]),
    );
  }
  return value;
}

/** Digits that tell any number of 32 bits from its neighbours. */
const SINGLE_DIGITS = 9;

/** 0.1 rather than 0.10000000149011612, which is the same number of 32 bits. */
function shortestSingle(value: number): number {
  for (let digits = 1; digits < SINGLE_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function valueSchema({ element, children }: SchemaTree): ValueSchema {
  const { logical_type: logical, scale } = element;
  const own = logical?.type === "DECIMAL" ? logical.scale : undefined;
  return {
    scale: isDecimal(element) ? (own ?? scale ?? 0) : undefined,
    isSingle: element.type === "FLOAT",
    fields: new Map(children.map((child) => [child.element.name, valueSchema(child)])),
  };
}

function isDecimal({ converted_type, logical_type, num_children }: SchemaElement): boolean {
  return (
    num_children === undefined && (converted_type === "DECIMAL" || logical_type?.type === "DECIMAL")
  );
}

/** Of a list's items: below the "list" and "element" groups, or the repeated field itself. */
function elementOf(schema: ValueSchema | undefined): ValueSchema | undefined {
  const [group] = schema?.fields.values() ?? [];
  const [element] = group?.fields.values() ?? [];
  return group?.fields.size === 1 ? element : (group ?? schema);
}

/** The digits with a point where the scale has it, as text. */
function decimal(value: unknown, scale: number): unknown {
  const digits = unscaled(value);
  if (digits === undefined) return null;
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  return exactly(scale > 0 ? `${sign}${whole}.${text.slice(-scale)}` : `${sign}${whole}`);
}

function unscaled(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined;
  const read = BigInt(`0x${Buffer.from(value).toString("hex")}`);
  return BigInt.asIntN(value.length * 8, read);
}

function exactly(text: string): number | WrittenNumber {
  const value = Number(text);
  return String(value) === text ? value : new WrittenNumber(text);
}
