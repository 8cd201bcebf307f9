/**
 * What runs a solution's tests in JavaScript. Each text of tests runs after the solution, in one function with it, so that
 * no test sees what another changed; within a text each `test(name, …)` counts by itself.
 */
export const JAVASCRIPT_TESTS = String.raw`
const { parse, stringify } = JSON;
const { Function: Make, Object: Objects, Error: Wrong, Map: Pairs, Set: Values, Number: Numbers } = globalThis;
const { is, keys, getPrototypeOf } = Objects;
const NAME = /^[$A-Z_a-z][$\w]*$/;

function shown(value) {
  try { return stringify(value) ?? String(value); } catch { return String(value); }
}

function same(a, b, strict) {
  if (strict ? is(a, b) : a == b || (a !== a && b !== b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (strict && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
  if (a instanceof Pairs && b instanceof Pairs)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && same(value, b.get(key), strict));
  if (a instanceof Values && b instanceof Values)
    return a.size === b.size && [...a].every((one) => b.has(one) || [...b].some((other) => same(one, other, strict)));
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = keys(a);
  return names.length === keys(b).length && names.every((name) => Objects.hasOwn(b, name) && same(a[name], b[name], strict));
}

function demand(holds, message, fallback) {
  if (holds) return;
  if (message instanceof Wrong) throw message;
  throw new Wrong(message ?? fallback);
}

const assert = (value, message) => demand(value, message, "it is " + shown(value));
Objects.assign(assert, {
  ok: assert,
  equal: (a, b, message) => demand(a == b, message, shown(a) + " is not " + shown(b)),
  notEqual: (a, b, message) => demand(a != b, message, shown(a) + " is " + shown(b)),
  strictEqual: (a, b, message) => demand(is(a, b), message, shown(a) + " is not " + shown(b)),
  notStrictEqual: (a, b, message) => demand(!is(a, b), message, shown(a) + " is " + shown(b)),
  deepEqual: (a, b, message) => demand(same(a, b, false), message, shown(a) + " is not " + shown(b)),
  deepStrictEqual: (a, b, message) => demand(same(a, b, true), message, shown(a) + " is not " + shown(b)),
  notDeepEqual: (a, b, message) => demand(!same(a, b, false), message, shown(a) + " is " + shown(b)),
  fail: (message) => demand(false, message, "failed"),
  throws(act, expected, message) {
    try { act(); } catch (error) {
      if (typeof expected === "function" && expected.prototype !== undefined) demand(error instanceof expected, message, String(error));
      else if (expected instanceof RegExp) demand(expected.test(String(error)), message, String(error));
      return;
    }
    demand(false, message, "nothing was thrown");
  },
});
assert.strict = assert;

function require(name) {
  if (/^(node:)?assert(\/strict)?$/.test(name)) return assert;
  throw new Wrong("there is no module " + name + " in the sandbox");
}

function words(error) {
  try { return String(error).slice(0, 200); } catch { return "something that cannot be shown as text"; }
}

// A function within, so that the solution may declare what the outer one is given.
const within = (body) => "return (async function () {\n" + body + "\n})();";

export async function main(text) {
  const { tests, entryPoint, solution } = parse(text);
  const code = solution.replaceAll(/^(\s*)export\s+(default\s+)?(?=(async\s+)?function|const|let|var|class)/gm, "$1");
  const call = entryPoint !== null && NAME.test(entryPoint)
    ? "\n;if (typeof check === 'function') check(typeof " + entryPoint + " === 'undefined' ? module.exports." + entryPoint + " : " + entryPoint + ");"
    : "";
  try { await new Make("module", "exports", "require", within(code))({ exports: {} }, {}, require); } catch (error) {
    return stringify({ broken: words(error) });
  }
  let total = 0;
  let passed = 0;
  let first = null;
  const bad = (name, error) => { first ??= name.trim().split("\n")[0].slice(0, 200) + ": " + words(error); };
  for (const one of tests) {
    const named = [];
    const test = (name, act) => { named.push([String(name), act]); };
    const describe = (_name, act) => act();
    const module = { exports: {} };
    let failure;
    try {
      await new Make("module", "exports", "require", "assert", "test", "it", "describe", within(code + "\n;" + one + call))(
        module, module.exports, require, assert, test, test, describe,
      );
    } catch (error) { failure = { error }; }
    if (named.length === 0 || failure !== undefined) {
      total += Math.max(1, named.length);
      if (failure === undefined) passed += 1;
      else bad(one, failure.error);
      continue;
    }
    for (const [name, act] of named) {
      total += 1;
      try { await act(); passed += 1; } catch (error) { bad(name, error); }
    }
  }
  return stringify({ __proto__: null, total, passed, first });
}
`;
