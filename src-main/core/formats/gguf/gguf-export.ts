/** A model folder as one GGUF file for llama.cpp: F16 or Q8_0 matrices, F32 vectors, tokenizer and template included. */
import { basename } from "node:path";
import type { Tokenizer } from "../../text/tokenizer.ts";
import { loadTokenizer } from "../../text/tokenizer.ts";
import { readTokenizerFiles } from "../../text/tokenizer-files.ts";
import { writeFileAtomically } from "#main/platform/atomic-write.ts";
import { ROPE_FREQS, ropeDivisors } from "./gguf-config.ts";
import { ggufName, reorderRows } from "./gguf-names.ts";
import { CONTROL, USER_DEFINED } from "./gguf-end-tokens.ts";
import { UNUSED } from "./gguf-tokenizer.ts";
import { nameOfPreTokenizer } from "./gguf-pre-tokenizers.ts";
import { GGML_TYPES } from "./gguf-types.ts";
import { type GgufEntry, type GgufTensorSource, writeGgufTo } from "./gguf-writer.ts";
import { type HubModel, loadHubFolder } from "../hub-layout.ts";
import type { ModelConfig } from "../model-config.ts";
import { AppError } from "#shared/errors.ts";

export type GgufExportType = "F16" | "Q8_0";

export interface GgufExport {
  readonly folder: string;
  /** The file that appears, whole or not at all. */
  readonly file: string;
  readonly type: GgufExportType;
  /** What the file calls the model. */
  readonly name?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** llama.cpp's file types: which kind most tensors are of. */
const FILE_TYPES = { F16: 1, Q8_0: 7 } as const;
const NORMAL = 1;

/**
 * Writes the file.
 * @throws AppError BAD_CHECKPOINT, BAD_TOKENIZER (a tokenizer that llama.cpp has no name for), BAD_INPUT (beyond F16), DISK_FULL
 */
export function exportGguf(options: GgufExport): void {
  const model = loadHubFolder(options.folder);
  try {
    const entries = [
      ...modelEntries(model.config, options),
      ...tokenizerEntries(model.config, options.folder),
    ];
    const tensors = tensorsOf(model, options);
    writeFileAtomically(options.file, (fd) => {
      writeGgufTo(fd, entries, tensors);
    });
  } finally {
    model.close();
  }
}

function modelEntries(config: ModelConfig, { folder, type, name }: GgufExport): GgufEntry[] {
  const { architecture, rope } = config;
  const count = (key: string, value: number): GgufEntry => ({
    key: `${architecture}.${key}`,
    type: "uint32",
    value,
  });
  const real = (key: string, value: number): GgufEntry => ({
    key: `${architecture}.${key}`,
    type: "float32",
    value,
  });
  return [
    { key: "general.architecture", type: "string", value: architecture },
    { key: "general.type", type: "string", value: "model" },
    { key: "general.name", type: "string", value: name ?? basename(folder) },
    { key: "general.file_type", type: "uint32", value: FILE_TYPES[type] },
    { key: "general.quantization_version", type: "uint32", value: 2 },
    count("block_count", config.numLayers),
    count("context_length", config.maxPositionEmbeddings),
    count("embedding_length", config.hiddenSize),
    count("feed_forward_length", config.intermediateSize),
    count("attention.head_count", config.numHeads),
    count("attention.head_count_kv", config.numKeyValueHeads),
    count("attention.key_length", config.headDim),
    count("attention.value_length", config.headDim),
    count("rope.dimension_count", config.headDim),
    count("vocab_size", config.vocabSize),
    real("attention.layer_norm_rms_epsilon", config.rmsNormEps),
    real("rope.freq_base", rope.theta),
    ...(rope.type === "linear"
      ? [
          { key: `${architecture}.rope.scaling.type`, type: "string", value: "linear" } as const,
          real("rope.scaling.factor", rope.factor),
        ]
      : []),
  ];
}

function tensorsOf(model: HubModel, options: GgufExport): GgufTensorSource[] {
  const { config } = model;
  const { type, onProgress } = options;
  const { names } = model;
  let done = 0;
  const tensors = names.map((name): GgufTensorSource => {
    const shape = model.shapeOf(name);
    return {
      name: ggufName(name),
      shape,
      type: typeFor(shape, type),
      data: () => {
        const data = reorderRows(config, name, model.readTensor(name), true);
        done += 1;
        onProgress?.(done, names.length);
        return data;
      },
    };
  });
  if (config.rope.type !== "llama3") return tensors;
  const divisors = ropeDivisors(config.rope, config.headDim);
  return [{ name: ROPE_FREQS, shape: [divisors.length], type: "F32", data: divisors }, ...tensors];
}

/** Vectors stay F32, as llama.cpp wants them; a row that is no whole number of blocks falls back to F16. */
function typeFor(shape: readonly number[], type: GgufExportType): "F32" | GgufExportType {
  if (shape.length < 2) return "F32";
  return (shape.at(-1) ?? 0) % GGML_TYPES[type].blockSize === 0 ? type : "F16";
}

function tokenizerEntries(config: ModelConfig, folder: string): GgufEntry[] {
  const files = readTokenizerFiles(folder);
  const tokenizer = loadTokenizer(folder);
  const { model, added_tokens: added } = files.tokenizer;
  const pre = nameOfPreTokenizer(files.tokenizer);
  if (pre === undefined || model.type !== "BPE" || model.merges === undefined) {
    throw new AppError(
      "BAD_TOKENIZER",
      `llama.cpp has no name for the way in which the tokenizer in ${folder} cuts texts.`,
      "Export in hub layout instead: gguf files hold byte-level BPE of the GPT-2, SmolLM, Qwen2 and Llama 3 kinds.",
    );
  }
  const types = new Map(
    added.map(({ id, special }) => [id, special ? CONTROL : USER_DEFINED] as const),
  );
  const ids = Array.from({ length: config.vocabSize }, (_, id) => id);
  const id = (key: string, value: number | null | undefined): GgufEntry[] =>
    value === null || value === undefined
      ? []
      : [{ key: `tokenizer.ggml.${key}_token_id`, type: "uint32", value }];
  const [eos, ...otherEnds] = endIds(config, tokenizer, files.named.get("eos_token"));
  const template = tokenizer.chatTemplate;
  return [
    { key: "tokenizer.ggml.model", type: "string", value: "gpt2" },
    { key: "tokenizer.ggml.pre", type: "string", value: pre },
    {
      key: "tokenizer.ggml.tokens",
      type: "strings",
      value: ids.map((token) => tokenizer.tokenOf(token) ?? `[PAD${token}]`),
    },
    {
      key: "tokenizer.ggml.token_type",
      type: "int32s",
      value: ids.map((token) =>
        tokenizer.tokenOf(token) === undefined ? UNUSED : (types.get(token) ?? NORMAL),
      ),
    },
    {
      key: "tokenizer.ggml.merges",
      type: "strings",
      value: model.merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" "))),
    },
    ...id("bos", tokenizer.bosTokenId),
    ...id("eos", eos),
    ...id("eot", otherEnds[0]),
    ...id("padding", tokenizer.padTokenId),
    ...id("unknown", tokenizer.unkTokenId),
    {
      key: "tokenizer.ggml.add_bos_token",
      type: "bool",
      value: tokenizer.bosTokenId !== null && tokenizer.encode("a")[0] === tokenizer.bosTokenId,
    },
    { key: "tokenizer.ggml.add_space_prefix", type: "bool", value: false },
    ...(template === undefined
      ? []
      : [{ key: "tokenizer.chat_template", type: "string", value: template } as const]),
  ];
}

/** The tokenizer's own end first. */
function endIds(config: ModelConfig, tokenizer: Tokenizer, eosText: string | undefined): number[] {
  const own = eosText === undefined ? undefined : tokenizer.idOf(eosText);
  return [...new Set([...(own === undefined ? [] : [own]), ...config.eosTokenIds])];
}
