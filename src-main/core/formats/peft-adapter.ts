/**
 * A LoRA adapter as PEFT lays it out: adapter_config.json and adapter_model.safetensors, whose tensors are named
 * `base_model.model.<module>.lora_A.weight` (r, in) and `….lora_B.weight` (out, r).
 */
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { writeFolderAtomically, writeTextAtomically } from "#main/platform/atomic-write.ts";
import { readJsonIfPresent } from "./json-file.ts";
import { openSafetensors, writeSafetensors } from "./safetensors.ts";
import type { SafetensorsFile, TensorSource } from "./safetensors.ts";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const PREFIX = "base_model.model.";

export interface AdapterContent {
  readonly r: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly targets: readonly string[];
  readonly rslora: boolean;
  /** What the adapter belongs to: a hub id, a model's id or a folder. */
  readonly baseModel: string;
  /** By module, without PEFT's prefix; in hub orientation. */
  readonly tensors: Iterable<readonly [string, TensorSource]>;
}

const adapterConfig = z.looseObject({
  peft_type: z.literal("LORA"),
  r: z.int().min(1),
  lora_alpha: z.number(),
  use_rslora: z.boolean().default(false),
});

/** Writes the adapter's files into an existing folder. */
export function fillAdapterFolder(folder: string, content: AdapterContent): void {
  const config = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: content.baseModel,
    r: content.r,
    lora_alpha: content.alpha,
    lora_dropout: content.dropout,
    target_modules: [...content.targets],
    use_rslora: content.rslora,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
  };
  writeTextAtomically(join(folder, CONFIG), `${JSON.stringify(config, undefined, 2)}\n`);
  const named = [...content.tensors].map(([name, tensor]): readonly [string, TensorSource] => [
    PREFIX + name,
    tensor,
  ]);
  writeSafetensors(join(folder, WEIGHTS), named);
}

/** A complete folder takes the place of `folder`, or nothing changes. */
export function saveAdapterFolder(folder: string, content: AdapterContent): void {
  writeFolderAtomically(folder, (temporary) => fillAdapterFolder(temporary, content));
}

/** An opened adapter. Close it when its tensors are read. */
export class AdapterFile {
  readonly r: number;
  readonly #folder: string;
  readonly #file: SafetensorsFile;

  constructor(folder: string, r: number, file: SafetensorsFile) {
    this.#folder = folder;
    this.r = r;
    this.#file = file;
  }

  /** Names of the tensors, without PEFT's prefix. */
  get names(): readonly string[] {
    return this.#file.names.map((name) =>
      name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name,
    );
  }

  shapeOf(name: string): readonly number[] {
    return this.#file.entry(PREFIX + name).shape;
  }

  /** @throws AppError BAD_CHECKPOINT where it holds no such tensor */
  readTensor(name: string): Float32Array {
    if (!this.names.includes(name)) {
      throw new AppError(
        "BAD_CHECKPOINT",
        `The adapter ${this.#folder} holds no tensor "${name}".`,
        "It was made for other matrices; use the options that it was trained with.",
      );
    }
    return this.#file.readTensor(PREFIX + name);
  }

  close(): void {
    this.#file.close();
  }
}

/** Undefined where the folder holds no adapter. @throws AppError BAD_CHECKPOINT */
export function openAdapter(folder: string): AdapterFile | undefined {
  const config = readJsonIfPresent(join(folder, CONFIG), adapterConfig, "BAD_CHECKPOINT");
  if (config === undefined) return undefined;
  return new AdapterFile(folder, config.r, openSafetensors(join(folder, WEIGHTS)));
}
