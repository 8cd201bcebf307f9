/**
 * What runs around a plug-in's file in the sandbox: it loads the file, calls one function for each item, and writes down
 * what that gave. What JSON would change in silence (NaN becomes null, a map becomes {}, a number loses its last digits)
 * is refused, with its place.
 */
import { z } from "zod";

/** What a harness answers: `at` is the item that failed, -1 where the file could not be loaded. */
export const PluginAnswer = z.union([
  z.strictObject({ missing: z.literal(true), others: z.array(z.string()) }),
  z.strictObject({ results: z.array(z.unknown()) }),
  z.strictObject({ at: z.int(), error: z.string(), stack: z.string() }),
]);

export const JAVASCRIPT = `
const { parse, stringify } = JSON;
const { isFinite } = Number;
const { isArray } = Array;
const DEEPEST = 500;

function refused(value, path) {
  const place = path === "" ? "" : " as " + path;
  return new TypeError("it gave " + value + place + ", and only texts, finite numbers, true, false, null, lists and plain objects are kept");
}

function need(value, path, depth) {
  if (depth > DEEPEST) throw refused("an object that holds itself or is very deep", path.slice(0, 60));
  switch (typeof value) {
    case "number":
      if (!isFinite(value)) throw refused(String(value), path);
      return;
    case "bigint": throw refused("the bigint " + String(value), path);
    case "function": case "symbol": throw refused("a " + typeof value, path);
    case "object": break;
    default: return;
  }
  if (value === null) return;
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (value[i] === undefined) throw refused("nothing", path + "[" + i + "]");
      need(value[i], path + "[" + i + "]", depth + 1);
    }
    return;
  }
  if (typeof value[Symbol.iterator] === "function" || typeof value.then === "function" || value instanceof Date)
    throw refused("an instance of " + (value.constructor?.name ?? "another class"), path);
  for (const key of Object.keys(value)) need(value[key], path === "" ? key : path + "." + key, depth + 1);
}

export async function main(text) {
  const { name, file, items } = parse(text);
  let at = -1;
  try {
    const plugin = await import(file);
    if (typeof plugin[name] !== "function") return stringify({ missing: true, others: Object.keys(plugin) });
    const results = [];
    for (at = 0; at < items.length; at++) {
      const given = (await plugin[name](...items[at])) ?? null;
      need(given, "", 0);
      results[at] = stringify(given);
    }
    return '{"results":[' + results.join(",") + "]}";
  } catch (error) {
    return stringify({ at, error: String(error), stack: String(error?.stack ?? "") });
  }
}`;

export const PYTHON = `
from json import dumps, loads
from math import isfinite
from traceback import format_exception
from types import FunctionType

MOST = 2**53 - 1

def refused(value, path):
    place = "" if path == "" else " as " + path
    return TypeError(f"it gave {value}{place}, and only texts, finite numbers, True, False, None, lists and dicts by texts are kept")

def need(value, path=""):
    if value is None or isinstance(value, (bool, str)):
        return
    if isinstance(value, int):
        if abs(value) > MOST:
            raise refused("a whole number beyond 2**53, which would lose digits (write it as a text)", path)
    elif isinstance(value, float):
        if not isfinite(value):
            raise refused(repr(value), path)
    elif isinstance(value, (list, tuple)):
        for at, one in enumerate(value):
            need(one, f"{path}[{at}]")
    elif isinstance(value, dict):
        for key, one in value.items():
            if not isinstance(key, str):
                raise refused(f"the key {key!r:.60}", path)
            need(one, key if path == "" else f"{path}.{key}")
    else:
        raise refused(f"a value of type {type(value).__name__}", path)

def main(text, files, dumps=dumps, form=format_exception, need=need):
    call = loads(text)
    at = -1
    try:
        file = call["file"]
        plugin = {"__name__": "plugin"}
        exec(compile(files[file], file, "exec"), plugin)
        function = plugin.get(call["name"])
        if not callable(function):
            others = [name for name, value in plugin.items() if isinstance(value, FunctionType)]
            return dumps({"missing": True, "others": others})
        results = []
        for at, item in enumerate(call["items"]):
            given = function(*item)
            need(given)
            results.append(dumps(given, allow_nan=False))
        return '{"results":[' + ",".join(results) + "]}"
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        return dumps({"at": at, "error": words, "stack": "".join(form(error))})
`;
