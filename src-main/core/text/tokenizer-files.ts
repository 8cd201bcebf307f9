/** A tokenizer's files as transformers writes them, read and checked: tokenizer.json, tokenizer_config.json, the chat template. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { readJsonIfPresent, readTextIfPresent } from "../formats/json-file.ts";

const tokenId = z.int().nonnegative();
const idOrIds = z.union([tokenId, z.array(tokenId)]).nullish();

const addedTokenFields = z.looseObject({
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  /** Left out, it is true of all but special tokens, as in the tokenizers library. */
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
});
const addedTokenSchema = addedTokenFields.extend({ id: tokenId });

const part = z.looseObject({ type: z.string() }).nullable().default(null);

const tokenizerSchema = z.looseObject({
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.union([z.record(z.string(), tokenId), z.array(z.tuple([z.string(), z.number()]))]),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])).optional(),
    unk_token: z.string().nullish(),
  }),
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: part,
  pre_tokenizer: part,
  post_processor: part,
  decoder: part,
});

/** A special token is named by its text or described as an added token. */
const named = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();

const configSchema = z.looseObject({
  bos_token: named,
  eos_token: named,
  pad_token: named,
  unk_token: named,
  sep_token: named,
  cls_token: named,
  mask_token: named,
  additional_special_tokens: z.array(named).nullish(),
  added_tokens_decoder: z.record(z.string(), addedTokenFields).nullish(),
  chat_template: z
    .union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))])
    .nullish(),
});

const generationSchema = z.looseObject({ eos_token_id: idOrIds });

export type TokenizerJson = z.output<typeof tokenizerSchema>;

export interface TokenizerFiles {
  readonly folder: string;
  readonly tokenizer: TokenizerJson;
  /** The named special tokens (`eos_token` and so on) that are set, by their texts. */
  readonly named: ReadonlyMap<string, string>;
  readonly additionalSpecial: readonly string[];
  /** End-of-sequence ids of generation_config.json, then those of config.json. */
  readonly generationEosIds: readonly number[];
  readonly chatTemplate: string | undefined;
}

const NAMED_TOKENS = [
  "bos_token",
  "eos_token",
  "pad_token",
  "unk_token",
  "sep_token",
  "cls_token",
  "mask_token",
] as const;

/** @throws AppError NOT_FOUND, BAD_TOKENIZER */
export function readTokenizerFiles(folder: string): TokenizerFiles {
  const tokenizer = readJsonIfPresent(
    join(folder, "tokenizer.json"),
    tokenizerSchema,
    "BAD_TOKENIZER",
  );
  if (tokenizer === undefined) throw noTokenizer(folder);
  const config =
    readJsonIfPresent(join(folder, "tokenizer_config.json"), configSchema, "BAD_TOKENIZER") ?? {};
  const specialMap =
    readJsonIfPresent(join(folder, "special_tokens_map.json"), configSchema, "BAD_TOKENIZER") ?? {};

  // Older exports list some added tokens in tokenizer_config.json only.
  const known = new Set(tokenizer.added_tokens.map((token) => token.content));
  const extra = Object.entries(config.added_tokens_decoder ?? {})
    .filter(([id, token]) => /^\d+$/.test(id) && !known.has(token.content))
    .map(([id, token]) => Object.assign(token, { id: Number(id) }));

  const namedTokens = new Map<string, string>();
  for (const key of NAMED_TOKENS) {
    const text = textOf(config[key]) ?? textOf(specialMap[key]);
    if (text !== undefined) namedTokens.set(key, text);
  }
  return {
    folder,
    tokenizer: { ...tokenizer, added_tokens: [...tokenizer.added_tokens, ...extra] },
    named: namedTokens,
    additionalSpecial: (
      config.additional_special_tokens ??
      specialMap.additional_special_tokens ??
      []
    )
      .map(textOf)
      .filter((text) => text !== undefined),
    generationEosIds: generationEosIds(folder),
    chatTemplate:
      readTextIfPresent(join(folder, "chat_template.jinja"), "BAD_TOKENIZER") ??
      templateOf(config.chat_template),
  };
}

function generationEosIds(folder: string): readonly number[] {
  const ids = ["generation_config.json", "config.json"].flatMap((file) => {
    const path = join(folder, file);
    return readJsonIfPresent(path, generationSchema, "BAD_TOKENIZER")?.eos_token_id ?? [];
  });
  return [...new Set(ids)];
}

function templateOf(template: z.output<typeof configSchema>["chat_template"]): string | undefined {
  if (template === undefined || template === null) return undefined;
  if (typeof template === "string") return template;
  return (template.find(({ name }) => name === "default") ?? template[0])?.template;
}

function textOf(token: z.output<typeof named>): string | undefined {
  if (token === undefined || token === null) return undefined;
  return typeof token === "string" ? token : token.content;
}

function noTokenizer(folder: string): AppError {
  if (!existsSync(folder))
    return new AppError("NOT_FOUND", `There is no tokenizer folder ${folder}.`, "Check the path.");
  const old = ["tokenizer.model", "vocab.json", "vocab.txt"].find((file) =>
    existsSync(join(folder, file)),
  );
  return new AppError(
    "BAD_TOKENIZER",
    `${folder} holds no tokenizer.json${old === undefined ? "" : ` (only ${old})`}.`,
    old === undefined
      ? "Copy tokenizer.json and tokenizer_config.json of the model's release into the folder."
      : "Convert it: load the tokenizer with transformers' AutoTokenizer and save it with save_pretrained.",
  );
}
