/** Every node of a parsed template, those inside before the one that holds them, so that it may be put in other words. */
import type { Template } from "@huggingface/jinja";

export function eachNode(template: Template, act: (node: object) => void): void {
  visit(template.parsed, act);
}

function visit(node: unknown, act: (node: object) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (node instanceof Map)
    for (const [key, value] of node) for (const part of [key, value]) visit(part, act);
  for (const part of Object.values(node)) visit(part, act);
  act(node);
}
