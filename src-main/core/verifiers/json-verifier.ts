/** JSON that a schema accepts, that equals the gold, or both. The score is the part of the values that are the gold's. */
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import { canonicalJson, compareJson } from "./json/compare-json.ts";
import { compileSchema } from "./json/compile-schema.ts";
import type { Check } from "./json/compile-schema.ts";
import { jsonInText, readJson } from "./json/read-json.ts";
import { quoted, right, wrong } from "./verdict.ts";
import { optionsReader, readOnce } from "./verifier-options.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

const Options = z.strictObject({
  /** JSON Schema, draft 7 or 2020-12. */
  schema: z.union([z.boolean(), z.record(z.string(), JsonValue)]).optional(),
  /** Whether the answer is to equal the gold; without it the schema alone judges, and the gold is an example. */
  equal: z.boolean().default(true),
});

const readOptions = optionsReader(Options);

type Read = {
  /** What the answer is to equal; undefined where the schema alone judges. */
  readonly expected: JsonValue | undefined;
  readonly check: Check;
};

const readJudged = readOnce(({ gold, options: written }): Read | { readonly refusal: string } => {
  const result = readOptions(written);
  if ("refusal" in result) return result;
  const { schema, equal } = result.options;
  if (schema === undefined && (gold === null || !equal))
    return { refusal: "There is neither a gold answer to equal nor a schema." };
  const compiled = schema === undefined ? { check: (): null => null } : compileSchema(schema);
  if ("refusal" in compiled) return compiled;
  const { check } = compiled;
  if (gold === null) return { expected: undefined, check };
  const read = readJson(gold);
  if ("refusal" in read) return { refusal: `The gold answer ${quoted(gold)} ${read.refusal}.` };
  const reason = check(read.value);
  if (reason !== null)
    return { refusal: `The gold answer ${quoted(gold)} is not as the schema says: ${reason}.` };
  return { expected: equal ? read.exact : undefined, check };
});

function verify(judged: Judged, answer: string): Verdict {
  const read = readJudged(judged);
  if ("refusal" in read) return wrong(read.refusal);
  const given = readJson(answer);
  if ("refusal" in given) return wrong(`${quoted(answer)} ${given.refusal}.`);
  const reason = read.check(given.value);
  if (reason !== null) return wrong(`${quoted(answer)} is not as the schema says: ${reason}.`);
  if (read.expected === undefined) return right(`${quoted(answer)} is as the schema says.`);
  const { same, all, difference } = compareJson(read.expected, given.exact);
  if (difference === null) return right(`${quoted(answer)} equals the gold answer.`);
  const place = difference === "" ? "the whole" : difference;
  return wrong(
    `${String(same)} of ${String(all)} values equal the gold answer's; ${place} does not.`,
    same / all,
  );
}

/** Equal values have one key; what is no JSON is its own text. */
function answerKey(answer: string): string {
  const read = readJson(answer);
  return "refusal" in read ? answer.trim() : canonicalJson(read.exact);
}

export const jsonVerifier: Verifier = {
  name: "json",
  version: "1",
  refusal: (judged) => {
    const read = readJudged(judged);
    return "refusal" in read ? read.refusal : null;
  },
  verify,
  extractLenient: jsonInText,
  answerKey,
};
