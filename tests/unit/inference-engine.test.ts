/** A served model: requests join and leave a running batch, and none notices its neighbours. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import { CompletionServer } from "#main/engine/inference/completion-server.ts";
import type {
  CompletionServerOptions,
  PromptPiece,
  ServerRequest,
} from "#main/engine/inference/completion-server.ts";
import type { CompletionPiece, FinishReason } from "#main/engine/inference/completion-stream.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { logitsOf, logprobsOf } from "../helpers/engine-forward.ts";
import { itemAt, largestDifference } from "../helpers/engine-model.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const folder = mkdtempSync(join(tmpdir(), "gradus-inference-"));
writeTinyModel(folder, 61);
const model = loadLanguageModel(runtime, folder);
const tokenizer = loadTokenizer(folder);
const running: CompletionServer[] = [];
afterAll(() => {
  for (const server of running) server.close();
  rmSync(folder, { recursive: true });
});

const PLAIN: Omit<ServerRequest, "promptIds"> = {
  seeds: [1],
  draw: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  maxNew: 12,
  stopIds: [],
  stopStrings: [],
  alternatives: 0,
  scorePrompt: false,
};

/** Plain functions unless a test asks for XLA: what is tested is who sits where, and they begin at once. */
function newServer(options: CompletionServerOptions = {}): CompletionServer {
  const server = new CompletionServer(runtime, model, tokenizer, { tokensPerCall: 1, ...options });
  running.push(server);
  void server.run();
  return server;
}

type Answer = {
  readonly prompt: readonly PromptPiece[];
  readonly completions: readonly {
    readonly pieces: readonly CompletionPiece[];
    readonly reason: FinishReason;
    readonly tokens: number;
  }[];
};

/** Submits and resolves with everything; `onPieces` hears each delivery. */
function ask(
  server: CompletionServer,
  request: Partial<ServerRequest> & { readonly promptIds: readonly number[] },
  onPieces?: (cancel: () => void) => void,
): Promise<Answer> {
  const whole = { ...PLAIN, ...request };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const pieces: CompletionPiece[][] = whole.seeds.map(() => []);
  const ends: { reason: FinishReason; tokens: number }[] = [];
  let prompt: readonly PromptPiece[] = [];
  let left = whole.maxNew === 0 ? 0 : whole.seeds.length;
  const settle = (): void => {
    if (left > 0 || (whole.scorePrompt && prompt.length === 0)) return;
    resolve({
      prompt,
      completions: ends.map((end, i) => ({ ...end, pieces: pieces[i] ?? [] })),
    });
  };
  const cancel = server.submit(whole, {
    prompt: (scored) => {
      prompt = scored;
      settle();
    },
    pieces: (index, more) => {
      pieces[index]?.push(...more);
      onPieces?.(cancel);
    },
    finished: (index, reason, { tokens }) => {
      ends[index] = { reason, tokens };
      left--;
      settle();
    },
    failed: reject,
  });
  return promise;
}

const idsOf = ({ completions }: Answer, index = 0): number[] =>
  itemAt(completions, index).pieces.map(({ id }) => id);
const textOf = ({ completions }: Answer, index = 0): string =>
  itemAt(completions, index)
    .pieces.map(({ text }) => text)
    .join("");
const prompt = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, i) => 10 + ((seed * 131 + i * 37) % 700));

describe("a served model", () => {
  const server = newServer();

  test("gives each of many requests of different options what it gets alone", async () => {
    const requests = [
      { promptIds: prompt(7, 1), seeds: [3, 4] },
      { promptIds: prompt(30, 2), draw: { ...PLAIN.draw, temperature: 0.7, topP: 0.8 } },
      { promptIds: prompt(3, 3), draw: { ...PLAIN.draw, topK: 5, repetitionPenalty: 1.3 } },
      { promptIds: prompt(12, 4), draw: { ...PLAIN.draw, temperature: 0 }, alternatives: 3 },
      { promptIds: prompt(20, 5), draw: { ...PLAIN.draw, minP: 0.1 }, maxNew: 40 },
    ];
    const alone: number[][] = [];
    for (const request of requests) alone.push(idsOf(await ask(server, request)));
    const together = await Promise.all(requests.map((request) => ask(server, request)));
    expect(together.map((answer) => idsOf(answer))).toEqual(alone);
    expect(new Set(alone.map(String)).size).toBe(requests.length);
  });

  test("lets a longer prompt join rows that decode, and grows its cache for it", async () => {
    const long = { promptIds: prompt(100, 6), maxNew: 20, seeds: [1, 2, 3, 4, 5] };
    const alone = await ask(server, long);
    const fresh = newServer();
    let joined: Promise<Answer> | undefined;
    // The short one decodes for a while in a cache of four rows; the five long ones need sixteen.
    const short = await ask(fresh, { promptIds: prompt(2, 7), maxNew: 60 }, () => {
      joined ??= ask(fresh, long);
    });
    const answer = await joined;
    expect(answer?.completions).toHaveLength(5);
    for (let i = 0; i < 5; i++) {
      expect(answer === undefined ? [] : idsOf(answer, i)).toEqual(idsOf(alone, i));
    }
    expect(idsOf(short)).toEqual(idsOf(await ask(server, { promptIds: prompt(2, 7), maxNew: 60 })));
  });

  test("keeps requests waiting where the cache may not grow, and answers them in order", async () => {
    const tight = newServer({ maxRows: 1 });
    const order: number[] = [];
    const answers = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const answer = await ask(tight, { promptIds: prompt(5, 8), seeds: [seed] });
        order.push(seed);
        return idsOf(answer);
      }),
    );
    expect(order).toEqual([1, 2, 3]);
    const free = await ask(server, { promptIds: prompt(5, 8), seeds: [1, 2, 3] });
    expect(answers).toEqual([0, 1, 2].map((i) => idsOf(free, i)));
  });

  test("gives the model's own log-probabilities whatever the options", async () => {
    const promptIds = prompt(9, 9);
    const answer = await ask(server, {
      promptIds,
      draw: { temperature: 0.5, topK: 40, topP: 0.9, minP: 0, repetitionPenalty: 1.2 },
      alternatives: 4,
    });
    const [full = []] = logprobsOf(runtime, model, [[...promptIds, ...idsOf(answer)]], 1);
    const { pieces } = itemAt(answer.completions, 0);
    const own = pieces.map(({ logprob }) => logprob);
    expect(largestDifference(own, full.slice(promptIds.length - 1))).toBeLessThan(1e-4);
    const logits = logitsOf(runtime, model, [...promptIds, ...idsOf(answer)]);
    pieces.forEach(({ top }, i) => {
      const row = Array.from(itemAt(logits, promptIds.length - 1 + i));
      const ranked = row.map((_, id) => id).sort((a, b) => itemAt(row, b) - itemAt(row, a));
      expect(top?.map(({ id }) => id)).toEqual(ranked.slice(0, 4));
    });
  });

  test("draws what the batch sampler draws for the same seeds", async () => {
    const promptIds = prompt(14, 10);
    const sampler = new Sampler(runtime, model, { maxRows: 4, tokensPerCall: 4 });
    const [sampled = []] = await sampler.generate([{ promptIds, seeds: [21, 22] }], {
      temperature: 0.9,
      top_k: 0,
      top_p: 0.95,
      min_p: 0,
      repetition_penalty: 1,
      max_completion_length: 12,
      stopIds: [],
    });
    sampler.dispose();
    const draw = { ...PLAIN.draw, temperature: 0.9, topP: 0.95 };
    const served = await ask(newServer({ tokensPerCall: 4 }), { promptIds, seeds: [21, 22], draw });
    expect([idsOf(served, 0), idsOf(served, 1)]).toEqual(sampled.map(({ ids }) => ids));
  });

  test("stops at a stop id and leaves its text out", async () => {
    const promptIds = prompt(6, 11);
    const whole = idsOf(await ask(server, { promptIds }));
    const stop = itemAt(whole, 5);
    const answer = await ask(server, { promptIds, stopIds: [stop] });
    const end = whole.indexOf(stop);
    expect(idsOf(answer)).toEqual(whole.slice(0, end + 1));
    expect(answer.completions[0]).toMatchObject({ reason: "stop", tokens: end + 1 });
    expect(answer.completions[0]?.pieces.at(-1)?.text).toBe("");
  });

  test("ends the text before a stop string that spans tokens", async () => {
    const promptIds = prompt(6, 12);
    const whole = textOf(await ask(server, { promptIds, maxNew: 30 }));
    const stop = whole.slice(9, 13);
    const answer = await ask(server, { promptIds, maxNew: 30, stopStrings: ["\u0000", stop] });
    expect(textOf(answer)).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(answer.completions[0]?.reason).toBe("stop");
  });

  test("scores a prompt token by token, with what would have been more likely", async () => {
    const prompts = [prompt(9, 13), prompt(17, 14), prompt(1, 15)];
    const answers = await Promise.all(
      prompts.map((promptIds) =>
        ask(server, { promptIds, maxNew: 0, scorePrompt: true, alternatives: 2 }),
      ),
    );
    // One token alone has nothing before it, and so nothing to compare.
    const full = [...logprobsOf(runtime, model, prompts.slice(0, 2), 1), []];
    answers.forEach(({ prompt: pieces }, i) => {
      expect(pieces.map(({ id }) => id)).toEqual(prompts[i]);
      expect(pieces[0]).toMatchObject({ logprob: null, top: null });
      const own = pieces.slice(1).map(({ logprob }) => logprob ?? Number.NaN);
      expect(own).toHaveLength(itemAt(full, i).length);
      expect(largestDifference(own, itemAt(full, i))).toBeLessThan(1e-4);
      for (const { top, logprob } of pieces.slice(1)) {
        expect(top?.[0]?.logprob).toBeGreaterThanOrEqual(logprob ?? 0);
        expect(top?.[0]?.logprob).toBeGreaterThanOrEqual(top?.[1]?.logprob ?? 0);
      }
    });
  });

  test("hears no more of a request that is cancelled, and goes on with the others", async () => {
    let deliveries = 0;
    const cancelled = ask(server, { promptIds: prompt(4, 16), maxNew: 60 }, (cancel) => {
      deliveries++;
      cancel();
    });
    const other = await ask(server, { promptIds: prompt(4, 17), maxNew: 60 });
    expect(itemAt(other.completions, 0).tokens).toBe(60);
    expect(deliveries).toBe(1);
    expect(server.busy).toBe(false);
    expect(await Promise.race([cancelled, Promise.resolve("nothing")])).toBe("nothing");
  });

  test("refuses what does not fit before anything is computed", () => {
    const listener = { prompt() {}, pieces() {}, finished() {}, failed() {} };
    const submit = (request: Partial<ServerRequest>) => (): unknown =>
      server.submit({ ...PLAIN, promptIds: [5], ...request }, listener);
    expect(submit({ promptIds: prompt(120, 1) })).toThrow(
      expect.objectContaining({
        code: "PROMPT_TOO_LONG",
        message: "A prompt of 120 tokens and 12 new ones do not fit the model's context of 128.",
        advice: "Shorten the prompt, or ask for 8 tokens or fewer.",
      }),
    );
    expect(submit({ promptIds: [] })).toThrow("The prompt has no tokens.");
    expect(submit({ promptIds: [768] })).toThrow("Token 768 is outside the model's vocabulary");
  });
});

test("a server that is closed gives its tensors back", async () => {
  const before = runtime.tensorCount();
  const server = newServer();
  await ask(server, { promptIds: prompt(5, 18), alternatives: 2, scorePrompt: true });
  server.close();
  server.dispose();
  expect(runtime.tensorCount()).toBe(before);
});
