/** Models from elsewhere: the catalogue, and the work of getting one. */
import { z } from "zod";

/** What a model of this size can be used for on this machine. Each includes what stands after it. */
export const ModelFit = z.enum(["train", "lora", "sample", "too-large"]);
export type ModelFit = z.infer<typeof ModelFit>;

/** A model that Gradus knows of, as assets/catalogue.json describes it. */
export const CatalogueModel = z.strictObject({
  /** The name to get it by, and its id once it is here. */
  id: z.string(),
  /** owner/name on the hub. */
  hub: z.string(),
  family: z.string(),
  /** "base" was only pretrained; "instruct" and "reasoning" follow instructions, the latter after thinking. */
  kind: z.enum(["base", "instruct", "reasoning"]),
  parameters: z.int().positive(),
  /** Of the weights on the hub, rounded. */
  downloadBytes: z.int().positive(),
  /** SPDX, or the licence's own name. */
  license: z.string(),
  /** The hub gives it only to who has accepted its licence there. */
  gated: z.boolean(),
});
export type CatalogueModel = z.infer<typeof CatalogueModel>;

export const CatalogueEntry = CatalogueModel.extend({
  fit: ModelFit,
  /** Its id in this workspace, where it was got already. */
  modelId: z.string().nullable(),
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

export const ModelJobPhase = z.enum([
  "listing",
  "downloading",
  "checking",
  "converting",
  "copying",
  "done",
  "failed",
  "cancelled",
]);
export type ModelJobPhase = z.infer<typeof ModelJobPhase>;

/** Getting one model: a download, a conversion or a copy. */
export const ModelJob = z.strictObject({
  id: z.string(),
  /** What was asked for: a catalogue name, a hub id, a folder or a file. */
  source: z.string(),
  phase: ModelJobPhase,
  /** Bytes of the download, or tensors of a conversion. */
  done: z.number(),
  /** 0 while it is not known. */
  total: z.number(),
  /** Over the last seconds; null before there is one. */
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Where it comes from, or what went wrong. */
  message: z.string().nullable(),
  advice: z.string().nullable(),
  /** Of the model, once it is here. */
  modelId: z.string().nullable(),
  startedAtMs: z.number(),
});
export type ModelJob = z.infer<typeof ModelJob>;

export function isAtWork(job: ModelJob): boolean {
  return !["done", "failed", "cancelled"].includes(job.phase);
}

/** How a model is written for others: hub layout (transformers), one file for llama.cpp, or only the adapter that a run trained (PEFT). */
export const ExportFormat = z.enum(["hub", "gguf-f16", "gguf-q8_0", "peft"]);
export type ExportFormat = z.infer<typeof ExportFormat>;
