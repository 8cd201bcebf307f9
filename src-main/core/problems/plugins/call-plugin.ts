/**
 * Calls a plug-in's functions in the sandbox, many at once: each call of the sandbox starts an interpreter. Calls that
 * together meet a limit are made in halves, down to the one that meets it alone. What goes wrong in the file ends in
 * words that name its line.
 */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { Verdict } from "../../verifiers/verifier.ts";
import type { Sandbox, SandboxOutcome } from "../../sandbox-port.ts";
import { MadeProblem } from "../outside/outside-task.ts";
import type { OutsideAnswer, OutsideDrawn } from "../outside/outside-task.ts";
import type { WorkedSolution } from "../task.ts";
import { PluginSolution, PluginVerdict } from "./plugin.ts";
import type { Plugin } from "./plugin.ts";

/** An item that fails is said with its place, and what was called before it does not matter. */
const JAVASCRIPT = `
const { parse, stringify } = JSON;
export async function main(text) {
  const { name, items } = parse(text);
  let at = -1;
  try {
    const plugin = await import("plugin.js");
    if (typeof plugin[name] !== "function") return stringify({ missing: true });
    const results = [];
    for (at = 0; at < items.length; at++) results[at] = (await plugin[name](...items[at])) ?? null;
    return stringify({ results });
  } catch (error) {
    return stringify({ at, error: String(error), stack: String(error?.stack ?? "") });
  }
}`;

const PYTHON = `
from json import dumps, loads
from traceback import format_exception

def main(text, files, dumps=dumps, form=format_exception):
    call = loads(text)
    at = -1
    try:
        plugin = {"__name__": "plugin"}
        exec(compile(files["plugin.py"], "plugin.py", "exec"), plugin)
        function = plugin.get(call["name"])
        if not callable(function):
            return dumps({"missing": True})
        results = []
        for at, item in enumerate(call["items"]):
            results.append(function(*item))
        return dumps({"results": results}, allow_nan=False)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        return dumps({"at": at, "error": words, "stack": "".join(form(error))})
`;

/** By how the file's name ends: the sandbox's language, the name of the file there, and a stack's lines of it. */
const LANGUAGES = {
  js: { language: "javascript", harness: JAVASCRIPT, file: "plugin.js", line: /plugin\.js:(\d+)/ },
  // The innermost call stands last.
  py: {
    language: "python",
    harness: PYTHON,
    file: "plugin.py",
    line: /.*File "plugin\.py", line (\d+)/s,
  },
} as const;

function languageOf({ manifest }: Plugin): (typeof LANGUAGES)[keyof typeof LANGUAGES] {
  return manifest.file.endsWith(".py") ? LANGUAGES.py : LANGUAGES.js;
}

const Answer = z.union([
  z.strictObject({ missing: z.literal(true) }),
  z.strictObject({ results: z.array(z.unknown()) }),
  z.strictObject({ at: z.int(), error: z.string(), stack: z.string() }),
]);

type FunctionName = "generate" | "solve" | "verify";

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
  const answer = Answer.safeParse(outcome.value);
  if (!answer.success) throw failed(plugin, `${name} gave what cannot be read.`);
  if ("missing" in answer.data) return null;
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
  const { language, harness, file } = languageOf(plugin);
  return sandbox.run(
    { language, harness, files: { [file]: plugin.text }, input: { name, items } },
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
  if (results === null) throw failed(plugin, `${plugin.manifest.file} has no function ${name}.`);
  return results.map((result, at) => {
    const parsed = schema.safeParse(result);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const key = issue === undefined || issue.path.length === 0 ? "" : ` (${issue.path.join(".")})`;
    throw failed(
      plugin,
      `${said(name, items[at])} gave ${short(JSON.stringify(result))}: ${issue?.message ?? "it cannot be read"}${key}.`,
    );
  });
}

/** `, coins.js line 3`, of the interpreter's stack. */
function lineOf(plugin: Plugin, stack: string): string {
  const line = languageOf(plugin).line.exec(stack)?.[1];
  return line === undefined ? "" : `, ${plugin.manifest.file} line ${line}`;
}

function said(name: FunctionName, item: readonly JsonValue[] | undefined): string {
  return `${name}(${short((item ?? []).map((one) => JSON.stringify(one)).join(", "))})`;
}

function short(text: string | undefined): string {
  const whole = text ?? "nothing";
  return whole.length > 100 ? `${whole.slice(0, 99)}…` : whole;
}

function failed({ manifest }: Plugin, what: string): AppError {
  return new AppError(
    "BAD_INPUT",
    `The plug-in ${manifest.name}: ${what}`,
    `Mend plugins/${manifest.name}/${manifest.file}, then try it: \`gradus plugins check ${manifest.name}\`.`,
  );
}
