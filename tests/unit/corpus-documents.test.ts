import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, test } from "vitest";
import { baseDocument, isLeftOut } from "#main/core/corpus/base-corpus.ts";
import { trainTokenizer } from "#main/core/corpus/train-tokenizer.ts";
import { Random } from "#main/platform/random.ts";

const ASSETS = join(import.meta.dirname, "../../assets/models");

function documentsOf(seed: number, count: number): string[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => baseDocument(random));
}

function shareOf(documents: readonly string[], pattern: RegExp): number {
  return documents.filter((text) => pattern.test(text)).length / documents.length;
}

describe("the base corpus", () => {
  const documents = documentsOf(1, 20_000);

  test("is the same for the same seed", () => {
    expect(documentsOf(1, 100)).toEqual(documents.slice(0, 100));
    expect(documentsOf(2, 100)).not.toEqual(documents.slice(0, 100));
  });

  test("never puts the tags around a sum", () => {
    const tagged = documents.filter((text) => text.includes("<think>"));
    expect(tagged.length).toBeGreaterThan(800);
    expect(tagged.filter((text) => /\d/.test(text))).toEqual([]);
  });

  test("asks no chain that it leaves out", () => {
    const asked =
      /(?:What is |Work out |Compute |Find |Read |Problem: |<\|user\|>)(\d+(?:[+-]\d+)+)/;
    const ids = documents.flatMap((text) => {
      const expression = asked.exec(text)?.[1];
      return expression === undefined ? [] : [`arithmetic/${expression}`];
    });
    expect(ids.length).toBeGreaterThan(6000);
    expect(ids.filter(isLeftOut)).toEqual([]);
  });

  test("has every kind of document in about the recipe's share", () => {
    // of the 95% that are not tagged: facts 0.25, textbook 0.15, copies 0.08, chat 0.27
    expect(shareOf(documents, /<think>/)).toBeCloseTo(0.05, 2);
    expect(shareOf(documents, /^Problem:/)).toBeCloseTo(0.95 * 0.15, 2);
    expect(shareOf(documents, /^\d+[+-]\d+=\d+(\n\d+[+-]\d+=\d+)+$/)).toBeCloseTo(0.95 * 0.25, 1);
    expect(shareOf(documents, /^(?:List|Read)/)).toBeCloseTo(0.95 * 0.08, 2);
    expect(shareOf(documents, /^<\|user\|>/)).toBeCloseTo(0.05 + 0.95 * 0.27, 1);
  });

  test("works only chains of two and three numbers, with about four slips in a hundred steps", () => {
    const steps = documents
      .filter((text) => text.startsWith("Problem:"))
      .flatMap((text) => Array.from(text.matchAll(/(\d+)([+-])(\d+)=(\d+)/g)));
    const slips = steps.filter(([, a, operator, b, result]) => {
      const exact = operator === "+" ? Number(a) + Number(b) : Math.max(0, Number(a) - Number(b));
      return exact !== Number(result);
    });
    // a slip draws a digit at random half of the time, and one such draw in ten changes nothing
    expect(slips.length / steps.length).toBeCloseTo(0.04 * 0.95, 2);
    const worked = documents.filter(
      (text) => text.startsWith("Problem:") && /\d+([+-]\d+){3,}/.test(text),
    );
    expect(worked).toEqual([]);
  });
});

describe("the built-in tokenizer", () => {
  const trained = trainTokenizer();
  const tokenizer = new Tokenizer(
    JSON.parse(trained.tokenizerJson),
    JSON.parse(trained.tokenizerConfigJson),
  );

  test("is what the training gives, in every built-in model", () => {
    for (const model of ["gradus-base", "gradus-student"]) {
      expect(readFileSync(join(ASSETS, model, "tokenizer.json"), "utf8")).toBe(
        trained.tokenizerJson,
      );
      expect(readFileSync(join(ASSETS, model, "tokenizer_config.json"), "utf8")).toBe(
        trained.tokenizerConfigJson,
      );
    }
  });

  test("has 768 entries with the special ones first", () => {
    expect(trained.vocabularySize).toBe(768);
    const tokens = [
      "<|pad|>",
      "<|end|>",
      "<|user|>",
      "<|assistant|>",
      "<think>",
      "</think>",
      "<answer>",
      "</answer>",
    ];
    expect(tokenizer.encode(tokens.join("")).ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("writes a worked sum with one token a character, word and tag", () => {
    const text =
      "<|user|>What is 47+38-12?<|assistant|><think>\n47+38=85\n85-12=73\n</think>\n<answer>73</answer><|end|>";
    const tokens =
      "<|user|> What Ġis Ġ 4 7 + 3 8 - 1 2 ? <|assistant|> <think> Ċ 4 7 + 3 8 = 8 5 Ċ 8 5 - 1 2 = 7 3 Ċ </think> Ċ <answer> 7 3 </answer> <|end|>";
    expect(tokenizer.encode(text).tokens).toEqual(tokens.split(" "));
  });

  test("gives every text back", () => {
    const texts = [
      ...documentsOf(9, 500),
      "héllo — “quotes” 日本語 😀\n\n  x\t y 12345 don't",
      " \r\n \n a",
    ];
    expect(texts.map((text) => tokenizer.decode(tokenizer.encode(text).ids))).toEqual(texts);
  });

  test("keeps the tags and drops the turns' marks when special tokens are skipped", () => {
    const { ids } = tokenizer.encode("<think>\na\n</think>\n<answer>b</answer><|end|>");
    expect(tokenizer.decode(ids, { skip_special_tokens: true })).toBe(
      "<think>\na\n</think>\n<answer>b</answer>",
    );
  });

  test("has a chat template that puts the stop token after each answer", () => {
    const config: { chat_template: string } = JSON.parse(trained.tokenizerConfigJson);
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "What is 2+3?" },
      { role: "assistant", content: "It is 5." },
      { role: "user", content: "And 2+4?" },
    ];
    expect(
      new Template(config.chat_template).render({ messages, add_generation_prompt: true }),
    ).toBe(
      "Be brief.\n<|user|>What is 2+3?<|assistant|>It is 5.<|end|><|user|>And 2+4?<|assistant|>",
    );
  });
});
