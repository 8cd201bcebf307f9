/** The programs that people use, against the door: OpenAI's client for Python and lm-eval's local-completions. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { logprobsOf } from "../helpers/engine-forward.ts";
import { tinyDoor } from "../helpers/openai-door.ts";
import { findTransformersPython, pythonWith } from "../helpers/python-transformers.ts";
import { lacking } from "../helpers/need.ts";

const SCRIPT = resolve(import.meta.dirname, "../fixtures/openai-clients/check.py");
// lm-eval asks servers with the packages of its extra "api", tenacity among them.
const python = findTransformersPython(["openai", "lm_eval", "tenacity", "transformers"]);

const Answer = z.object({
  models: z.array(z.string()),
  chat: z.array(z.string()),
  chat_tokens: z.array(z.int()),
  usage: z.int(),
  streamed: z.array(z.string()),
  echoed: z.array(z.string()),
  refused: z.array(z.int()),
  loglikelihoods: z.array(z.array(z.number())),
});

const door = python === null ? undefined : await tinyDoor();

test.skipIf(door === undefined)(
  `the openai client and lm-eval run against the door${lacking(pythonWith(python, "openai, lm-eval[api] and transformers"))}`,
  async () => {
    if (python === null || door === undefined) return;
    const tasks = join(door.folder, "tasks");
    mkdirSync(tasks);
    const child = spawn(python, [SCRIPT, door.server.url, "tiny", door.model, tasks], {
      env: { ...process.env, HF_HUB_OFFLINE: "1", TOKENIZERS_PARALLELISM: "false" },
    });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const last = out.trim().split("\n").at(-1) ?? "";
    expect(last.startsWith("{"), err.slice(-3000)).toBe(true);
    const answer = Answer.parse(JSON.parse(last));
    expect(answer).toMatchObject({ models: ["tiny"], refused: [400, 404] });
    expect(answer.streamed).toEqual(answer.chat);
    expect(answer.chat_tokens[0]).toBeGreaterThan(0);
    expect(answer.usage).toBe((answer.chat_tokens[0] ?? 0) + (answer.chat_tokens[1] ?? 0));
    expect(answer.echoed.map((echoed) => echoed.slice(0, 1))).toEqual(["a", "b"]);

    // What lm-eval makes of the answers, beside a forward pass of our own over the same tokens.
    const runtime = await openRuntime({ choice: "tensorflow" });
    const model = loadLanguageModel(runtime, door.model);
    const tokenizer = loadTokenizer(door.model);
    const own = [2, 3, 4].map((a) =>
      [a, a + 1].map((choice) => {
        const question = tokenizer.encode(`What is ${a} + 1?`);
        const whole = tokenizer.encode(`What is ${a} + 1? ${choice}`);
        const [logprobs = []] = logprobsOf(runtime, model, [whole], 1);
        return Array.from(logprobs)
          .slice(question.length - 1)
          .reduce((sum, value) => sum + value, 0);
      }),
    );
    answer.loglikelihoods.forEach((choices, i) => {
      choices.forEach((value, j) => {
        expect(value).toBeCloseTo(own[i]?.[j] ?? Number.NaN, 3);
      });
    });
    model.dispose();
  },
);
