import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  encodeWithAssistantMask,
  hasGenerationMarks,
} from "#main/core/text/templates/assistant-mask.ts";
import {
  type ChatMessage,
  encodeChat,
  renderChat,
} from "#main/core/text/templates/chat-template.ts";
import { loadTokenizer, type Tokenizer } from "#main/core/text/tokenizer.ts";
import { formatFixture, readExpected, readTemplates } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const expected = readExpected();
const templates = readTemplates();
const loaded = new Map<string, Tokenizer>();

/** The named fixture template's tokenizer with that template as its own. */
function tokenizerWith(name: string): Tokenizer {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const [base, template] = templates[name] ?? ["", ""];
  const tokenizer = withTemplate(base, template);
  loaded.set(name, tokenizer);
  return tokenizer;
}

function withTemplate(base: string, template: string): Tokenizer {
  const folder = temporaryFolder();
  cpSync(formatFixture(base), folder, { recursive: true });
  writeFileSync(join(folder, "chat_template.jinja"), template);
  return loadTokenizer(folder);
}

/** The text of each run of masked tokens. */
function maskedText(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  turns: "all" | "last" = "all",
): string[] {
  const { ids, mask } = encodeWithAssistantMask(tokenizer, messages, { turns });
  const runs: number[][] = [];
  for (const [i, id] of ids.entries()) {
    if (mask[i] !== 1) continue;
    if (mask[i - 1] === 1) runs.at(-1)?.push(id);
    else runs.push([id]);
  }
  return runs.map((run) => tokenizer.decode(run));
}

describe.each(Object.keys(templates))("the %s template", (name) => {
  const tokenizer = tokenizerWith(name);
  const cases = expected.chats.filter((chat) => chat.template === name);

  test("gives transformers' text and ids for every conversation", () => {
    expect(cases.length).toBe(14);
    for (const chat of cases.filter(({ error }) => error === undefined)) {
      const messages = expected.conversations[chat.conversation] ?? [];
      const options = { addGenerationPrompt: chat.add_generation_prompt };
      expect(renderChat(tokenizer, messages, options)).toBe(chat.text);
      expect(encodeChat(tokenizer, messages, options)).toEqual(chat.ids);
    }
  });
});

test("conversations that a template refuses are refused with its own words", () => {
  const refused = expected.chats.filter(({ error }) => error !== undefined);
  expect(refused.length).toBe(4);
  for (const { template, conversation, error } of refused) {
    const messages = expected.conversations[conversation] ?? [];
    expect(() => renderChat(tokenizerWith(template), messages)).toThrow(
      expect.objectContaining({
        code: "BAD_INPUT",
        message: expect.stringContaining(error ?? "?"),
      }),
    );
  }
});

test("with generation marks, the mask is transformers' token for token", () => {
  const masked = expected.chats.filter((chat) => chat.mask?.includes(1));
  // Three marked templates with six conversations that have an assistant's turn.
  expect(masked.length).toBe(18);
  for (const chat of masked) {
    const messages = expected.conversations[chat.conversation] ?? [];
    const { ids, mask } = encodeWithAssistantMask(tokenizerWith(chat.template), messages);
    expect(ids).toEqual(chat.ids);
    expect(mask).toEqual(chat.mask);
  }
});

const twoTurns = expected.conversations["three turns"] ?? [];

describe("without generation marks", () => {
  test("each answer and its end-of-turn token are masked, the line break after it is not", () => {
    expect(maskedText(tokenizerWith("chatml"), twoTurns)).toEqual([
      "¡Olé! 😀<|im_end|>",
      "  spaced\nlines  <|im_end|>",
    ]);
    expect(maskedText(tokenizerWith("headers"), twoTurns)).toEqual([
      "¡Olé! 😀<|im_end|>",
      "spaced\nlines<|im_end|>",
    ]);
  });

  test("a text that a tokenizer does not spell byte by byte is masked by its tokens", () => {
    // The template puts a space before the answer and one before </s>; both belong to the assistant's turn.
    const masked = maskedText(tokenizerWith("instructions"), [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "The answer" },
    ]);
    expect(masked).toEqual([" The answer </s>".trimStart()]);
  });

  test("a decomposed character, which the tokenizer composes, does not shift the mask", () => {
    const messages = [
      { role: "user", content: "cafe\u0301" },
      { role: "assistant", content: "re\u0301sume\u0301" },
    ];
    expect(maskedText(tokenizerWith("chatml"), messages)).toEqual(["r\u00E9sum\u00E9<|im_end|>"]);
  });

  test("a template that rewrites earlier turns is refused, with what to do", () => {
    const messages = expected.conversations["thinking"] ?? [];
    expect(() => encodeWithAssistantMask(tokenizerWith("thinking"), messages)).toThrow(
      expect.objectContaining({
        code: "BAD_TOKENIZER",
        message: expect.stringContaining("rewrites earlier turns"),
        advice: expect.stringContaining("last answer"),
      }),
    );
  });

  test("the last turn alone can be masked where earlier ones are rewritten", () => {
    const messages = expected.conversations["thinking"] ?? [];
    expect(maskedText(tokenizerWith("thinking"), messages, "last")).toEqual([
      "<think>\none more\n</think>\n\n43<|im_end|>",
    ]);
  });

  const CUTS = `{% for m in messages %}{% set c = m.content %}{% if '</think>' in c %}{% set c = c.split('</think>')[-1] %}{% endif %}<|im_start|>{{ m.role }}
MARK{{ c }}<|im_end|>ENDMARK{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;
  const thought = [
    { role: "user", content: "What is 2+3?" },
    { role: "assistant", content: "<think>\nTwo and three make five.\n</think>\n\n5" },
  ];

  test.each([
    ["the last answer", thought],
    ["an earlier answer", [...thought, ...twoTurns]],
    // The opening of the answer is the template's, as with DeepSeek-R1-Distill.
    ["an opening that is written for the model", thought, "<think>\n"],
  ])(
    "a template that cuts %s before </think> is refused without marks",
    (_, messages, open = "") => {
      const template = CUTS.replace("ENDMARK", "").replace("MARK", "");
      const tokenizer = withTemplate(
        "smollm",
        template.replace("assistant\n{%", `assistant\n${open}{%`),
      );
      expect(() => encodeWithAssistantMask(tokenizer, messages)).toThrow(
        expect.objectContaining({
          code: "BAD_TOKENIZER",
          message: expect.stringContaining("leaves out what the assistant writes before </think>"),
        }),
      );
    },
  );

  test("with marks a cut is meant, and told", () => {
    const marked = CUTS.replace("ENDMARK", "{% endgeneration %}").replace(
      "MARK",
      "{% generation %}",
    );
    const tokenizer = withTemplate("smollm", marked);
    expect(encodeWithAssistantMask(tokenizer, thought).leftOut).toEqual([1]);
    expect(encodeWithAssistantMask(tokenizer, twoTurns).leftOut).toEqual([]);
  });

  test("roles that a template leaves out are told", () => {
    const template =
      "{% for m in messages %}{% if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    const system = { role: "system", content: "Be brief." };
    const { leftOut } = encodeWithAssistantMask(withTemplate("smollm", template), [
      system,
      ...twoTurns,
    ]);
    expect(leftOut).toEqual([0]);
  });

  test("marks and no marks agree on the same layout", () => {
    const marked = tokenizerWith("chatml marked tight");
    const unmarked = withTemplate(
      "smollm",
      (templates["chatml marked tight"]?.[1] ?? "").replace(
        /\{%- (end)?generation -?%\}/g,
        "{%- if true %}{% endif -%}",
      ),
    );
    expect(hasGenerationMarks(unmarked.chatTemplate ?? "")).toBe(false);
    expect(encodeWithAssistantMask(unmarked, twoTurns)).toEqual(
      encodeWithAssistantMask(marked, twoTurns),
    );
  });
});

test("the last turn alone can be masked with generation marks", () => {
  expect(maskedText(tokenizerWith("chatml marked tight"), twoTurns, "last")).toEqual([
    "  spaced\nlines  <|im_end|>",
  ]);
});

test.each(["chatml marked tight", "chatml"])(
  "an answer that is not trained on is not masked, the others are (%s)",
  (name) => {
    const tokenizer = tokenizerWith(name);
    const [question, answer] = [
      { role: "user", content: "q" },
      { role: "assistant", content: "first" },
    ];
    const rest = [
      { role: "user", content: "r" },
      { role: "assistant", content: "second" },
    ];
    expect(maskedText(tokenizer, [question, { ...answer, trained: false }, ...rest])).toEqual(
      maskedText(tokenizer, [question, answer, ...rest]).slice(1),
    );
  },
);

test("messages with the characters that mark spans are masked all the same", () => {
  const messages = [
    { role: "user", content: "\uFDD0 \uFDD1" },
    { role: "assistant", content: "a\uFDD0b" },
  ];
  expect(maskedText(tokenizerWith("chatml marked tight"), messages)).toEqual([
    "a\uFDD0b<|im_end|>",
  ]);
});

test("a conversation without an answer is refused instead of masked with zeros", () => {
  for (const name of ["chatml", "chatml marked"]) {
    expect(() =>
      encodeWithAssistantMask(tokenizerWith(name), [{ role: "user", content: "hi" }]),
    ).toThrow(
      expect.objectContaining({
        code: "BAD_INPUT",
        message: expect.stringContaining("no assistant message"),
      }),
    );
  }
});

test("marks that leave the answers out are refused instead of masked with zeros", () => {
  const tokenizer = withTemplate(
    "smollm",
    "{% for m in messages %}{{ m.content }}{% generation %}{% endgeneration %}<|im_end|>{% endfor %}",
  );
  expect(() => encodeWithAssistantMask(tokenizer, twoTurns)).toThrow(
    expect.objectContaining({
      code: "BAD_TOKENIZER",
      message: expect.stringContaining("marks no token"),
    }),
  );
});

test("a tokenizer without a template works until a conversation is asked for, then says what to do", () => {
  const tokenizer = loadTokenizer(formatFixture("smollm"));
  expect(tokenizer.hasChatTemplate).toBe(false);
  expect(tokenizer.decode(tokenizer.encode("plain text"))).toBe("plain text");
  for (const ask of [
    () => renderChat(tokenizer, twoTurns),
    () => encodeWithAssistantMask(tokenizer, twoTurns),
  ]) {
    expect(ask).toThrow(
      expect.objectContaining({
        code: "BAD_TOKENIZER",
        message: expect.stringContaining("no chat template"),
        advice: expect.stringContaining("plain prompts"),
      }),
    );
  }
});

test("a template's line breaks are read as Jinja2 reads them, whatever system they were written on", () => {
  const lines = [
    "{% for message in messages %}",
    "{{ message.role }}:",
    "{{ message.content }}",
    "",
  ];
  const messages = [{ role: "user", content: "a\r\nb" }];
  const texts = ["\n", "\r\n", "\r"].map((end) =>
    renderChat(withTemplate("qwen", lines.join(end) + "{% endfor %}" + end), messages),
  );
  // The message keeps its own.
  expect(texts).toEqual(Array(3).fill("user:\na\r\nb\n"));
});

test("a template that is no Jinja is refused with its place", () => {
  const tokenizer = withTemplate("smollm", "{% for m in messages %}{{ m.content }");
  expect(() => renderChat(tokenizer, twoTurns)).toThrow(
    expect.objectContaining({ code: "BAD_TOKENIZER" }),
  );
});

test("the caller's variables reach the template", () => {
  const tokenizer = tokenizerWith("headers");
  const question = [{ role: "user", content: "hi" }];
  expect(renderChat(tokenizer, question, { variables: { date_string: "02 Feb 2026" } })).toContain(
    "Today: 02 Feb 2026",
  );
  expect(
    renderChat(tokenizerWith("thinking"), question, {
      addGenerationPrompt: true,
      variables: { enable_thinking: false },
    }),
  ).toMatch(/<think>\n\n<\/think>\n\n$/);
});

test("the built-in model learns from its answers and their end, and from nothing else", () => {
  const tokenizer = loadTokenizer(join(import.meta.dirname, "../../assets/models/gradus-base"));
  const messages = [
    { role: "system", content: "Work it out." },
    { role: "user", content: "2 + 2?" },
    { role: "assistant", content: "<think>\n2 + 2 = 4\n</think>\n<answer>4</answer>" },
    { role: "user", content: "And 3?" },
    { role: "assistant", content: "<answer>3</answer>" },
  ];
  expect(maskedText(tokenizer, messages)).toEqual([
    "<think>\n2 + 2 = 4\n</think>\n<answer>4</answer><|end|>",
    "<answer>3</answer><|end|>",
  ]);
});
