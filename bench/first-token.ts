/**
 * A served model's first answer, in a process of its own: prints {launch, warm}, the seconds from the start of this
 * process to the first token of a first question, and from a second question to its first token.
 *
 *   node bench/first-token.ts MODEL FOLDER
 */
import { performance } from "node:perf_hooks";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { CompletionServer } from "#main/engine/inference/completion-server.ts";
import { encodeChat } from "#main/core/text/templates/chat-template.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { openEngine } from "./engine.ts";
import { QUESTIONS } from "./rows.ts";

const folder = process.argv[2] ?? "";
const runtime = await openEngine();
const model = loadLanguageModel(runtime, folder);
const tokenizer = loadTokenizer(folder);
const server = new CompletionServer(runtime, model, tokenizer);
void server.run();

/** Resolves with the clock's time at the first token. */
function ask(content: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let first: number | undefined;
    server.submit(
      {
        promptIds: encodeChat(tokenizer, [{ role: "user", content }], {
          addGenerationPrompt: true,
        }),
        seeds: [1],
        draw: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
        maxNew: 16,
        stopIds: [],
        stopStrings: [],
        alternatives: 0,
        scorePrompt: false,
      },
      {
        prompt: () => undefined,
        pieces: () => (first ??= performance.now()),
        finished: () => resolve(first ?? Number.NaN),
        failed: reject,
      },
    );
  });
}

const launch = (await ask(QUESTIONS[0])) / 1000;
const asked = performance.now();
const warm = ((await ask(QUESTIONS[1])) - asked) / 1000;
process.stdout.write(`${JSON.stringify({ launch, warm })}\n`, () =>
  process.kill(process.pid, "SIGKILL"),
);
