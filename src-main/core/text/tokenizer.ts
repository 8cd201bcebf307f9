/**
 * Text to token ids and back, as transformers' fast tokenizers do it, on @huggingface/tokenizers.
 * What that library does differently is evened out here: unknown ids and tokens are skipped instead of becoming
 * `undefined`, spaces before punctuation are kept (transformers ignores the clean-up for BPE), and added tokens are
 * found as in the Rust library (added-tokens.ts).
 */
import { Tokenizer as HubTokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { type AddedToken, AddedTokenSplitter, type Piece } from "./added-tokens.ts";
import { guarded, needsGuard } from "./tokenizer-bounds.ts";
import { readTokenizerFiles, type TokenizerFiles } from "./tokenizer-files.ts";

/** What is used of the library, whose own declarations TypeScript cannot resolve under Node's module rules. */
interface InnerTokenizer {
  readonly model: ((pieces: readonly string[]) => readonly string[]) & {
    readonly vocab: readonly (string | undefined)[];
    readonly tokens_to_ids: ReadonlyMap<string, number>;
  };
  readonly decoder: unknown;
  readonly normalizer: ((text: string) => string) | null;
  readonly pre_tokenizer:
    | ((text: string, options: { readonly section_index: number }) => readonly string[])
    | null;
  encode_text(text: string | null): readonly string[] | null;
  encode(
    text: string,
    options: { readonly add_special_tokens: boolean },
  ): { readonly ids: readonly (number | undefined)[] };
  decode(
    ids: readonly number[],
    options: {
      readonly skip_special_tokens: boolean;
      readonly clean_up_tokenization_spaces: boolean;
    },
  ): string;
}

export interface EncodeOptions {
  /** Whether the post-processor adds its tokens (Llama's <|begin_of_text|>). Default true, as in transformers. */
  readonly addSpecialTokens?: boolean;
}

export interface DecodeOptions {
  readonly skipSpecialTokens?: boolean;
}

export class Tokenizer {
  readonly folder: string;
  /** One more than the largest id. */
  readonly vocabSize: number;
  /** Ids that end a completion: the tokenizer's eos_token and those of generation_config.json. */
  readonly eosTokenIds: readonly number[];
  readonly bosTokenId: number | null;
  readonly padTokenId: number | null;
  readonly unkTokenId: number | null;
  /** The chat template's text, where the model has one. */
  readonly chatTemplate: string | undefined;
  /** Texts of the named special tokens (`bos_token`, `eos_token` …), for chat templates. */
  readonly namedTokens: ReadonlyMap<string, string>;
  readonly #inner: InnerTokenizer;
  readonly #run: <T>(work: () => T) => T;
  readonly #vocab: readonly (string | undefined)[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #special: ReadonlySet<number>;
  readonly #added: ReadonlySet<number>;

  /** @param isGuarded whether its patterns may not end, so that it is run within a time */
  constructor(files: TokenizerFiles, inner: InnerTokenizer, isGuarded: boolean) {
    this.#run = (work) => (isGuarded ? guarded(files.folder, work) : work());
    const { model } = inner;
    this.folder = files.folder;
    this.chatTemplate = files.chatTemplate;
    this.namedTokens = files.named;
    this.#inner = inner;
    this.#vocab = model.vocab;
    this.#ids = model.tokens_to_ids;
    this.vocabSize = model.vocab.length;
    this.#added = new Set(files.tokenizer.added_tokens.map((token) => token.id));
    const special = files.tokenizer.added_tokens
      .filter((token) => token.special)
      .map((token) => token.id);
    const namedIds = [...files.named.values(), ...files.additionalSpecial].map((text) =>
      this.#ids.get(text),
    );
    this.#special = new Set([...special, ...namedIds.filter((id) => id !== undefined)]);
    const idOfNamed = (key: string): number | null =>
      this.#ids.get(files.named.get(key) ?? "") ?? null;
    this.bosTokenId = idOfNamed("bos_token");
    this.padTokenId = idOfNamed("pad_token");
    this.unkTokenId =
      idOfNamed("unk_token") ?? this.#ids.get(files.tokenizer.model.unk_token ?? "") ?? null;
    const eos = idOfNamed("eos_token");
    this.eosTokenIds = [...new Set([...files.generationEosIds, ...(eos === null ? [] : [eos])])];
  }

  get hasChatTemplate(): boolean {
    return this.chatTemplate !== undefined;
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const { ids } = this.#run(() =>
      this.#inner.encode(text, { add_special_tokens: options.addSpecialTokens ?? true }),
    );
    // The library answers undefined where a token has no id and the model no unknown token; Rust's skips those.
    return ids.filter((id) => id !== undefined);
  }

  decode(ids: readonly number[], options: DecodeOptions = {}): string {
    const skip = options.skipSpecialTokens ?? false;
    const known = ids.filter(
      (id) => this.#vocab[id] !== undefined && !(skip && this.#special.has(id)),
    );
    if (known.length === 0) return "";
    return this.#run(() =>
      this.#inner.decode(known, {
        skip_special_tokens: false,
        clean_up_tokenization_spaces: false,
      }),
    );
  }

  /** The id of a token's text, or undefined where the vocabulary lacks it. */
  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** A token's text as the vocabulary spells it (byte-level tokens in their printable form). */
  tokenOf(id: number): string | undefined {
    return this.#vocab[id];
  }

  /** Whether the id is that of a special token: one that `skipSpecialTokens` leaves out. */
  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  /** Whether the id was added beside the model's own vocabulary, so that its text stands for itself. */
  isAdded(id: number): boolean {
    return this.#added.has(id);
  }
}

/** Has a library's tokenizer find added tokens as Rust's does: first in the text, then in each rest once it is normalized. */
function correctAddedTokens(inner: InnerTokenizer, tokens: readonly AddedToken[]): void {
  const { normalizer, pre_tokenizer, model } = inner;
  const normalize = (text: string): string => normalizer?.(text) ?? text;
  const isNormalized = (token: AddedToken): boolean => token.normalized ?? !token.special;
  const inText = new AddedTokenSplitter(tokens.filter((token) => !isNormalized(token)));
  const inNormalized = new AddedTokenSplitter(tokens.filter(isNormalized), normalize);
  const encodePlain = (text: string, section_index: number): readonly string[] =>
    model(pre_tokenizer === null ? [text] : pre_tokenizer(text, { section_index }));
  inner.encode_text = (text) =>
    text === null
      ? null
      : inText.split(text).flatMap((piece: Piece, index) => {
          if (piece.token !== undefined) return [piece.token];
          return inNormalized
            .split(normalize(piece.text))
            .flatMap((part) =>
              part.token === undefined ? encodePlain(part.text, index) : [part.token],
            );
        });
}

/** Bytes spelled as <0x..> tokens: a byte order mark stays, and bytes that are no UTF-8 become U+FFFD each, as in Rust. */
class FallbackTextDecoder extends TextDecoder {
  constructor() {
    super("utf-8", { fatal: true, ignoreBOM: true });
  }

  override decode(bytes: Uint8Array): string {
    try {
      return super.decode(bytes);
    } catch {
      return "\uFFFD".repeat(bytes.length);
    }
  }
}

/** The library's decoders are callable objects, whose parts stand in the order of their description. */
function correctByteFallback(decoder: unknown, description: unknown): void {
  const checked = decoderSchema.safeParse(description);
  if (typeof decoder !== "function" || !checked.success) return;
  if (checked.data.type === "ByteFallback") {
    Object.assign(decoder, { text_decoder: new FallbackTextDecoder() });
  }
  if ("decoders" in decoder && Array.isArray(decoder.decoders)) {
    for (const [i, part] of decoder.decoders.entries()) {
      correctByteFallback(part, checked.data.decoders?.[i]);
    }
  }
}

const decoderSchema = z.looseObject({
  type: z.string(),
  decoders: z.array(z.unknown()).optional(),
});

const preTokenizerSchema = z.looseObject({
  type: z.string(),
  individual_digits: z.boolean().optional(),
  pretokenizers: z.array(z.unknown()).optional(),
});

/** The library's Digits knows 0–9 only; Rust's takes every numeric character (categories Nd, Nl, No). */
function correctDigits(description: unknown): unknown {
  const checked = preTokenizerSchema.safeParse(description);
  if (!checked.success) return description;
  const { type, individual_digits, pretokenizers } = checked.data;
  if (type === "Sequence" && pretokenizers !== undefined) {
    return { ...checked.data, pretokenizers: pretokenizers.map(correctDigits) };
  }
  if (type !== "Digits") return description;
  const pattern = { Regex: individual_digits === true ? "\\p{N}" : "\\p{N}+" };
  return { type: "Split", pattern, behavior: "Isolated", invert: false };
}

/**
 * Loads the tokenizer of a model folder.
 * @throws AppError NOT_FOUND, or BAD_TOKENIZER for missing, broken or unsupported files
 */
export function loadTokenizer(folder: string): Tokenizer {
  const files = readTokenizerFiles(folder);
  const { tokenizer } = files;
  const unknown = files.named.get("unk_token") ?? tokenizer.model.unk_token;
  try {
    const isGuarded = needsGuard(tokenizer);
    const description = { ...tokenizer, pre_tokenizer: correctDigits(tokenizer.pre_tokenizer) };
    const inner: InnerTokenizer = new HubTokenizer(description, {
      clean_up_tokenization_spaces: false,
      eos_token: files.named.get("eos_token"),
      unk_token: unknown ?? undefined,
    });
    correctByteFallback(inner.decoder, tokenizer.decoder);
    correctAddedTokens(inner, tokenizer.added_tokens);
    return new Tokenizer(files, inner, isGuarded);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "BAD_TOKENIZER",
      `The tokenizer in ${folder} cannot be used: ${reason}`,
      "Gradus reads tokenizer.json files with BPE, Unigram, WordPiece or WordLevel models. Fetch the file again, or choose another model.",
      { cause: error },
    );
  }
}
