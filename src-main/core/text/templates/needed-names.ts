/**
 * The variables that a template writes whatever they are: a text with such a name left out is not what was meant. A name
 * that the template itself asks about (`if unit`, `unit is defined`, `unit | default("km")`) may be missing.
 */
import type { Template } from "@huggingface/jinja";

/** What Jinja and the application give to every template. */
const GIVEN = ["range", "namespace", "loop", "raise_exception", "strftime_now"];
const CONSTANTS = ["true", "false", "none", "True", "False", "None"];
const DEFAULTS = new Set(["default", "d"]);

export function neededNames(template: Template): ReadonlySet<string> {
  const needed = new Set<string>();
  visit(template.parsed, new Set([...GIVEN, ...CONSTANTS]), needed);
  return needed;
}

/** @param known names that have a value here, or need none; a `set` adds to it */
function visit(node: unknown, known: Set<string>, needed: Set<string>): void {
  if (Array.isArray(node)) for (const one of node) visit(one, known, needed);
  else if (node instanceof Map) visit([...node].flat(), known, needed);
  else if (typeof node === "object" && node !== null) visitNode(node, known, needed);
}

function visitNode(node: object, known: Set<string>, needed: Set<string>): void {
  const inner = (names: readonly string[]): Set<string> => new Set([...known, ...names]);
  switch (of(node, "type")) {
    case "Identifier": {
      const name = of(node, "value");
      if (typeof name === "string" && !known.has(name)) needed.add(name);
      return;
    }
    case "If":
    case "Ternary":
    case "SelectExpression": {
      const asked = namesIn([of(node, "test"), of(node, "condition")]);
      const parts = ["body", "alternate", "trueExpr", "falseExpr", "lhs"];
      visit(
        parts.map((key) => of(node, key)),
        inner(asked),
        needed,
      );
      return;
    }
    case "For": {
      visit(of(node, "iterable"), known, needed);
      const names = namesIn(of(node, "loopvar"));
      visit([of(node, "body"), of(node, "defaultBlock")], inner(names), needed);
      return;
    }
    case "Set": {
      visit([of(node, "value"), of(node, "body")], known, needed);
      for (const name of namesIn(of(node, "assignee"))) known.add(name);
      return;
    }
    case "Macro": {
      for (const name of namesIn(of(node, "name"))) known.add(name);
      visit(of(node, "body"), inner(namesIn(of(node, "args"))), needed);
      return;
    }
    case "TestExpression":
      return;
    case "FilterExpression": {
      const filter = namesIn(of(node, "filter"))[0] ?? "";
      if (!DEFAULTS.has(filter)) visit(of(node, "operand"), known, needed);
      return;
    }
    case "MemberExpression": {
      visit(of(node, "object"), known, needed);
      if (of(node, "computed") === true) visit(of(node, "property"), known, needed);
      return;
    }
    case "CallExpression": {
      const callee = of(node, "callee");
      if (!isIdentifier(callee)) visit(callee, known, needed);
      visit(of(node, "args"), known, needed);
      return;
    }
    case "KeywordArgumentExpression":
      visit(of(node, "value"), known, needed);
      return;
    default:
      visit(Object.values(node), known, needed);
  }
}

function namesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(namesIn);
  if (typeof node !== "object" || node === null) return [];
  const name = of(node, "value");
  if (isIdentifier(node)) return typeof name === "string" ? [name] : [];
  return Object.values(node).flatMap(namesIn);
}

function isIdentifier(node: unknown): boolean {
  return typeof node === "object" && node !== null && of(node, "type") === "Identifier";
}

function of(node: object, key: string): unknown {
  return Reflect.get(node, key);
}
