/**
 * `python-tests` and `javascript-tests`: whether the code in a completion passes a problem's tests. Unlike the other
 * verifiers they run what they judge, in the sandbox, so their verdict has to be waited for.
 */
import { z } from "zod";
import type { JsonValue } from "#shared/schema/json-value.ts";
import { assertNever } from "#shared/errors.ts";
import { DEFAULT_SANDBOX_LIMITS } from "../../sandbox-port.ts";
import type {
  Sandbox,
  SandboxLanguage,
  SandboxLimits,
  SandboxOutcome,
} from "../../sandbox-port.ts";
import { right, wrong } from "../verdict.ts";
import type { Verdict } from "../verifier.ts";
import { JAVASCRIPT_TESTS } from "./javascript-tests.ts";
import { PYTHON_TESTS } from "./python-tests.ts";
import { joinPrompt, takeCode } from "./take-code.ts";

const LANGUAGES: Readonly<Record<string, SandboxLanguage>> = {
  "python-tests": "python",
  "javascript-tests": "javascript",
};

/** Options of both verifiers, by their names in a problem. */
const CodeTestOptions = z
  .strictObject({
    /**
     * Each raises where the code is wrong: an assert (MBPP), a function `check` of the candidate (human-eval), or functions
     * `test_…` (KodCode).
     */
    tests: z.array(z.string()).default([]),
    /** Of whole programs in Python (APPS): what one reads at its standard input, and what it prints then. */
    examples: z.array(z.strictObject({ input: z.string(), output: z.string() })).default([]),
    /** What `check` is given. */
    entry_point: z.string().optional(),
    /** Stands before a completion that only goes on with it. */
    prompt: z.string().default(""),
    /** Stands before both. */
    setup: z.string().default(""),
  })
  .refine(({ tests, examples }) => tests.length + examples.length > 0, "there is no test");

const Report = z.union([
  /** The program did not get as far as its tests. */
  z.strictObject({ broken: z.string() }),
  z.strictObject({
    total: z.int().positive(),
    passed: z.int().nonnegative(),
    /** The first test that failed, and how. */
    first: z.string().nullable(),
  }),
]);

/** Of `python-tests` and `javascript-tests`; undefined for other verifiers. */
export function languageOfTests(verifier: string): SandboxLanguage | undefined {
  return Object.hasOwn(LANGUAGES, verifier) ? LANGUAGES[verifier] : undefined;
}

/** Why no code can be tested by these options, in words; null where some can. */
export function refusalOfTests(options: Readonly<Record<string, JsonValue>>): string | null {
  const parsed = CodeTestOptions.safeParse(options);
  return parsed.success ? null : notUnderstood(parsed.error);
}

function notUnderstood({ issues }: z.ZodError): string {
  const reasons = issues.map(({ path, message }) => [...path, message].join(": "));
  return `The tests are not understood: ${reasons.join("; ")}.`;
}

export interface CodeTestRun {
  readonly limits?: Partial<SandboxLimits>;
  readonly signal?: AbortSignal;
}

/**
 * The score is the share of tests that passed: asserts count one by one, and a loop or a `test_…` function as one.
 * @throws the signal's reason
 */
export async function judgeCode(
  sandbox: Sandbox,
  language: SandboxLanguage,
  options: Readonly<Record<string, JsonValue>>,
  completion: string,
  run: CodeTestRun = {},
): Promise<Verdict> {
  const parsed = CodeTestOptions.safeParse(options);
  if (!parsed.success) return wrong(notUnderstood(parsed.error));
  const { tests, examples, prompt, setup, entry_point: entryPoint = null } = parsed.data;
  if (examples.length > 0 && language !== "python")
    return wrong("Examples of inputs and outputs are tried on programs in Python alone.");
  const code = takeCode(completion, language);
  if (code.trim() === "") return wrong("There is no code.");
  const program = joinPrompt({ prompt, entryPoint }, code, language);
  const outcome = await sandbox.run(
    {
      language,
      harness: language === "python" ? PYTHON_TESTS : JAVASCRIPT_TESTS,
      files: {},
      input: {
        tests,
        examples,
        entryPoint,
        solution: setup === "" ? program : `${setup}\n${program}`,
      },
      limits: { ...DEFAULT_SANDBOX_LIMITS, ...run.limits },
    },
    run.signal === undefined ? {} : { signal: run.signal },
  );
  return verdictOf(outcome);
}

function verdictOf(outcome: SandboxOutcome): Verdict {
  switch (outcome.ended) {
    case "limit":
      return wrong(`The code was ended: ${outcome.message}.`);
    case "died":
      return wrong(`The code was ended: ${outcome.message}.`);
    case "threw":
      return wrong(`The code failed: ${outcome.message}`);
    case "returned":
      return verdictOfReport(outcome.value);
    default:
      return assertNever(outcome);
  }
}

function verdictOfReport(value: JsonValue): Verdict {
  // What the code itself put in the report's place is no report.
  const report = Report.safeParse(value).data;
  if (report === undefined) return wrong("The code got between the tests and their report.");
  if ("broken" in report) return wrong(`The code cannot be run: ${report.broken}`);
  const { total, passed, first } = report;
  if (passed === total) return right(`${total} of ${total} tests passed`);
  const how = first === null ? "" : `; ${first}`;
  return wrong(`${passed} of ${total} tests passed${how}`, passed / total);
}
