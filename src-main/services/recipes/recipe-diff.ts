/** What differs between two recipes: option by option, stages matched by name; and line by line. */
import { diffLines } from "diff";
import { z } from "zod";
import { yamlValue } from "./recipe-yaml.ts";

type Json = z.infer<ReturnType<typeof z.json>>;

export interface OptionDifference {
  readonly path: string;
  readonly a?: Json;
  readonly b?: Json;
}

export interface DiffLine {
  readonly kind: "same" | "a" | "b";
  readonly text: string;
}

/** Options whose values differ, in the order of `a`, then those that only `b` has. Text that is no YAML has no options. */
export function diffOptions(a: string, b: string): OptionDifference[] {
  const left = flatten(valueOf(a));
  const right = flatten(valueOf(b));
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((path) => {
    const before = left.get(path);
    const after = right.get(path);
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return [
      {
        path,
        ...(before === undefined ? {} : { a: before }),
        ...(after === undefined ? {} : { b: after }),
      },
    ];
  });
}

export function diffText(a: string, b: string): DiffLine[] {
  return diffLines(a, b).flatMap(({ value, added, removed }) => {
    const kind = added ? "b" : removed ? "a" : "same";
    return value
      .replace(/\n$/, "")
      .split("\n")
      .map((text) => ({ kind, text }) as const);
  });
}

function valueOf(yaml: string): Json {
  const parsed = z.json().safeParse(yamlValue(yaml));
  return parsed.success ? parsed.data : null;
}

/** Leaves by their path; a list's members by their name where they have one. Lists of plain values are leaves. */
function flatten(value: Json, path = "", leaves = new Map<string, Json>()): Map<string, Json> {
  if (Array.isArray(value) && value.some(isMap)) {
    value.forEach((item, index) => {
      const name = isMap(item) && typeof item["name"] === "string" ? item["name"] : String(index);
      flatten(item, join(path, name), leaves);
    });
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) flatten(item, join(path, key), leaves);
  } else if (path !== "") leaves.set(path, value);
  return leaves;
}

function isMap(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
