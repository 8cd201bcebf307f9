/** What a model of the catalogue can be used for on this machine, as it is said. */
import type { ModelFit } from "#shared/schema/model.ts";
import type { GlyphName } from "#renderer/ui/glyph.tsx";

export const FITS: Readonly<
  Record<ModelFit, { readonly glyph: GlyphName; readonly word: string; readonly said: string }>
> = {
  train: {
    glyph: "check",
    word: "train whole",
    said: "Weights, gradients and AdamW's moments fit this machine's memory.",
  },
  lora: {
    glyph: "check",
    word: "train with LoRA",
    said: "The weights fit, but not gradients and moments for all of them: train it with LoRA.",
  },
  sample: {
    glyph: "warn",
    word: "sample only",
    said: "The weights fit, and nothing beside them: it can be sampled, not trained.",
  },
  "too-large": {
    glyph: "cross",
    word: "too large",
    said: "Its weights do not fit this machine's memory.",
  },
};
