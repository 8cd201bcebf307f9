/**
 * Inputs and outputs that a program or a function is tried on, as collections of contests write them:
 *   APPS, TACO, verl's code  {"inputs": […], "outputs": […], "fn_name"?}, often as JSON in a text
 *   LiveCodeBench            [{"input", "output", "testtype"}], as JSON in a text
 *   code_contests            {"input": […], "output": […]}
 *   SYNTHETIC-1              {"language", "test_cases": [{"type", "input", "output", "fn_name"}]}
 *   AceCode                  ["assert f(1) == 2", …]
 */
import { z } from "zod";
import type { JsonValue } from "#shared/schema/json-value.ts";
import { jsonInText } from "../../datasets/rows/row-cells.ts";

interface TestCases {
  /** Pieces of Python that raise where the code is wrong. */
  readonly tests: readonly string[];
  /** What a whole program reads and prints. */
  readonly examples: readonly { readonly input: string; readonly output: string }[];
}

const Many = z.array(z.unknown());
const Columns = z.union([
  z.looseObject({ inputs: Many, outputs: Many, fn_name: z.string().nullish() }),
  z
    .looseObject({ input: Many, output: Many })
    .transform(({ input, output }) => ({ inputs: input, outputs: output, fn_name: null })),
]);
const Case = z.looseObject({
  input: z.unknown(),
  output: z.unknown(),
  fn_name: z.string().nullish(),
});
const Listed = z.union([
  z.array(Case).min(1),
  z.looseObject({ test_cases: z.array(Case).min(1) }).transform(({ test_cases }) => test_cases),
]);
const Asserts = z.array(z.string().regex(/^\s*assert\b/u)).min(1);

export function isTestCases(value: unknown): boolean {
  const written = jsonInText(value);
  return [Columns, Listed, Asserts].some((one) => one.safeParse(written).success);
}

/** Null where the value is none of these forms, or has inputs without outputs. */
export function readTestCases(value: unknown): TestCases | null {
  const written = jsonInText(value);
  const asserts = Asserts.safeParse(written);
  if (asserts.success) return { tests: asserts.data, examples: [] };
  const columns = Columns.safeParse(written);
  const listed = Listed.safeParse(written);
  const cases = columns.success
    ? columns.data.inputs.map((input, i) => ({
        input,
        output: columns.data.outputs[i],
        fn_name: columns.data.fn_name,
      }))
    : (listed.data ?? []);
  if (cases.length === 0 || cases.some(({ output }) => output === undefined)) return null;
  if (columns.success && columns.data.inputs.length !== columns.data.outputs.length) return null;
  const tests: string[] = [];
  const examples: { input: string; output: string }[] = [];
  for (const { input, output, fn_name: name } of cases) {
    if (typeof name === "string" && /^[A-Za-z_]\w*$/u.test(name))
      tests.push(callTest(name, input, output));
    else examples.push({ input: asLines(input), output: asLines(output) });
  }
  return { tests, examples };
}

/** APPS writes some as lists of lines. */
function asLines(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map(String).join("\n") : JSON.stringify(value);
}

/**
 * As APPS's own judge compares: a tuple is a list, and an output that is a list may be the answer or hold it.
 * @param input the arguments
 */
function callTest(name: string, input: unknown, output: unknown): string {
  const text = (value: unknown): string => JSON.stringify(JSON.stringify(value));
  const args = Array.isArray(input) ? input : [input];
  const target = `(Solution().${name} if "Solution" in globals() else ${name})`;
  return [
    "import json",
    `assert (lambda got, want: got == want or (isinstance(want, list) and want[:1] == [got]))((lambda one: list(one) if isinstance(one, tuple) else one)(${target}(*json.loads(${text(args)}))), json.loads(${text(output)})), ${text(`${name}(${args.map((one: unknown) => JSON.stringify(one)).join(", ")})`)}`,
  ].join("\n");
}

/** The options of `python-tests`. */
export function optionsOfCases({ tests, examples }: TestCases): Record<string, JsonValue> {
  return {
    ...(tests.length === 0 ? {} : { tests: [...tests] }),
    ...(examples.length === 0 ? {} : { examples: examples.map((one) => ({ ...one })) }),
  };
}
