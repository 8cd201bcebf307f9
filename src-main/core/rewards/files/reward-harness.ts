/**
 * What runs around a reward's file in the sandbox: it loads the file, calls `reward`, and looks at what comes back, so that
 * a fault is said with its line and its completion. JSON in and out; see `Sandbox`.
 */
import { z } from "zod";

/** What a harness answers. */
export const HarnessAnswer = z.union([
  z.strictObject({ values: z.array(z.number().nullable()) }),
  z.strictObject({
    /** What is wrong, in words. */
    fault: z.string(),
    /** In the file, from 1; null where it is not known. */
    line: z.int().nullable(),
    /** Place of the completion in the call; null where it is none's. */
    at: z.int().nullable(),
  }),
]);

/** `export function reward({ prompt, completion, columns })`, called once for each completion; it may be asynchronous. */
export function javaScriptHarness(file: string): string {
  const name = JSON.stringify(file);
  return `
const { parse, stringify } = JSON;
const { isFinite, isNaN } = Number;
const indexOf = Function.prototype.call.bind(String.prototype.indexOf);
const slice = Function.prototype.call.bind(String.prototype.slice);
const NAME = ${name};

function lineOf(error) {
  const stack = typeof error === "object" && error !== null ? String(error.stack ?? "") : "";
  const at = indexOf(stack, NAME + ":");
  const line = at < 0 ? NaN : parseInt(slice(stack, at + NAME.length + 1), 10);
  return isNaN(line) ? null : line;
}

function words(error) {
  try { return String(error); } catch { return "something that cannot be shown as text"; }
}

function shown(value) {
  if (typeof value === "string") return "the text " + stringify(slice(value, 0, 60));
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  return Array.isArray(value) ? "a list" : "a value of type " + typeof value;
}

export async function main(text) {
  const { rows } = parse(text);
  let reward;
  try {
    const module = await import(NAME);
    // What has no name of its own is its file's one purpose.
    reward = module.reward ?? module.default;
  } catch (error) {
    return stringify({ fault: words(error), line: lineOf(error), at: null });
  }
  if (typeof reward !== "function")
    return stringify({ fault: "it exports no function reward", line: null, at: null });
  const values = [];
  for (let at = 0; at < rows.length; at += 1) {
    let value;
    try {
      value = await reward(rows[at]);
    } catch (error) {
      return stringify({ fault: words(error), line: lineOf(error), at });
    }
    if (typeof value === "boolean") value = value ? 1 : 0;
    if (value !== null && !(typeof value === "number" && isFinite(value)))
      return stringify({ fault: "reward gave " + shown(value) + ", and must give a number or null", line: null, at });
    values[at] = value;
  }
  return stringify({ values });
}
`;
}

/** TRL's signature, `def reward(completions, **columns) -> list[float | None]`, called once for all completions. */
export function pythonHarness(file: string): string {
  return `
import json
import math
import sys
import traceback
import types

loads, dumps, isfinite = json.loads, json.dumps, math.isfinite
NAME = ${JSON.stringify(file)}


def line_of(error):
    if isinstance(error, SyntaxError) and error.filename == NAME:
        return error.lineno
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == NAME]
    return lines[-1] if lines else None


def words(error):
    try:
        return traceback.format_exception_only(type(error), error)[-1].strip()
    except BaseException:
        return type(error).__name__


def fault(text, line=None, at=None):
    return dumps({"fault": text, "line": line, "at": at})


def shown(value):
    if isinstance(value, str):
        return "the text " + dumps(value[:60])
    if isinstance(value, float):
        return repr(value)
    return "a value of type " + type(value).__name__


def number_of(value):
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError
    number = float(value)
    if not isfinite(number):
        raise ValueError
    return number


def call(reward, rows):
    names = {name: None for row in rows for name in row["columns"]}
    columns = {name: [row["columns"].get(name) for row in rows] for name in names}
    arguments = {"prompts": [row["prompt"] for row in rows], **columns}
    return reward(completions=[row["completion"] for row in rows], **arguments)


def first_at_fault(reward, rows):
    """Which of the completions it fails on alone."""
    if len(rows) == 1:
        return 0
    for at, row in enumerate(rows):
        try:
            call(reward, [row])
        except BaseException:
            return at
    return None


def main(text, files):
    rows = loads(text)["rows"]
    module = sys.modules.get("reward_file")
    # A Python of the user's own has it from the call before: what it loaded once is not loaded again.
    if module is None or module.__source__ != files[NAME]:
        module = types.ModuleType("reward_file")
        module.__file__ = NAME
        module.__source__ = files[NAME]
        try:
            exec(compile(files[NAME], NAME, "exec"), module.__dict__)
        except BaseException as error:
            return fault(words(error), line_of(error))
        sys.modules["reward_file"] = module
    reward = module.__dict__.get("reward")
    if not callable(reward):
        others = [
            name
            for name, value in module.__dict__.items()
            if isinstance(value, types.FunctionType) and value.__code__.co_filename == NAME
        ]
        named = "" if not others else ": call one of " + ", ".join(others[:8]) + " so, or reward = " + others[0]
        return fault("it defines no function reward" + named)
    if not rows:
        return dumps({"values": []})
    code = getattr(reward, "__code__", None)
    begins = code.co_firstlineno if code is not None else None
    try:
        given = call(reward, rows)
    except BaseException as error:
        return fault(words(error), line_of(error), first_at_fault(reward, rows))
    if isinstance(given, (str, bytes, dict)) or not hasattr(given, "__iter__"):
        return fault("reward gave " + shown(given) + ", and must give a list of numbers", begins)
    try:
        given = list(given)
    except BaseException as error:
        return fault(words(error), line_of(error))
    if len(given) != len(rows):
        return fault("reward gave %d values for %d completions" % (len(given), len(rows)), begins)
    values = []
    for at, value in enumerate(given):
        try:
            values.append(number_of(value))
        except BaseException:
            return fault("reward gave " + shown(value) + ", and must give a number or None", begins, at)
    return dumps({"values": values})
`;
}
