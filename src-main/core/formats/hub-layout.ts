/**
 * A model folder as the hub and transformers lay it out: config.json, generation_config.json,
 * model.safetensors (or shards with their index), the tokenizer's files, README.md as the card.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import {
  writeFileAtomically,
  writeFolderAtomically,
  writeFully,
  writeTextAtomically,
} from "#main/platform/atomic-write.ts";
import { checkTensors, expectedTensors, isIgnoredTensor } from "./expected-tensors.ts";
import { readJsonIfPresent, readTextIfPresent } from "./json-file.ts";
import {
  type ModelConfig,
  parseModelConfig,
  toHubConfig,
  toHubGenerationConfig,
  type WeightsDtype,
} from "./model-config.ts";
import {
  elementCount,
  openSafetensors,
  type SafetensorsFile,
  type TensorSource,
  writeSafetensors,
} from "./safetensors.ts";

const EMBEDDING = "model.embed_tokens.weight";
const HEAD = "lm_head.weight";
const WEIGHTS = "model.safetensors";
const INDEX = "model.safetensors.index.json";

const TOKENIZER_FILES = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "tokenizer.model",
  "chat_template.jinja",
  "chat_template.json",
] as const;

const DEFAULT_SHARD_BYTES = 5e9;

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** An opened model folder: its tensors are read when asked for. Close it when done. */
export class HubModel {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly tokenizerFiles: readonly string[];
  readonly #shards: ReadonlyMap<string, SafetensorsFile>;

  constructor(
    folder: string,
    config: ModelConfig,
    tokenizerFiles: readonly string[],
    shards: ReadonlyMap<string, SafetensorsFile>,
  ) {
    this.folder = folder;
    this.config = config;
    this.tokenizerFiles = tokenizerFiles;
    this.#shards = shards;
  }

  /** The tensors of the architecture, by the hub's names. */
  get names(): readonly string[] {
    return [...expectedTensors(this.config).keys()];
  }

  shapeOf(name: string): readonly number[] {
    const stored = this.#storedName(name);
    return this.#shardOf(stored).entry(stored).shape;
  }

  readTensor(name: string): Float32Array {
    const stored = this.#storedName(name);
    return this.#shardOf(stored).readTensor(stored);
  }

  close(): void {
    for (const shard of new Set(this.#shards.values())) shard.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A tied matrix may be stored as the head alone. */
  #storedName(name: string): string {
    return name === EMBEDDING && !this.#shards.has(name) ? HEAD : name;
  }

  #shardOf(name: string): SafetensorsFile {
    const shard = this.#shards.get(name);
    if (shard === undefined) throw new RangeError(`${this.folder} holds no tensor "${name}"`);
    return shard;
  }
}

/**
 * Opens a model folder and checks that its weights are those of its config.
 * @throws AppError NOT_FOUND, UNKNOWN_ARCHITECTURE, BAD_CHECKPOINT
 */
export function loadHubFolder(folder: string): HubModel {
  const stated = readModelConfig(folder);
  const shards = openWeights(folder);
  const tokenizerFiles = TOKENIZER_FILES.filter((file) => existsSync(join(folder, file)));
  try {
    const shapes = new Map([...shards].map(([name, shard]) => [name, shard.entry(name).shape]));
    const head = shapes.get(HEAD);
    if (stated.tieWordEmbeddings && head !== undefined && !shapes.has(EMBEDDING)) {
      shapes.set(EMBEDDING, head);
    }
    checkTensors(stated, shapes, folder);
    const config = isTied(stated, shards) ? stated : { ...stated, tieWordEmbeddings: false };
    checkTensors(config, shapes, folder);
    return new HubModel(folder, config, tokenizerFiles, shards);
  } catch (error) {
    for (const shard of new Set(shards.values())) shard.close();
    throw error;
  }
}

/**
 * Whether the head is the embeddings. A config may say so of weights whose stored head is another matrix: then the
 * stored head counts, as in transformers 5 (PreTrainedModel.tie_weights).
 */
function isTied(config: ModelConfig, shards: ReadonlyMap<string, SafetensorsFile>): boolean {
  if (!config.tieWordEmbeddings) return false;
  if (!shards.has(HEAD)) return true;
  const embedding = shards.get(EMBEDDING)?.readTensor(EMBEDDING);
  const head = shards.get(HEAD)?.readTensor(HEAD);
  if (embedding === undefined || head === undefined) return true;
  return embedding.length === head.length && embedding.every((value, i) => value === head[i]);
}

/** The config of a model folder, without opening its weights. */
export function readModelConfig(folder: string): ModelConfig {
  if (!existsSync(folder))
    throw new AppError("NOT_FOUND", `There is no model folder ${folder}.`, "Check the path.");
  const text = readTextIfPresent(join(folder, "config.json"), "BAD_CHECKPOINT");
  if (text === undefined) {
    throw new AppError(
      "BAD_CHECKPOINT",
      `${folder} holds no config.json.`,
      "A model folder has config.json, model.safetensors and the tokenizer's files, as on the Hugging Face hub.",
    );
  }
  const generation = readTextIfPresent(join(folder, "generation_config.json"), "BAD_CHECKPOINT");
  return parseModelConfig(text, generation, join(folder, "config.json"));
}

/** Opens the folder's weight files; returns the file that holds each tensor. */
function openWeights(folder: string): Map<string, SafetensorsFile> {
  const single = join(folder, WEIGHTS);
  if (existsSync(single)) {
    const file = openSafetensors(single);
    return new Map(file.names.map((name) => [name, file]));
  }
  const indexFile = join(folder, INDEX);
  const index = readJsonIfPresent(indexFile, indexSchema, "BAD_CHECKPOINT");
  if (index === undefined) throw noWeights(folder);
  return openShards(folder, indexFile, index.weight_map);
}

function openShards(
  folder: string,
  indexFile: string,
  weightMap: Readonly<Record<string, string>>,
): Map<string, SafetensorsFile> {
  const files = [...new Set(Object.values(weightMap))].sort();
  const odd = files.find((file) => !/^[\w.-]+\.safetensors$/.test(file));
  if (odd !== undefined)
    throw new AppError(
      "BAD_CHECKPOINT",
      `${indexFile} names "${odd}", which is no shard's file name.`,
    );
  const absent = files.filter((file) => !existsSync(join(folder, file)));
  if (absent.length > 0) {
    throw new AppError(
      "BAD_CHECKPOINT",
      `${folder} lacks ${absent.length} of the ${files.length} weight files that its index names: ${absent.join(", ")}.`,
      "Fetch the missing files into the folder.",
    );
  }
  const opened = new Map<string, SafetensorsFile>();
  try {
    for (const file of files) opened.set(file, openSafetensors(join(folder, file)));
    const shards = new Map<string, SafetensorsFile>();
    for (const [name, file] of Object.entries(weightMap)) {
      const shard = opened.get(file);
      if (shard === undefined || !shard.header.tensors.has(name)) {
        throw new AppError(
          "BAD_CHECKPOINT",
          `${indexFile} says that ${file} holds tensor "${name}", but it does not.`,
          "Fetch the index and the shards again; they are of different versions.",
        );
      }
      shards.set(name, shard);
    }
    return shards;
  } catch (error) {
    for (const shard of opened.values()) shard.close();
    throw error;
  }
}

function noWeights(folder: string): AppError {
  const others = readdirSync(folder).filter((file) =>
    /\.(bin|pth?|gguf|h5|msgpack|safetensors)$/.test(file),
  );
  return new AppError(
    "BAD_CHECKPOINT",
    `${folder} holds neither ${WEIGHTS} nor ${INDEX}${others.length > 0 ? ` (only ${others.join(", ")})` : ""}.`,
    "Gradus reads safetensors weights. Most models have them on the hub; a PyTorch file can be converted with transformers' save_pretrained.",
  );
}

export interface SaveHubOptions {
  readonly config: ModelConfig;
  /** Every tensor of the architecture by its hub name; a function makes its data when its turn comes. */
  readonly tensors: Iterable<readonly [string, TensorSource]>;
  readonly dtype?: WeightsDtype;
  /** A folder whose tokenizer files are copied. */
  readonly tokenizerFrom?: string;
  /** More keys for generation_config.json, such as temperature. */
  readonly generationConfig?: Readonly<Record<string, unknown>>;
  /** The model card: README.md. */
  readonly card?: string;
  readonly maxShardBytes?: number;
}

/**
 * Writes a model folder that transformers loads. A complete folder takes the place of `folder`, or nothing changes.
 * @throws AppError DISK_FULL, WORKSPACE_READ_ONLY
 */
export function saveHubFolder(folder: string, options: SaveHubOptions): void {
  writeFolderAtomically(folder, (temporary) => fillHubFolder(temporary, options));
}

/** Writes a model's files into an existing folder. */
export function fillHubFolder(folder: string, options: SaveHubOptions): void {
  const { config } = options;
  const dtype = options.dtype ?? "F32";
  const tensors = new Map([...options.tensors].filter(([name]) => !isIgnoredTensor(config, name)));
  const expected = expectedTensors(config);
  for (const [name, shape] of expected) {
    const given = tensors.get(name);
    if (given === undefined || given.shape.join() !== shape.join()) {
      throw new RangeError(
        `tensor "${name}" should have shape [${shape.join(", ")}], not [${given?.shape.join(", ") ?? "none"}]`,
      );
    }
  }
  if (tensors.size !== expected.size) {
    throw new RangeError(
      `not part of the architecture: ${[...tensors.keys()].filter((name) => !expected.has(name)).join(", ")}`,
    );
  }
  writeJson(join(folder, "config.json"), toHubConfig(config, dtype));
  writeJson(join(folder, "generation_config.json"), {
    ...toHubGenerationConfig(config),
    ...options.generationConfig,
  });
  writeWeights(folder, tensors, dtype, options.maxShardBytes ?? DEFAULT_SHARD_BYTES);
  if (options.tokenizerFrom !== undefined) copyTokenizerFiles(options.tokenizerFrom, folder);
  if (options.card !== undefined) writeTextAtomically(join(folder, "README.md"), options.card);
}

function writeWeights(
  folder: string,
  tensors: ReadonlyMap<string, TensorSource>,
  dtype: WeightsDtype,
  maxShardBytes: number,
): void {
  const elementBytes = dtype === "F32" ? 4 : 2;
  const shards: [string, TensorSource][][] = [];
  let room = 0;
  let totalBytes = 0;
  for (const [name, tensor] of tensors) {
    const bytes = elementCount(tensor.shape) * elementBytes;
    totalBytes += bytes;
    const current = shards.at(-1);
    if (current === undefined || bytes > room) {
      shards.push([[name, tensor]]);
      room = maxShardBytes - bytes;
    } else {
      current.push([name, tensor]);
      room -= bytes;
    }
  }
  if (shards.length === 1) {
    writeSafetensors(join(folder, WEIGHTS), tensors, { dtype });
    return;
  }
  const weightMap: Record<string, string> = {};
  const count = String(shards.length).padStart(5, "0");
  for (const [i, shard] of shards.entries()) {
    const file = `model-${String(i + 1).padStart(5, "0")}-of-${count}.safetensors`;
    for (const [name] of shard) weightMap[name] = file;
    writeSafetensors(join(folder, file), shard, { dtype });
  }
  writeJson(join(folder, INDEX), { metadata: { total_size: totalBytes }, weight_map: weightMap });
}

function copyTokenizerFiles(from: string, to: string): void {
  for (const file of TOKENIZER_FILES) {
    const source = join(from, file);
    if (!existsSync(source)) continue;
    const bytes = readFileSync(source);
    writeFileAtomically(join(to, file), (fd) => writeFully(fd, bytes));
  }
}

function writeJson(file: string, value: unknown): void {
  writeTextAtomically(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
