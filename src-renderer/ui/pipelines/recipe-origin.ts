/** Where a kept recipe came from, in words. */
import type { RecipeOrigin } from "#shared/schema/recipe-draft.ts";

export function originText(origin: RecipeOrigin): string {
  switch (origin.kind) {
    case "preset":
      return `preset ${origin.id}`;
    case "copy":
      return `a copy of ${origin.id}`;
    case "pipeline":
      return `the configuration of ${origin.id}`;
    case "run":
      return `a branch of ${origin.id}${origin.step === null ? "" : ` at step ${String(origin.step)}`}`;
    case "file":
      return origin.name;
    case "text":
      return "text";
    default:
      return origin satisfies never;
  }
}
