/** What the schema says to a recipe, in words of the recipe: at the key that is wrong, with values that it would take. */
import type { Path, Finding } from "./recipe-finding.ts";
import { setting } from "./recipe-finding.ts";

/** What is read of zod's issues. */
export interface ShapeIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly errors?: readonly (readonly ShapeIssue[])[];
}

const KINDS: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a map of options",
  record: "a map of names",
};
/** Values offered as fixes at the most. */
const OFFERED = 4;

/** @param recipe the value that was read */
export function shapeFindings(issue: ShapeIssue, recipe: unknown): Finding[] {
  const path = pathOf(issue.path);
  const value = valueAt(recipe, path);
  if (issue.code === "unrecognized_keys" && issue.keys !== undefined)
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `"${key}" is not an option here`,
      advice: "Remove it, or correct its spelling.",
    }));
  if (issue.code === "invalid_union" && value !== undefined) {
    const known = (issue.errors ?? []).filter((form) => !isAnotherKind(form));
    const [nearest = [], other] = nearestForms(
      known.length > 0 ? known : (issue.errors ?? []),
      value,
    );
    const isMeant =
      missingIn(nearest, value).length === 0 ||
      (wrongIn(nearest) < wrongIn(other ?? []) && keysOf(value) > 0);
    if (nearest.length > 0 && isMeant)
      return nearest.flatMap((inner) =>
        shapeFindings({ ...inner, path: [...issue.path, ...inner.path] }, recipe),
      );
    const forms = known.map((form) => missingIn(form, value).join(" and "));
    if (forms.length > 0 && forms.every((form) => form !== ""))
      return [
        {
          path,
          message: `has none of the forms that are known here: ${forms.join(", or ")}`,
          advice: `Write ${forms.join(", or ")}.`,
        },
      ];
  }
  if (path.length === 0) return [{ path, message: wholeText(value), advice: HOW_IT_BEGINS }];
  if (value === undefined)
    return [
      { path, message: "is missing", advice: "Give it a value.", ...offered(path, issue, recipe) },
    ];
  return [{ path, ...wordsOf(issue, value), ...offered(path, issue, recipe) }];
}

const HOW_IT_BEGINS = "A recipe begins with name, models and stages.";

function wholeText(value: unknown): string {
  return value === null || value === undefined
    ? "the recipe is empty"
    : "the recipe is not a map of options";
}

function wordsOf(issue: ShapeIssue, value: unknown): Pick<Finding, "message" | "advice"> {
  const said = shown(value);
  switch (issue.code) {
    case "invalid_type": {
      const wanted = KINDS[issue.expected ?? ""] ?? issue.expected ?? "something else";
      return { message: `must be ${wanted}, and is ${said}`, advice: `Write ${wanted}.` };
    }
    case "too_small":
    case "too_big": {
      const words = boundText(issue);
      return { message: `must ${words}, and is ${said}`, advice: null };
    }
    case "invalid_value":
    case "invalid_union": {
      const choices = choicesOf(issue, undefined);
      if (choices.length === 0) break;
      return {
        message: `must be one of ${choices.map(String).join(", ")}, and is ${said}`,
        advice: null,
      };
    }
    case "invalid_format":
      return { message: `must be ${issue.message}, and is ${said}`, advice: null };
    default:
  }
  return { message: `is ${said}, which does not fit here: ${issue.message}`, advice: null };
}

/** "be at least 1", "be above 0", "have at least 1 entry". */
function boundText({ code, origin, minimum, maximum, inclusive }: ShapeIssue): string {
  const bound = String(code === "too_small" ? minimum : maximum);
  const many = origin === "array" ? " entries" : origin === "string" ? " characters" : "";
  const verb = many === "" ? "be" : "have";
  const word =
    code === "too_small"
      ? inclusive === false
        ? "more than"
        : "at least"
      : inclusive === false
        ? "less than"
        : "at most";
  return `${verb} ${word} ${bound}${bound === "1" ? many.replace("entries", "entry").replace("characters", "character") : many}`;
}

function choicesOf(issue: ShapeIssue, recipe: unknown): readonly (string | number | boolean)[] {
  const listed = issue.values ?? issue.options ?? [];
  const plain = listed.filter(
    (one) => typeof one === "string" || typeof one === "number" || typeof one === "boolean",
  );
  if (plain.length > 0 || recipe !== undefined) return plain;
  return [...issue.message.matchAll(/'([^']+)'/gu)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  );
}

/** Values that the option would take, the most alike first; its own bound. */
function offered(path: Path, issue: ShapeIssue, recipe: unknown): Pick<Finding, "fixes"> {
  const bound = issue.code === "too_small" ? issue.minimum : issue.maximum;
  if (
    (issue.code === "too_small" || issue.code === "too_big") &&
    issue.inclusive !== false &&
    (issue.origin === "number" || issue.origin === "int")
  )
    return { fixes: [setting(path, Number(bound), `Use ${String(bound)}`)] };
  const value = valueAt(recipe, path);
  const choices = [...choicesOf(issue, undefined)].sort(
    (a, b) => unlike(String(value), String(a)) - unlike(String(value), String(b)),
  );
  return {
    fixes: choices.slice(0, OFFERED).map((one) => setting(path, one, `Use ${String(one)}`)),
  };
}

/** Letters that only one of the two has. */
function unlike(a: string, b: string): number {
  const rest = Array.from(b);
  let missing = 0;
  for (const letter of a) {
    const at = rest.indexOf(letter);
    if (at < 0) missing += 1;
    else rest.splice(at, 1);
  }
  return missing + rest.length;
}

const ANOTHER_KIND = 100;
const A_KEY = 2;
const A_NAME = 3;

/** Nothing of a map is near to a list. */
function isAnotherKind(form: readonly ShapeIssue[]): boolean {
  return form.some(({ path, code }) => path.length === 0 && code === "invalid_type");
}

/** How far a value is from a form: the keys that it does not know or lacks, and names that are another form's. */
function wrongIn(form: readonly ShapeIssue[]): number {
  if (form.length === 0) return Infinity;
  return form.reduce((sum, { path, code, keys }) => {
    if (path.length === 0 && code === "invalid_type") return sum + ANOTHER_KIND;
    if (path.length > 1 || code === "invalid_value") return sum + 1;
    if (code === "invalid_format") return sum + A_NAME;
    return sum + (keys === undefined ? A_KEY : keys.length + 1);
  }, 0);
}

/** The forms that the value comes nearest to come first; of two as near as each other, the one whose keys are there. */
function nearestForms(
  forms: readonly (readonly ShapeIssue[])[],
  value: unknown,
): readonly (readonly ShapeIssue[])[] {
  const lacks = (form: readonly ShapeIssue[]): number => missingIn(form, value).length;
  return forms.toSorted((a, b) => wrongIn(a) - wrongIn(b) || lacks(a) - lacks(b));
}

function keysOf(value: unknown): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

/** Options that a form needs and the value lacks. */
function missingIn(form: readonly ShapeIssue[], value: unknown): string[] {
  return form.flatMap(({ path: [key, ...rest] }) =>
    key !== undefined && rest.length === 0 && valueAt(value, [String(key)]) === undefined
      ? [String(key)]
      : [],
  );
}

function pathOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((part) => (typeof part === "number" ? part : String(part)));
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return Reflect.get(value, key);
  }, root);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "a map";
  if (typeof value === "string") return value === "" ? "empty" : `the text "${value.slice(0, 60)}"`;
  return String(value);
}
