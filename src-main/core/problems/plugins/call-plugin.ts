/**
 * Calls a plug-in's functions in the sandbox, many at once: each call of the sandbox starts an interpreter. Calls that
 * together meet a limit are made in halves, down to the one that meets it alone. What goes wrong in the file ends in
 * words that name its line.
 */
import type { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { Verdict } from "../../verifiers/verifier.ts";
import type { Sandbox, SandboxOutcome } from "../../sandbox-port.ts";
import { LONGEST, MadeProblem } from "../outside/outside-task.ts";
import type { OutsideAnswer, OutsideDrawn } from "../outside/outside-task.ts";
import type { WorkedSolution } from "../task.ts";
import { PluginSolution, PluginVerdict } from "./plugin.ts";
import { JAVASCRIPT, PluginAnswer, PYTHON } from "./plugin-harness.ts";
import type { Plugin } from "./plugin.ts";

/** By how the file's name ends: the sandbox's language, and a stack's lines of the file. */
const LANGUAGES = {
  js: { language: "javascript", harness: JAVASCRIPT, line: (file: string) => `${file}:(\\d+)` },
  // The innermost call stands last.
  py: {
    language: "python",
    harness: PYTHON,
    line: (file: string) => `.*File "${file}", line (\\d+)`,
  },
} as const;

function languageOf({ manifest }: Plugin): (typeof LANGUAGES)[keyof typeof LANGUAGES] {
  return manifest.file.endsWith(".py") ? LANGUAGES.py : LANGUAGES.js;
}

type FunctionName = "generate" | "solve" | "verify";

/** What a function must give, in words. */
const GIVES: Readonly<Record<FunctionName, string>> = {
  generate: "{ prompt, gold } with data and canonical where they are needed",
  solve: "{ think, answer }",
  verify: "true or false, or { correct, score, detail }",
};
const HOLDS: Readonly<Record<string, string>> = {
  prompt: "a text that is not empty",
  gold: "a text, or null where no answer is the right one",
  canonical: "a text that is not empty",
  think: "a text",
  answer: "a text",
  correct: "true or false",
  score: "a number from 0 to 1",
  detail: "a text",
};

/** Problems by their seeds and difficulties; equal ones give equal problems. Throws BAD_INPUT, the signal's reason. */
export async function generateByPlugin(
  sandbox: Sandbox,
  plugin: Plugin,
  draws: readonly OutsideDrawn[],
  signal?: AbortSignal,
): Promise<MadeProblem[]> {
  const items = draws.map(({ seed, difficulty }) => [seed, difficulty]);
  const called = { sandbox, plugin, name: "generate", signal } as const;
  return read(plugin, "generate", items, MadeProblem, await call(called, items));
}

/** Null where the plug-in works out no solutions. Throws BAD_INPUT, the signal's reason. */
export async function solveByPlugin(
  sandbox: Sandbox,
  plugin: Plugin,
  problems: readonly OutsideAnswer["problem"][],
  signal?: AbortSignal,
): Promise<WorkedSolution[] | null> {
  const items = problems.map((problem) => [jsonOf(problem)]);
  const results = await call({ sandbox, plugin, name: "solve", signal }, items);
  return results === null ? null : read(plugin, "solve", items, PluginSolution, results);
}

/** Throws BAD_INPUT, the signal's reason. */
export async function verifyByPlugin(
  sandbox: Sandbox,
  plugin: Plugin,
  answers: readonly OutsideAnswer[],
  signal?: AbortSignal,
): Promise<Verdict[]> {
  const items = answers.map(({ problem, answer }) => [jsonOf(problem), answer]);
  const results = await call({ sandbox, plugin, name: "verify", signal }, items);
  return read(plugin, "verify", items, PluginVerdict, results);
}

/** What a function is given: the same of a problem that was just made and of one that was kept. */
function jsonOf({ prompt, gold, data }: OutsideAnswer["problem"]): JsonValue {
  return { prompt, gold, data };
}

type Items = readonly (readonly JsonValue[])[];
type Called = {
  readonly sandbox: Sandbox;
  readonly plugin: Plugin;
  readonly name: FunctionName;
  readonly signal: AbortSignal | undefined;
};

/** What the function gave for each item; null where the file has no such function. */
async function call(called: Called, items: Items): Promise<unknown[] | null> {
  const { plugin, name } = called;
  let outcome = await run(called, items);
  // A worker that somebody ended has done nothing: equal calls give equal answers.
  if (outcome.ended === "died") outcome = await run(called, items);
  if (outcome.ended !== "returned") {
    const [first] = items;
    if (items.length < 2)
      throw failed(
        plugin,
        `${plugin.manifest.file}: ${said(name, first)} failed: ${outcome.message}.`,
      );
    const half = Math.ceil(items.length / 2);
    const begin = await call(called, items.slice(0, half));
    const end = begin === null ? null : await call(called, items.slice(half));
    return begin === null || end === null ? null : [...begin, ...end];
  }
  const answer = PluginAnswer.safeParse(outcome.value);
  if (!answer.success) throw failed(plugin, `${name} gave what cannot be read.`);
  if ("missing" in answer.data) {
    if (name === "solve") return null;
    const { others } = answer.data;
    const instead = others.length === 0 ? "" : `; it has ${others.slice(0, 8).join(", ")}`;
    throw failed(plugin, `${plugin.manifest.file} has no function ${name}${instead}.`);
  }
  if ("results" in answer.data) return answer.data.results;
  const { at, error, stack } = answer.data;
  throw failed(
    plugin,
    `${error}${lineOf(plugin, stack)}${at < 0 ? "" : `, in ${said(name, items[at])}`}.`,
  );
}

async function run(
  { sandbox, plugin, name, signal }: Called,
  items: Items,
): Promise<SandboxOutcome> {
  const { language, harness } = languageOf(plugin);
  const { file } = plugin.manifest;
  return sandbox.run(
    { language, harness, files: { [file]: plugin.text }, input: { name, file, items } },
    signal === undefined ? {} : { signal },
  );
}

function read<T>(
  plugin: Plugin,
  name: FunctionName,
  items: Items,
  schema: z.ZodType<T>,
  results: readonly unknown[] | null,
): T[] {
  if (results === null) throw new Error(`${name} is not left out`);
  return results.map((result, at) => {
    const parsed = schema.safeParse(result);
    if (parsed.success) return parsed.data;
    const gave = `${said(name, items[at])} gave ${short(JSON.stringify(result))}`;
    throw failed(plugin, `${gave}${whyNot(name, result, parsed.error)}.`);
  });
}

/** `, and prompt must be a text that is not empty`. */
function whyNot(name: FunctionName, result: unknown, { issues }: z.ZodError): string {
  const whole = `, and must give ${GIVES[name]}`;
  if (typeof result !== "object" || result === null || Array.isArray(result)) return whole;
  const all = issues.flatMap((issue) =>
    issue.code === "invalid_union" ? issue.errors.flat() : [issue],
  );
  const long = all.find(({ code, path }) => code === "too_big" && path[0] !== "score");
  if (long !== undefined)
    return `, and ${long.path.join(".")} has at most ${LONGEST.toLocaleString("en")} characters`;
  const key = all.flatMap(({ path }) => path.slice(0, 1)).find((one) => String(one) in HOLDS);
  if (key !== undefined) return `, and ${String(key)} must be ${HOLDS[String(key)] ?? ""}`;
  const other = all.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  return `${whole}${other.length === 0 ? "" : `, without ${other.join(", ")}`}`;
}

/** `, coins.js line 3`, of the interpreter's stack. */
function lineOf(plugin: Plugin, stack: string): string {
  const { file } = plugin.manifest;
  const pattern = languageOf(plugin).line(file.replaceAll(".", String.raw`\.`));
  const line = new RegExp(pattern, "su").exec(stack)?.[1];
  return line === undefined ? "" : `, ${file} line ${line}`;
}

function said(name: FunctionName, item: readonly JsonValue[] | undefined): string {
  return `${name}(${short((item ?? []).map((one) => JSON.stringify(one)).join(", "))})`;
}

function short(text: string | undefined): string {
  const whole = text ?? "nothing";
  return whole.length > 100 ? `${whole.slice(0, 99)}…` : whole;
}

function failed({ manifest }: Plugin, what: string): AppError {
  const { name, file } = manifest;
  return new AppError(
    "BAD_INPUT",
    `The plug-in ${name}: ${what}`,
    `${hintOn(what, file)} plugins/${name}/${file}, then try it: \`gradus plugins check ${name}\`.`,
  );
}

function hintOn(what: string, file: string): string {
  if (
    file.endsWith(".js") &&
    /has no function|'(?:module|exports|require)' is not defined/u.test(what)
  )
    return "Write `export function generate(seed, difficulty) { … }`, and `verify` likewise, in";
  if (what.includes("has no function"))
    return "Define `generate(seed, difficulty)` and `verify(problem, answer)` in";
  if (/there is no module|ModuleNotFoundError/u.test(what))
    return `Do without other modules${file.endsWith(".py") ? " than Python's standard library" : ""}: mend`;
  return "Mend";
}
