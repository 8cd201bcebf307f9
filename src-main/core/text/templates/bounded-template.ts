/** A chat template rendered within bounds: steps, the lengths of texts and lists, and time. */
import { Environment, Interpreter } from "@huggingface/jinja";
import type { Template } from "@huggingface/jinja";
import { z } from "zod";
import { withinTime } from "../bounded-work.ts";
import { eachNode } from "./each-node.ts";

/** What a conversation of thousands of long messages does not come near. */
const MAX_STEPS = 2_000_000;
const MAX_TEXT = 2 ** 22;
const MAX_TEXTS = 2 ** 25;
const MAX_LIST = 10_000;
const LIMIT_MS = 1500;

class OutOfBounds extends Error {}

/** What is used of the library, whose own declarations TypeScript cannot resolve under Node's module rules. */
interface InnerInterpreter {
  evaluate: (statement: unknown, environment: unknown) => { readonly value: unknown };
  run(program: unknown): { readonly value: unknown };
}
interface InnerEnvironment {
  set(name: string, value: unknown): unknown;
}

/** Counts what the interpreter does: it comes through `evaluate` for every expression and statement. */
function bound(interpreter: InnerInterpreter): void {
  const evaluate = interpreter.evaluate.bind(interpreter);
  let steps = 0;
  let written = 0;
  interpreter.evaluate = (statement, environment) => {
    steps += 1;
    if (steps > MAX_STEPS) throw new OutOfBounds(`it takes more than ${MAX_STEPS} steps`);
    const result = evaluate(statement, environment);
    const { value } = result;
    if (typeof value === "string") {
      written += value.length;
      if (value.length > MAX_TEXT) throw new OutOfBounds(`a text is longer than ${MAX_TEXT}`);
      if (written > MAX_TEXTS) throw new OutOfBounds("its texts are too long together");
    } else if (Array.isArray(value) && value.length > MAX_LIST) {
      throw new OutOfBounds(`a list is longer than ${MAX_LIST}`);
    }
    return result;
  };
}

/** Python's range, within bounds. */
function boundedRange(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0) throw new Error("range() step must not be zero");
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (!(length <= MAX_LIST)) throw new OutOfBounds(`range() has more than ${MAX_LIST} numbers`);
  return Array.from({ length }, (_, i) => from + i * step);
}

/** Python's str.replace, refused where its result could outgrow the bound. */
function boundedReplace(text: unknown, from: unknown, to: unknown, count?: unknown): string {
  if (typeof text !== "string" || typeof from !== "string" || typeof to !== "string") {
    throw new TypeError("replace() takes texts");
  }
  const given = count instanceof Map ? count.get("count") : count;
  const most = typeof given === "number" && given >= 0 ? given : Number.POSITIVE_INFINITY;
  const units = from === "" ? ["", ...Array.from(text), ""] : text.split(from);
  const times = Math.min(most, units.length - 1);
  if (text.length + times * to.length > MAX_TEXT) {
    throw new OutOfBounds(`replace() writes a text longer than ${MAX_TEXT}`);
  }
  const head = units.slice(0, times + 1).join(to);
  return times === units.length - 1 ? head : head + from + units.slice(times + 1).join(from);
}

/** The filters and methods that could make a long text of short ones in one step. */
const FUNCTIONS = { bounded_replace: boundedReplace };
const WIDEST = 1000;

/** Has a parsed template call the bounded functions. @throws OutOfBounds for an indent that is no small number */
export function boundCalls(template: Template): void {
  eachNode(template, boundCall);
}

function boundCall(node: object): void {
  const call = filterSchema.safeParse(node).data ?? methodSchema.safeParse(node).data;
  if (call === undefined) return;
  const [operand, name, args] =
    "operand" in call
      ? [call.operand, call.filter.callee.value, call.filter.args]
      : [call.callee.object, call.callee.property.value, call.args];
  if (name === "replace") {
    const callee = { type: "Identifier", value: "bounded_replace" };
    Object.assign(node, { type: "CallExpression", callee, args: [operand, ...args] });
  } else if (name === "indent" || name === "tojson") {
    for (const argument of args) checkWidth(argument);
  } else if (name === "join") {
    for (const argument of args) checkSeparator(argument);
  }
}

const named = z.object({ type: z.literal("Identifier"), value: z.string() });
const filterSchema = z.object({
  type: z.literal("FilterExpression"),
  operand: z.unknown(),
  filter: z.object({ callee: named, args: z.array(z.unknown()) }),
});
const methodSchema = z.object({
  type: z.literal("CallExpression"),
  callee: z.object({
    type: z.literal("MemberExpression"),
    object: z.unknown(),
    property: named,
    computed: z.literal(false),
  }),
  args: z.array(z.unknown()),
});

const keyword = z.object({ type: z.literal("KeywordArgumentExpression"), value: z.unknown() });
const literal = z.object({ type: z.string(), value: z.unknown() });

/** An indent is written as a number, or is a flag or nothing. */
function checkWidth(argument: unknown): void {
  const { value } = literal
    .catch({ type: "", value: undefined })
    .parse(keyword.safeParse(argument).data?.value ?? argument);
  if (value === undefined || (typeof value === "number" && value > WIDEST)) {
    throw new OutOfBounds(`an indent is no number up to ${WIDEST}`);
  }
}

/** A separator is written as a short text. */
function checkSeparator(argument: unknown): void {
  const { type, value } = literal.catch({ type: "", value: undefined }).parse(argument);
  const isShort = type === "StringLiteral" && typeof value === "string" && value.length <= WIDEST;
  if (!isShort) throw new OutOfBounds(`join() is given more than a text of ${WIDEST} characters`);
}

/** What the library's own Template gives every template, which its package does not export. */
const standardGlobals: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  range: boundedRange,
  raise_exception: (message: unknown) => {
    throw new Error(String(message));
  },
  strftime_now: (format: unknown) => formatTime(new Date(), String(format)),
};

const months = new Intl.DateTimeFormat("en-US", { month: "long" });

/** The few directives of strftime that chat templates use. */
function formatTime(date: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const month = months.format(date);
  const parts: Readonly<Record<string, string>> = {
    Y: String(date.getFullYear()),
    m: two(date.getMonth() + 1),
    d: two(date.getDate()),
    b: month.slice(0, 3),
    B: month,
    H: two(date.getHours()),
    M: two(date.getMinutes()),
    "%": "%",
  };
  return format.replace(/%([YmdbBHM%])/g, (whole, key: string) => parts[key] ?? whole);
}

/**
 * Renders a template.
 * @throws OutOfTime and OutOfBounds for templates that would not end or fill the memory; what the template raises
 */
export function renderBounded(
  template: Template,
  variables: Readonly<Record<string, unknown>>,
): string {
  return withinTime(LIMIT_MS, () => {
    const environment: InnerEnvironment = new Environment();
    const all = { ...standardGlobals, ...FUNCTIONS, ...variables };
    for (const [name, value] of Object.entries(all)) environment.set(name, value);
    const interpreter: InnerInterpreter = new Interpreter(environment);
    bound(interpreter);
    return String(interpreter.run(template.parsed).value);
  });
}
