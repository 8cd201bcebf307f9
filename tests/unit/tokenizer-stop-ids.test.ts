import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadTokenizer, type Tokenizer } from "#main/core/text/tokenizer.ts";
import { stopIds, turnEndId } from "#main/core/text/templates/stop-ids.ts";
import { formatFixture, readTemplates } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const CHATML =
  "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";

/** The small Qwen tokenizer with another eos and a template of the test's own. */
function tokenizerWith(template: string | undefined, eos: string): Tokenizer {
  const folder = temporaryFolder();
  cpSync(formatFixture("qwen"), folder, { recursive: true });
  const file = join(folder, "tokenizer_config.json");
  const config = z.looseObject({}).parse(JSON.parse(readFileSync(file, "utf8")));
  const { chat_template: _, ...rest } = config;
  writeFileSync(file, JSON.stringify({ ...rest, eos_token: eos }));
  if (template !== undefined) writeFileSync(join(folder, "chat_template.jinja"), template);
  return loadTokenizer(folder);
}

test("a base whose eos is another token stops where its template ends a turn, and at its eos", () => {
  const tokenizer = tokenizerWith(CHATML, "<|endoftext|>");
  const [end, eos] = [tokenizer.idOf("<|im_end|>"), tokenizer.idOf("<|endoftext|>")];
  expect(turnEndId(tokenizer)).toBe(end);
  expect(stopIds(tokenizer, [7])).toEqual([eos, 7, end]);
});

test("white space between an answer and its end does not hide the end", () => {
  const spaced = CHATML.replace("<|im_end|>", "\n <|im_end|>");
  const tokenizer = tokenizerWith(spaced, "<|endoftext|>");
  expect(turnEndId(tokenizer)).toBe(tokenizer.idOf("<|im_end|>"));
});

test("a template that ends turns in plain text, or refuses, or is not there adds no stop", () => {
  const eos = "<|endoftext|>";
  const plain = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}";
  for (const template of [plain, "{{ raise_exception('no') }}", undefined]) {
    const tokenizer = tokenizerWith(template, eos);
    expect(turnEndId(tokenizer)).toBeUndefined();
    expect(stopIds(tokenizer, [])).toEqual([tokenizer.idOf(eos)]);
  }
});

// "marked inside words" ends its turns in plain text.
const ending = Object.entries(readTemplates()).filter(([name]) => name !== "marked inside words");

test.each(ending)("the %s template's turns end in a token", (_, [base, text]) => {
  const folder = temporaryFolder();
  cpSync(formatFixture(base), folder, { recursive: true });
  writeFileSync(join(folder, "chat_template.jinja"), text);
  const tokenizer = loadTokenizer(folder);
  const end = turnEndId(tokenizer);
  expect(["<|im_end|>", "<|eot_id|>", "</s>", "<|endoftext|>"]).toContain(
    tokenizer.tokenOf(end ?? -1),
  );
});
