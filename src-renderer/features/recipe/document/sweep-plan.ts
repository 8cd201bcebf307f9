/** What the form of a sweep says, as axes. Pure. */
import { parseDocument } from "yaml";
import { z } from "zod";
import type { SweepAxis, SweepMode } from "#shared/schema/recipe-draft.ts";
import type { Json } from "./plain-value.ts";

/** What is typed: kept as text until it is started. */
export interface SweepDraft {
  readonly seeds: string;
  readonly mode: SweepMode;
  readonly axes: readonly { readonly key: string; readonly values: string }[];
}

export const NO_SWEEP: SweepDraft = { seeds: "1", mode: "grid", axes: [] };

/** The axes, or what is wrong with them. */
export function readSweep(
  draft: SweepDraft,
  firstSeed: number,
): { readonly axes: readonly SweepAxis[]; readonly launches: number } | { readonly wrong: string } {
  const seeds = Number(draft.seeds);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 100)
    return { wrong: "Seeds: a whole number from 1 to 100." };
  const axes: SweepAxis[] = [];
  for (const { key, values } of draft.axes) {
    const read = valuesOf(values);
    if (read === undefined || read.length === 0)
      return { wrong: `${key}: values with commas between, e.g. 1e-5, 3e-5.` };
    axes.push({ key, values: [...read] });
  }
  if (draft.mode === "list" && new Set(axes.map((axis) => axis.values.length)).size > 1)
    return {
      wrong:
        "A list takes the first values together, then the second: give all options equally many.",
    };
  const points =
    draft.mode === "list"
      ? (axes[0]?.values.length ?? 1)
      : axes.reduce((product, axis) => product * axis.values.length, 1);
  // With a list, seeds stay a grid of their own: each row runs with every seed.
  if (seeds > 1 && draft.mode === "grid")
    axes.push({ key: "seed", values: Array.from({ length: seeds }, (_, at) => firstSeed + at) });
  if (seeds > 1 && draft.mode === "list" && axes.length > 0)
    return { axes: repeated(axes, seeds, firstSeed), launches: points * seeds };
  if (seeds > 1 && axes.length === 0)
    axes.push({ key: "seed", values: Array.from({ length: seeds }, (_, at) => firstSeed + at) });
  return { axes, launches: points * seeds };
}

function repeated(axes: readonly SweepAxis[], seeds: number, firstSeed: number): SweepAxis[] {
  const length = axes[0]?.values.length ?? 0;
  return [
    ...axes.map(({ key, values }) => ({
      key,
      values: values.flatMap((value) => Array.from({ length: seeds }, () => value)),
    })),
    {
      key: "seed",
      values: Array.from({ length: length * seeds }, (_, at) => firstSeed + (at % seeds)),
    },
  ];
}

function valuesOf(text: string): readonly Json[] | undefined {
  try {
    const document = parseDocument(`[${text}]`, { prettyErrors: false });
    const parsed = z
      .array(z.json())
      .safeParse(document.errors.length > 0 ? undefined : document.toJS());
    return parsed.success ? parsed.data : undefined;
  } catch {
    // What unfolds without end is no list of values.
    return undefined;
  }
}
