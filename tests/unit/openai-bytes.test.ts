/** Texts and their bytes, where characters are spread over tokens: what is given joins to what is there. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CompletionStream } from "#main/engine/inference/completion-stream.ts";
import type { CompletionPiece } from "#main/engine/inference/completion-stream.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { tinyDoor } from "../helpers/openai-door.ts";

const door = await tinyDoor();
const tokenizer = loadTokenizer(door.model);
/** The built-in tokenizer spells each byte beyond ASCII by a token of its own. */
const TEXT = "caf\u00e9 \u{1f600}\u{1f389} \u4f60\u597d, na\u00efve \u{1f468}\u200d\u{1f469}";

const Bytes = z.array(z.int().min(0).max(255));
const Tokens = z.array(
  z.object({ token: z.string(), bytes: Bytes, top_logprobs: z.array(z.object({ bytes: Bytes })) }),
);
const Chat = z.object({
  choices: z.array(
    z.object({
      message: z.object({ content: z.string() }).optional(),
      delta: z.object({ content: z.string().optional() }).optional(),
      logprobs: z.object({ content: Tokens }).nullable(),
    }),
  ),
});
const Completion = z.object({
  choices: z.array(
    z.object({
      text: z.string(),
      logprobs: z.object({ tokens: z.array(z.string()), text_offset: z.array(z.int()) }).nullable(),
    }),
  ),
});

const joined = (parts: readonly (readonly number[])[]): Buffer => Buffer.from(parts.flat());

/** What a stream makes of a text's tokens, as if a model had drawn them. */
function streamed(
  ids: readonly number[],
  options: { stopStrings?: readonly string[]; stopIds?: readonly number[] } = {},
): CompletionPiece[][] {
  const stream = new CompletionStream(tokenizer, {
    stopIds: new Set(options.stopIds),
    stopStrings: options.stopStrings ?? [],
    maxNew: ids.length,
    alternatives: 0,
  });
  const steps: CompletionPiece[][] = [];
  for (const id of ids) {
    const drawn = { tokens: Int32Array.of(id), logprobs: Float32Array.of(-1), top: null };
    const { pieces, finished } = stream.push(drawn, 0);
    steps.push([...pieces]);
    if (finished !== null) break;
  }
  return steps;
}

const textOf = (pieces: readonly CompletionPiece[]): string =>
  pieces.map(({ text }) => text).join("");

describe("a completion's pieces", () => {
  test("have the bytes of their text, at every step", () => {
    const steps = streamed(tokenizer.encode(TEXT));
    expect(textOf(steps.flat())).toBe(TEXT);
    for (const pieces of steps) {
      expect(joined(pieces.map(({ bytes }) => bytes))).toEqual(Buffer.from(textOf(pieces)));
    }
  });

  test.each(["\u00e9", "\u{1f600}", "\u{1f389}", "\u597d", ", na", "\u00efve", "\u200d"])(
    "end with the text before the stop string %s, in bytes too",
    (stop) => {
      const pieces = streamed(tokenizer.encode(TEXT), { stopStrings: [stop] }).flat();
      expect(textOf(pieces)).toBe(TEXT.slice(0, TEXT.indexOf(stop)));
      expect(joined(pieces.map(({ bytes }) => bytes))).toEqual(Buffer.from(textOf(pieces)));
    },
  );

  test("of a stop token are none", () => {
    const ids = tokenizer.encode("\u4f60");
    const pieces = streamed([...ids, 1], { stopIds: [1] }).flat();
    expect(pieces).toHaveLength(ids.length + 1);
    expect(pieces.at(-1)).toMatchObject({ id: 1, text: "", bytes: [] });
    expect(joined(pieces.map(({ bytes }) => bytes)).toString()).toBe("\u4f60");
  });

  test("of a character that was not completed are the tokens' own", () => {
    const ids = tokenizer.encode("\u{1f600}").slice(0, 2);
    const pieces = streamed(ids).flat();
    expect(textOf(pieces)).toBe("\uFFFD");
    expect(joined(pieces.map(({ bytes }) => bytes))).toEqual(Buffer.from([0xf0, 0x9f]));
  });
});

describe("an answer", () => {
  const messages = [{ role: "user", content: TEXT }];
  const chat = (more: object): Promise<Response> =>
    door.post("/chat/completions", {
      model: "tiny",
      messages,
      max_tokens: 60,
      temperature: 1,
      seed: 3,
      logprobs: true,
      top_logprobs: 2,
      ...more,
    });

  test("of a chat has its content's bytes, whole and as a stream", async () => {
    const whole = Chat.parse(await (await chat({})).json()).choices[0];
    const tokens = whole?.logprobs?.content ?? [];
    const content = whole?.message?.content ?? "";
    expect(content).not.toBe("");
    expect(joined(tokens.map(({ bytes }) => bytes)).toString()).toBe(content);
    // What failed: every part of a character had the bytes of U+FFFD.
    const parts = tokens.filter(({ token }) => token === "\uFFFD");
    expect(parts.length).toBeGreaterThan(0);
    for (const { bytes } of parts) expect(bytes).toHaveLength(1);

    const text = await (await chat({ stream: true })).text();
    const chunks = text
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"))
      .map((event) => Chat.parse(JSON.parse(event.slice(6))).choices[0]);
    const streamedTokens = chunks.flatMap((chunk) => chunk?.logprobs?.content ?? []);
    expect(streamedTokens).toEqual(tokens);
    for (const chunk of chunks) {
      const own = (chunk?.logprobs?.content ?? []).map(({ bytes }) => bytes);
      expect(joined(own).toString()).toBe(chunk?.delta?.content ?? "");
    }
  });

  test.each([true, false])("echoes the prompt as it was given (stream: %s)", async (stream) => {
    const body = { model: "tiny", prompt: TEXT, echo: true, logprobs: 1, max_tokens: 1, stream };
    const response = await (await door.post("/completions", body)).text();
    const events = stream
      ? response.split("\n\n").flatMap((event) => /^data: (\{.*)/.exec(event)?.[1] ?? [])
      : [response];
    const choices = events.flatMap((event) => Completion.parse(JSON.parse(event)).choices);
    const text = choices.map((choice) => choice.text).join("");
    expect(text.startsWith(TEXT)).toBe(true);
    const tokens = choices.flatMap((choice) => choice.logprobs?.tokens ?? []);
    const bytes = tokens.map((token) => [...latin1(token)]);
    expect(joined(bytes).toString().startsWith(TEXT)).toBe(true);
    // Offsets count characters, as Python's strings do.
    const offsets = choices.flatMap((choice) => choice.logprobs?.text_offset ?? []);
    expect(offsets.at(-1)).toBe(Array.from(TEXT).length);
  });
});

/** The bytes of a token as completions spell it: parts of characters as `bytes:\xf0`. */
function latin1(token: string): Buffer {
  if (!token.startsWith("bytes:")) return Buffer.from(token);
  return Buffer.from(token.slice(6).replaceAll(String.raw`\x`, ""), "hex");
}
