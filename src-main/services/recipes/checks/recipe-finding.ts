/** What a check of a recipe finds: where, how bad, and what would mend it. */
import type { z } from "zod";
import type { RecipeFix, RecipeFinding } from "#shared/schema/recipe-draft.ts";

export type Path = readonly (string | number)[];

export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly advice: string | null;
  /** By default an error. */
  readonly level?: RecipeFinding["level"];
  readonly fixes?: readonly RecipeFix[];
}

type Json = z.infer<ReturnType<typeof z.json>>;

/** A fix that sets one key. */
export function setting(path: Path, value: Json, label: string): RecipeFix {
  return { label, changes: [{ keys: [...path], value }] };
}
