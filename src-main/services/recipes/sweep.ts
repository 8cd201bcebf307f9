/** A sweep as a list of pipelines: which options each has that the others have not. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { SweepAxis, SweepMode } from "#shared/schema/recipe-draft.ts";

type Json = z.infer<ReturnType<typeof z.json>>;
export type SweepPoint = Readonly<Record<string, Json>>;

/** A number that a queue and a person can still see through. */
const MOST_PIPELINES = 200;

/** grid: the last axis varies fastest. list: the i-th values together. Throws BAD_INPUT. */
export function sweepPoints(axes: readonly SweepAxis[], mode: SweepMode): SweepPoint[] {
  const twice = axes.find(({ key }, place) => axes.findIndex((one) => one.key === key) < place);
  if (twice !== undefined) {
    throw new AppError(
      "BAD_INPUT",
      `The sweep varies ${twice.key} twice.`,
      "Give all its values to one axis.",
    );
  }
  if (mode === "list") return listed(axes);
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_PIPELINES) {
    throw new AppError(
      "BAD_INPUT",
      `The grid has ${count} pipelines, more than ${MOST_PIPELINES}.`,
      "Take fewer values, or a list of chosen combinations.",
    );
  }
  return axes.reduce<SweepPoint[]>(
    (points, { key, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [key]: value }))),
    [{}],
  );
}

function listed(axes: readonly SweepAxis[]): SweepPoint[] {
  const lengths = new Set(axes.map(({ values }) => values.length));
  const [length = 0] = lengths;
  if (lengths.size > 1) {
    throw new AppError(
      "BAD_INPUT",
      `The axes of a list must have equally many values: ${axes.map(({ key, values }) => `${key} has ${values.length}`).join(", ")}.`,
      "Repeat values, or choose a grid.",
    );
  }
  return Array.from({ length }, (_, at) =>
    Object.fromEntries(
      axes.flatMap(({ key, values }) => values.slice(at, at + 1).map((value) => [key, value])),
    ),
  );
}

/** As `key=value` overrides; JSON is YAML. */
export function overridesOf(point: SweepPoint): string[] {
  return Object.entries(point).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
}

/** "learning_rate 1e-5, seed 2": what tells a pipeline from its siblings. */
export function pointLabel(point: SweepPoint): string {
  return Object.entries(point)
    .map(([key, value]) => `${key.split(".").at(-1) ?? key} ${plainText(value)}`)
    .join(", ");
}

function plainText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `stages.grpo.learning_rate=1e-5,3e-5`: each value is read as YAML; a comma inside brackets separates nothing. Throws BAD_INPUT. */
export function parseAxis(text: string, readValue: (text: string) => unknown): SweepAxis {
  const at = text.indexOf("=");
  const values = at < 1 ? [] : splitOutsideBrackets(text.slice(at + 1));
  const parsed = z.array(z.json()).min(1).safeParse(values.map(readValue));
  if (at < 1 || !parsed.success || values.some((value) => value.trim() === "")) {
    throw new AppError(
      "BAD_INPUT",
      `"${text}" is no sweep.`,
      "Write key=a,b,c, e.g. stages.grpo.learning_rate=1e-5,3e-5 or seed=1,2,3.",
    );
  }
  return { key: text.slice(0, at), values: parsed.data };
}

function splitOutsideBrackets(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if ("[{".includes(char)) depth += 1;
    if ("]}".includes(char)) depth -= 1;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] = `${parts.at(-1) ?? ""}${char}`;
  }
  return parts;
}
