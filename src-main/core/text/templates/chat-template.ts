/**
 * Conversations as text, by the model's own chat template (Jinja, as transformers renders it), and as token ids.
 * The template sees what transformers gives it: messages, tools and documents (none), add_generation_prompt, the
 * texts of the named special tokens, raise_exception, strftime_now, and the caller's variables.
 */
import { Template } from "@huggingface/jinja";
import { LRUCache } from "lru-cache";
import { AppError } from "#shared/errors.ts";
import { withinTime } from "../bounded-work.ts";
import { boundCalls, renderBounded } from "./bounded-template.ts";
import { pythonStripFunctions, replaceStripCalls } from "./python-strip.ts";
import type { Tokenizer } from "../tokenizer.ts";

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  /** A reasoning trace kept apart from the answer, for templates that know it. */
  readonly reasoning_content?: string | undefined;
  /** An assistant's message that is read and not learned from. */
  readonly trained?: false;
}

export interface ChatOptions {
  /** Whether the text ends with the opening of an assistant's turn. */
  readonly addGenerationPrompt?: boolean;
  /** More variables for the template, such as Qwen3's `enable_thinking` or Llama's `date_string`. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Parsed templates by their text: parsing takes longer than rendering. */
const parsed = new LRUCache<string, Template>({ max: 32 });
/** The longest of real models' has 20,000 characters. */
const MAX_TEMPLATE = 1_000_000;
const PARSE_MS = 1500;

function parseTemplate(tokenizer: Tokenizer, text: string): Template {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  try {
    if (text.length > MAX_TEMPLATE) throw new RangeError(`it has ${text.length} characters`);
    // Jinja2 reads every line break of a template as "\n" (Lexer.tokeniter).
    const source = text.replace(/\r\n?/g, "\n");
    const template = withinTime(PARSE_MS, () => new Template(source));
    replaceStripCalls(template);
    boundCalls(template);
    parsed.set(text, template);
    return template;
  } catch (error) {
    throw new AppError(
      "BAD_TOKENIZER",
      `The chat template in ${tokenizer.folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      "Correct chat_template.jinja (or chat_template in tokenizer_config.json), or use prompts without a chat.",
      { cause: error },
    );
  }
}

/**
 * The tokenizer's chat template.
 * @throws AppError BAD_TOKENIZER where the model has none
 */
export function chatTemplateOf(tokenizer: Tokenizer): string {
  if (tokenizer.chatTemplate !== undefined) return tokenizer.chatTemplate;
  throw new AppError(
    "BAD_TOKENIZER",
    `The tokenizer in ${tokenizer.folder} has no chat template, so it cannot write a conversation.`,
    "Use plain prompts with this model, choose its instruct version, or put a chat_template.jinja into the folder.",
  );
}

/** A conversation as the text the model sees. */
export function renderChat(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): string {
  return renderTemplate(tokenizer, chatTemplateOf(tokenizer), messages, options);
}

/** A conversation written by a given template. @throws AppError BAD_TOKENIZER, BAD_INPUT */
export function renderTemplate(
  tokenizer: Tokenizer,
  template: string,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): string {
  const compiled = parseTemplate(tokenizer, template);
  try {
    return renderBounded(compiled, {
      ...pythonStripFunctions,
      ...Object.fromEntries(tokenizer.namedTokens),
      tools: null,
      documents: null,
      ...options.variables,
      messages: messages.map(plainMessage),
      add_generation_prompt: options.addGenerationPrompt ?? false,
    });
  } catch (error) {
    throw new AppError(
      "BAD_INPUT",
      `The model's chat template cannot write this conversation: ${error instanceof Error ? error.message : String(error)}`,
      "Check the order of the roles (most templates want user and assistant in turn, a system message only at the start) and that every message has a content.",
      { cause: error },
    );
  }
}

/** Keys without a value are left out, as in transformers: templates test whether they are there. */
function plainMessage(message: ChatMessage): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** A conversation as token ids. The template writes the special tokens itself, so none is added. */
export function encodeChat(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): number[] {
  return tokenizer.encode(renderChat(tokenizer, messages, options), { addSpecialTokens: false });
}
