/**
 * Python's str.strip, lstrip and rstrip with an argument, for chat templates. @huggingface/jinja 0.5.11 strips white
 * space whatever the argument says, so `content.lstrip('\\n')` (Qwen3's template) would take leading spaces with it.
 * Such calls in a parsed template are turned into calls of the functions here.
 */
import type { Template } from "@huggingface/jinja";
import { eachNode } from "./each-node.ts";

const METHODS = new Set(["strip", "lstrip", "rstrip"]);
const PREFIX = "python_";

/** The variables that a template whose calls were replaced needs. */
export const pythonStripFunctions: Readonly<
  Record<string, (text: unknown, characters: unknown) => string>
> = {
  [`${PREFIX}strip`]: (text, characters) => stripped(text, characters, true, true),
  [`${PREFIX}lstrip`]: (text, characters) => stripped(text, characters, true, false),
  [`${PREFIX}rstrip`]: (text, characters) => stripped(text, characters, false, true),
};

function stripped(text: unknown, characters: unknown, left: boolean, right: boolean): string {
  if (typeof text !== "string")
    throw new TypeError("strip() was called on a value that is no text");
  if (typeof characters !== "string") {
    if (characters !== null && characters !== undefined)
      throw new TypeError("strip() takes a text of characters");
    const trimmed = left ? text.trimStart() : text;
    return right ? trimmed.trimEnd() : trimmed;
  }
  const units = Array.from(text);
  const taken = new Set(characters);
  let [start, end] = [0, units.length];
  if (left) while (start < end && taken.has(units[start] ?? "")) start += 1;
  if (right) while (end > start && taken.has(units[end - 1] ?? "")) end -= 1;
  return units.slice(start, end).join("");
}

/** Replaces `x.strip(c)` by `python_strip(x, c)`, and so on, everywhere in a parsed template. */
export function replaceStripCalls(template: Template): void {
  eachNode(template, replaceStripCall);
}

function replaceStripCall(node: object): void {
  if (
    !("type" in node) ||
    node.type !== "CallExpression" ||
    !("callee" in node) ||
    !("args" in node)
  )
    return;
  const { callee, args } = node;
  if (!Array.isArray(args) || args.length === 0 || !isMember(callee) || callee.computed) return;
  const { object, property } = callee;
  if (!METHODS.has(property.value)) return;
  property.value = `${PREFIX}${property.value}`;
  Object.assign(node, { callee: property, args: [object, ...args] });
}

function isMember(node: unknown): node is {
  readonly computed: boolean;
  readonly object: object;
  readonly property: { value: string };
} {
  return (
    typeof node === "object" &&
    node !== null &&
    "type" in node &&
    node.type === "MemberExpression" &&
    "computed" in node &&
    typeof node.computed === "boolean" &&
    "object" in node &&
    typeof node.object === "object" &&
    "property" in node &&
    typeof node.property === "object" &&
    node.property !== null &&
    "value" in node.property &&
    typeof node.property.value === "string"
  );
}
