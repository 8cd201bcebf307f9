/** Conversations to train on, as JSONL: a line is `{"messages": […]}`. What a line says and cannot be trained on is refused, never dropped. */
import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { REASONING_FIELDS } from "#shared/schema/dataset.ts";
import { joinReasoning } from "#shared/schema/record-text.ts";

export interface ConversationTurn {
  readonly role: string;
  readonly content: string;
  /** Set where OpenAI's `weight: 0` keeps an answer out of the training. */
  readonly trained?: false;
}
export type Conversation = readonly ConversationTurn[];

const Line = z.object({ messages: z.array(z.unknown()).min(1) });
const Turn = z.object({ role: z.string() });
const Told = z.object({
  content: z.unknown(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  thinking: z.string().nullish(),
  tool_calls: z.array(z.unknown()).nullish(),
  weight: z.number().nullish(),
});

const HOW =
  'Each line is {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}.';
const READ_AT_ONCE = 2 ** 20;

/** The non-empty lines of a text file with their numbers, read piece by piece. */
export function* linesOf(
  file: string,
): Generator<{ readonly number: number; readonly text: string }> {
  const fd = openSync(file, "r");
  try {
    const decoder = new StringDecoder("utf8");
    const bytes = Buffer.alloc(READ_AT_ONCE);
    let number = 0;
    let rest = "";
    for (let read = 1; read > 0;) {
      read = readSync(fd, bytes);
      const text = rest + (read > 0 ? decoder.write(bytes.subarray(0, read)) : decoder.end());
      const lines = text.split("\n");
      rest = read > 0 ? (lines.pop() ?? "") : "";
      for (const line of lines) {
        number += 1;
        if (line.trim() !== "") yield { number, text: line };
      }
    }
  } finally {
    closeSync(fd);
  }
}

/** @throws AppError BAD_INPUT for what is no conversation of texts, without a place */
export function readConversation(line: string): Conversation {
  const bad = (what: string, advice = HOW, cause?: unknown): AppError =>
    new AppError("BAD_INPUT", what, advice, { cause });
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw bad("It is not JSON.", HOW, cause);
  }
  const read = Line.safeParse(json);
  if (!read.success) throw bad('It has no list "messages".');
  const turns = read.data.messages.map((raw, index): ConversationTurn => {
    const place = `Message ${index + 1}`;
    const turn = Turn.safeParse(raw);
    if (!turn.success) throw bad(`${place} has no role.`);
    const told = Told.safeParse(raw);
    if (!told.success) throw bad(`${place} is not made of texts.`);
    const { content, tool_calls: calls, weight } = told.data;
    const thought = REASONING_FIELDS.map((field) => told.data[field]).find(
      (text) => typeof text === "string" && text !== "",
    );
    if ((calls ?? []).length > 0)
      throw bad(
        `${place} calls a tool, and calls are not trained on.`,
        "Leave such conversations out, or write the call into the content as the model is to write it.",
      );
    if (weight !== undefined && weight !== null && weight !== 0 && weight !== 1)
      throw bad(
        `${place} has weight ${weight}.`,
        "A message is trained on (weight 1) or not (weight 0).",
      );
    if (typeof content !== "string") throw bad(`${place} has no text as its content.`);
    return {
      role: turn.data.role,
      content: joinReasoning({ reasoning: thought ?? null, content }),
      ...(weight === 0 ? { trained: false } : {}),
    };
  });
  const answers = turns.filter(({ role }) => role === "assistant");
  if (answers.length > 0 && answers.every(({ trained }) => trained === false))
    throw bad(
      "Every answer has weight 0, so that nothing is left to learn.",
      "Leave such conversations out.",
    );
  return turns;
}

/** @throws AppError naming the line */
export function readConversations(file: string): Conversation[] {
  return Array.from(linesOf(file), ({ number, text }) => {
    try {
      return readConversation(text);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new AppError("BAD_INPUT", `${file}:${number}: ${error.message}`, error.advice, {
        cause: error,
      });
    }
  });
}
