/**
 * Which tokens of a conversation the assistant wrote: those that supervised training learns from.
 *
 * A template with `{% generation %}` marks says so itself (the tokens masked are transformers'
 * `return_assistant_tokens_mask`). Without marks, each turn is found by rendering the conversation up to it,
 * with and without its text; a turn then ends with its end-of-turn token, and white space after that, which the
 * model never samples, is not part of it.
 */
import { AppError } from "#shared/errors.ts";
import {
  type ChatMessage,
  type ChatOptions,
  chatTemplateOf,
  renderChat,
  renderTemplate,
} from "./chat-template.ts";
import { leftOutMessages } from "./left-out-text.ts";
import { tokenSpans } from "../token-spans.ts";
import type { Tokenizer } from "../tokenizer.ts";

export interface MaskedChat {
  readonly ids: readonly number[];
  /** 1 for the tokens of the assistant's turns, else 0; as long as `ids`. */
  readonly mask: readonly (0 | 1)[];
  /** Messages of which the template does not write the whole text, by their index. */
  readonly leftOut: readonly number[];
}

/**
 * A template that cannot be trained with as it is. `rewrites`: earlier answers do not stay as they were written;
 * `cuts`: an answer's own text is not all there.
 */
export class UntrainableTemplate extends AppError {
  readonly kind: "rewrites" | "cuts";

  constructor(kind: "rewrites" | "cuts", message: string, advice: string) {
    super("BAD_TOKENIZER", message, advice);
    this.kind = kind;
  }
}

export interface MaskOptions {
  /** `last`: only the last assistant turn, for templates that rewrite earlier turns. Default `all`. */
  readonly turns?: "all" | "last";
  readonly variables?: ChatOptions["variables"];
}

/** Start and end of a piece of text, in UTF-16 units. */
type TextSpan = readonly [number, number];

const utf8 = new TextEncoder();

/**
 * A conversation as ids, with the assistant's tokens marked. The mask is never all zero.
 * @throws AppError BAD_TOKENIZER without a template or where it cannot be followed; BAD_INPUT without an assistant turn
 */
export function encodeWithAssistantMask(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: MaskOptions = {},
): MaskedChat {
  const template = chatTemplateOf(tokenizer);
  if (!messages.some(({ role }) => role === "assistant")) {
    throw new AppError(
      "BAD_INPUT",
      "The conversation has no assistant message to learn from.",
      'Add the answer as a message with the role "assistant".',
    );
  }
  const { text, spans } = hasGenerationMarks(template)
    ? markedSpans(tokenizer, template, messages, options)
    : prefixSpans(tokenizer, messages, options);
  const masked = {
    ...maskTokens(tokenizer, text, spans),
    leftOut: leftOutMessages(messages, text),
  };
  if (!masked.mask.includes(1)) {
    throw new AppError(
      "BAD_TOKENIZER",
      `The chat template in ${tokenizer.folder} marks no token of this conversation as the assistant's.`,
      "Check the place of its {% generation %} marks, and that the assistant's messages are not empty.",
    );
  }
  return masked;
}

const MARK = /\{%([-+]?)\s*(end)?generation\s*([-+]?)%\}/g;

export function hasGenerationMarks(template: string): boolean {
  return /\{%[-+]?\s*generation\s*[-+]?%\}/.test(template);
}

/** Spans between the marks; those of the last assistant turn are the ones that the turns before it do not have. */
function markedSpans(
  tokenizer: Tokenizer,
  template: string,
  messages: readonly ChatMessage[],
  options: MaskOptions,
): { text: string; spans: TextSpan[] } {
  const { text, spans } = renderMarked(tokenizer, template, messages, options);
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  const before = (index: number): number =>
    index === 0
      ? 0
      : renderMarked(tokenizer, template, messages.slice(0, index), options).spans.length;
  const first = options.turns === "last" ? before(last) : 0;
  const untrained = messages.flatMap(({ trained }, i): [number, number][] =>
    trained === false ? [[before(i), before(i + 1)]] : [],
  );
  return {
    text,
    spans: spans.filter(
      (_, i) => i >= first && !untrained.some(([from, to]) => i >= from && i < to),
    ),
  };
}

/** Each mark is made to write a character that occurs nowhere else; then these are taken out. */
function renderMarked(
  tokenizer: Tokenizer,
  template: string,
  messages: readonly ChatMessage[],
  options: MaskOptions,
): { text: string; spans: TextSpan[] } {
  const taken = template + JSON.stringify([messages, options.variables]);
  // U+FDD0 … U+FDEF are Unicode's non-characters for such inner use.
  const free = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0xfdd0 + i)).filter(
    (character) => !taken.includes(character),
  );
  const [open, close] = free;
  if (open === undefined || close === undefined) {
    throw new AppError(
      "BAD_INPUT",
      "The conversation uses all of the characters U+FDD0 to U+FDEF, which mean nothing in any text.",
      "Remove them.",
    );
  }
  // The blocks keep the marks' own white-space rules.
  const marked = template.replace(
    MARK,
    (_, left: string, end: string | undefined, right: string) =>
      `{%${left} if true %}${end === undefined ? open : close}{% endif ${right}%}`,
  );
  const rendered = renderTemplate(tokenizer, marked, messages, variablesOf(options));
  let text = "";
  let start = 0;
  const spans: TextSpan[] = [];
  for (const piece of rendered.split(new RegExp(`([${open}${close}])`, "u"))) {
    if (piece === open) start = text.length;
    else if (piece === close) spans.push([start, text.length]);
    else text += piece;
  }
  return { text, spans };
}

function variablesOf(options: MaskOptions): ChatOptions {
  return options.variables === undefined ? {} : { variables: options.variables };
}

function prefixSpans(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: MaskOptions,
): { text: string; spans: TextSpan[] } {
  const variables = variablesOf(options);
  const text = renderChat(tokenizer, messages, variables);
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  const cut = leftOutMessages(messages, text);
  if (cut.includes(last) && messages[last]?.trained !== false) {
    throw cutAnswer(tokenizer, messages, last);
  }
  const spans: TextSpan[] = [];
  for (const [i, message] of messages.entries()) {
    if (message.role !== "assistant" || (options.turns === "last" && i !== last)) continue;
    if (message.trained === false) continue;
    const before = renderChat(tokenizer, messages.slice(0, i), {
      ...variables,
      addGenerationPrompt: true,
    });
    const after = renderChat(tokenizer, messages.slice(0, i + 1), variables);
    if (!after.startsWith(before) || !text.startsWith(after)) {
      throw new UntrainableTemplate(
        "rewrites",
        `The chat template in ${tokenizer.folder} rewrites earlier turns, so the assistant's part of message ${i + 1} cannot be told from the rest.`,
        "Set mask_history: true to train on the last answer of each conversation alone, or add {% generation %} … {% endgeneration %} around the assistant's text in the template.",
      );
    }
    if (cut.includes(i)) throw cutAnswer(tokenizer, messages, i);
    spans.push([before.length, endOfTurn(tokenizer, text, before.length, after.length)]);
  }
  return { text, spans };
}

/** Without marks nothing says that a cut is meant: what the assistant thought would silently not be learned. */
function cutAnswer(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  index: number,
): UntrainableTemplate {
  const thought = messages[index]?.content.includes("</think>") === true;
  return new UntrainableTemplate(
    "cuts",
    `The chat template in ${tokenizer.folder} leaves out ${thought ? "what the assistant writes before </think>" : "part of the assistant's text"} (message ${index + 1}), so the model would not learn it.`,
    "Put a chat_template.jinja that writes the whole answer into the model's folder, or {% generation %} … {% endgeneration %} around what is meant to be learned; or take the reasoning out of the examples.",
  );
}

/** Cuts the white space after the turn's last special token, where the turn ends in one. */
function endOfTurn(tokenizer: Tokenizer, text: string, start: number, end: number): number {
  const trimmed = text.slice(start, end).trimEnd();
  if (trimmed === "") return end;
  const lastId = tokenizer.encode(trimmed, { addSpecialTokens: false }).at(-1);
  const endsSpecial =
    lastId !== undefined && (tokenizer.isSpecial(lastId) || tokenizer.eosTokenIds.includes(lastId));
  return endsSpecial ? start + trimmed.length : end;
}

/** Marks every token that overlaps a span, as transformers does. */
function maskTokens(
  tokenizer: Tokenizer,
  text: string,
  spans: readonly TextSpan[],
): Pick<MaskedChat, "ids" | "mask"> {
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  const bounds =
    byteBounds(tokenizer, text, ids, spans) ?? tokenBounds(tokenizer, text, ids, spans);
  const mask = ids.map((_, i): 0 | 1 => (bounds.some(([from, to]) => i >= from && i < to) ? 1 : 0));
  return { ids, mask };
}

/** First token of each span and the one after its last, by the tokens' places in the text or in its composed form (NFC). */
function byteBounds(
  tokenizer: Tokenizer,
  text: string,
  ids: readonly number[],
  spans: readonly TextSpan[],
): TextSpan[] | undefined {
  for (const form of [(part: string) => part, (part: string) => part.normalize("NFC")]) {
    const whole = form(text);
    const places = tokenSpans(tokenizer, whole, ids);
    if (places === undefined) continue;
    const byteAt = (at: number): number => utf8.encode(form(text.slice(0, at))).length;
    return spans.map(([start, end]) => {
      const [from, to] = [byteAt(start), byteAt(end)];
      const first = places.findIndex(([, tokenEnd]) => tokenEnd > from);
      const after = places.findIndex(([tokenStart]) => tokenStart >= to);
      return [first < 0 ? ids.length : first, after < 0 ? ids.length : after];
    });
  }
  return undefined;
}

/** The same where tokens cannot be placed: the text up to each boundary must tokenize to the beginning of the whole. */
function tokenBounds(
  tokenizer: Tokenizer,
  text: string,
  ids: readonly number[],
  spans: readonly TextSpan[],
): TextSpan[] {
  const indexAt = (at: number): number => {
    const prefix = tokenizer.encode(text.slice(0, at), { addSpecialTokens: false });
    if (prefix.every((id, i) => id === ids[i])) return prefix.length;
    throw new AppError(
      "BAD_TOKENIZER",
      `The tokenizer in ${tokenizer.folder} joins the assistant's text with what stands around it, so its tokens cannot be told apart.`,
      "Put a special token or a line break around the assistant's text in the chat template.",
    );
  };
  return spans.map(([start, end]) => [indexAt(start), indexAt(end)]);
}
