/** JSON Schema by ajv, made safe for schemas of strangers: patterns in linear time, and bounded work. */
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { LRUCache } from "lru-cache";
import { RE2JS, RE2JSException } from "re2js";
import type { JsonValue } from "#shared/schema/json-value.ts";
import { canonicalJson } from "./compare-json.ts";

export type Schema = boolean | { readonly [key: string]: JsonValue };
/** null where a value is as the schema says; else why not, in words. */
export type Check = (value: JsonValue) => string | null;
type Compiled = { readonly check: Check } | { readonly refusal: string };

const MOST_CHARACTERS = 50_000;
/** References followed for one value: a schema that refers to itself twice would double them at each level. */
const MOST_REFERENCES = 20_000;
/** Characters times instructions of one value's patterns. */
const MOST_WORK = 2_000_000;

const kept = new LRUCache<string, Compiled>({ max: 128 });
const texts = new WeakMap<object, string>();

/** Drafts 7 and 2020-12, the latter where the schema names none. `format` is a note, as 2020-12 has it. */
export function compileSchema(schema: Schema): Compiled {
  const text = typeof schema === "boolean" ? String(schema) : textOf(schema);
  const known = kept.get(text);
  if (known !== undefined) return known;
  const compiled = compileAnew(schema, text);
  kept.set(text, compiled);
  return compiled;
}

function textOf(schema: object): string {
  const known = texts.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema);
  texts.set(schema, text);
  return text;
}

/** What one value's check has used up. */
type Work = { references: number; characters: number };

class TooMuchWork extends Error {}

function compileAnew(schema: Schema, text: string): Compiled {
  if (typeof schema === "object" && schema["$async"] !== undefined)
    return { refusal: "The schema is asynchronous ($async), which an answer cannot wait for." };
  if (text.length > MOST_CHARACTERS)
    return { refusal: `The schema is longer than ${String(MOST_CHARACTERS)} characters.` };
  const work: Work = { references: 0, characters: 0 };
  try {
    const validate = validator(schema, text, work);
    return { check: checkBy(validate, work) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /u, "").replace(/\.$/u, "");
    return { refusal: `The schema cannot be read: ${reason}.` };
  }
}

function validator(schema: Schema, text: string, work: Work): ValidateFunction {
  const isDraft7 = /"\$schema":"https?:\/\/json-schema\.org\/draft-0[67]\//u.test(text);
  const engine = Object.assign((pattern: string) => linearPattern(pattern, work), {
    code: "linearPattern",
  });
  const options = {
    strict: false,
    validateFormats: false,
    logger: false as const,
    code: { regExp: engine },
  };
  const ajv = isDraft7 ? new Ajv(options) : new Ajv2020(options);
  // ajv's own compares each pair.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (isAsked: boolean, items: readonly JsonValue[]) =>
      !isAsked || new Set(items.map(canonicalJson)).size === items.length,
  });
  ajv.addKeyword({
    keyword: COUNTED,
    validate: () => {
      if (++work.references > MOST_REFERENCES) throw new TooMuchWork();
      return true;
    },
  });
  return ajv.compile(counted(schema));
}

const COUNTED = "x-counted-reference";

/** With a counter beside every reference. What stands in `const` or `enum` is no schema. */
function counted(schema: JsonValue): Schema & JsonValue {
  const walked = walk(schema);
  return typeof walked === "boolean" || isObject(walked) ? walked : false;
}

function walk(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((one: JsonValue) => walk(one));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, one]): [string, JsonValue] =>
    key === "const" || key === "enum" ? [key, one] : [key, walk(one)],
  );
  const refers = typeof value["$ref"] === "string" || typeof value["$dynamicRef"] === "string";
  return Object.fromEntries(refers ? [...entries, [COUNTED, true]] : entries);
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

type LinearPattern = {
  readonly test: (text: string) => boolean;
  readonly toString: () => string;
};

function linearPattern(pattern: string, work: Work): LinearPattern {
  const engine = RE2JS.compile(pattern);
  const size = engine.programSize();
  if (size > 1000) throw new RE2JSException(`the pattern ${pattern.slice(0, 60)} is too large`);
  return {
    // By this ajv tells patterns apart.
    toString: () => pattern,
    test: (text) => {
      work.characters += (text.length + 1) * size;
      if (work.characters > MOST_WORK) throw new TooMuchWork();
      return engine.test(text);
    },
  };
}

function checkBy(validate: ValidateFunction, work: Work): Check {
  return (value) => {
    work.references = 0;
    work.characters = 0;
    try {
      if (validate(value)) return null;
      const [error] = validate.errors ?? [];
      const place = error?.instancePath ?? "";
      return `${place === "" ? "it" : place} ${error?.message ?? "is not as the schema says"}`;
    } catch (error) {
      if (error instanceof TooMuchWork) return "it takes too long to check";
      throw error;
    }
  };
}
