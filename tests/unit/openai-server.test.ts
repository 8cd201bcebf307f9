/** The OpenAI-compatible door, over HTTP, with a real model in a process of its own. */
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { serveOpenAi } from "#main/host/openai/openai-server.ts";
import { tinyDoor } from "../helpers/openai-door.ts";

const door = await tinyDoor();
const { post, server } = door;

const Usage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});
const Text = z.object({
  object: z.literal("text_completion"),
  choices: z.array(
    z.object({
      index: z.int(),
      text: z.string(),
      finish_reason: z.string().nullable(),
      logprobs: z
        .object({
          tokens: z.array(z.string()),
          token_logprobs: z.array(z.number().nullable()),
          top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
          text_offset: z.array(z.int()),
        })
        .nullable(),
    }),
  ),
  usage: Usage.optional(),
});
const Chat = z.object({
  object: z.literal("chat.completion"),
  choices: z.array(
    z.object({
      message: z.object({ role: z.literal("assistant"), content: z.string() }),
      finish_reason: z.string(),
      logprobs: z
        .object({
          content: z.array(
            z.object({
              token: z.string(),
              logprob: z.number(),
              bytes: z.array(z.int()),
              top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number() })),
            }),
          ),
        })
        .nullable(),
    }),
  ),
  usage: Usage,
});
const Chunk = z.object({
  object: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({ role: z.string().optional(), content: z.string().optional() }),
      finish_reason: z.string().nullable(),
    }),
  ),
  usage: Usage.optional(),
});
const Failure = z.object({
  error: z.object({ message: z.string(), type: z.string(), code: z.string().nullable() }),
});

async function text(body: Record<string, unknown>): Promise<z.infer<typeof Text>> {
  const response = await post("/completions", { model: "tiny", max_tokens: 8, seed: 1, ...body });
  return Text.parse(await response.json());
}

async function events(response: Response): Promise<string[]> {
  const all = await response.text();
  return all.split("\n\n").flatMap((event) => (event === "" ? [] : [event.replace("data: ", "")]));
}

async function failure(
  response: Response,
): Promise<{ status: number; message: string; code: string | null }> {
  const { error } = Failure.parse(await response.json());
  return { status: response.status, message: error.message, code: error.code };
}

const MESSAGES = [{ role: "user", content: "2 + 3 = ?" }];

describe("completions", () => {
  test("come for texts, lists of texts, token ids and lists of those, in their order", async () => {
    const ids = [10, 20, 30];
    const one = await text({ prompt: "hello" });
    const many = await text({ prompt: ["hello", "other"], n: 2 });
    expect(many.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(many.choices[0]?.text).toBe(one.choices[0]?.text);
    expect(new Set(many.choices.map((choice) => choice.text)).size).toBe(4);
    const byIds = await text({ prompt: ids });
    const byLists = await text({ prompt: [ids, [40]] });
    expect(byLists.choices[0]?.text).toBe(byIds.choices[0]?.text);
    expect(byIds.usage).toEqual({ prompt_tokens: 3, completion_tokens: 8, total_tokens: 11 });
  });

  test("are the same for the same seed, whoever else asks, and differ by seed", async () => {
    const ask = async (seed: number): Promise<string | undefined> =>
      (await text({ prompt: "again", seed })).choices[0]?.text;
    const alone = await ask(5);
    const crowd = await Promise.all([6, 5, 7, 8, 9].map(ask));
    expect(crowd[1]).toBe(alone);
    expect(new Set(crowd).size).toBe(5);
  });

  test("echo a prompt with its log-probabilities, and greedy tokens are the best of their place", async () => {
    const { choices } = await text({
      prompt: [11, 12, 13, 14],
      echo: true,
      logprobs: 2,
      max_tokens: 1,
      temperature: 0,
    });
    const logprobs = choices[0]?.logprobs;
    expect(logprobs?.tokens).toHaveLength(5);
    expect(logprobs?.token_logprobs[0]).toBeNull();
    expect(logprobs?.top_logprobs[0]).toBeNull();
    const last = logprobs?.top_logprobs[4] ?? {};
    expect(logprobs?.token_logprobs[4]).toBe(Math.max(...Object.values(last)));
    expect(choices[0]?.text.startsWith((logprobs?.tokens ?? []).slice(0, 4).join(""))).toBe(true);
  });

  test("score a prompt without sampling where max_tokens is 0", async () => {
    const scored = await text({ prompt: [11, 12, 13], echo: true, logprobs: 1, max_tokens: 0 });
    expect(scored.choices[0]?.logprobs?.token_logprobs).toHaveLength(3);
    expect(scored.usage?.completion_tokens).toBe(0);
    const withToken = await text({ prompt: [11, 12, 13], echo: true, logprobs: 1, max_tokens: 1 });
    expect(withToken.choices[0]?.logprobs?.token_logprobs.slice(0, 3)).toEqual(
      scored.choices[0]?.logprobs?.token_logprobs,
    );
  });

  test("end before a stop string", async () => {
    const whole = (await text({ prompt: "stop", max_tokens: 20 })).choices[0]?.text ?? "";
    const stop = whole.slice(4, 7);
    const { choices } = await text({ prompt: "stop", max_tokens: 20, stop });
    expect(choices[0]).toMatchObject({
      text: whole.slice(0, whole.indexOf(stop)),
      finish_reason: "stop",
    });
  });
});

describe("chat completions", () => {
  test("come whole, with log-probabilities and alternatives where asked", async () => {
    const response = await post("/chat/completions", {
      model: "tiny",
      messages: MESSAGES,
      max_tokens: 4,
      logprobs: true,
      top_logprobs: 3,
    });
    const { choices, usage } = Chat.parse(await response.json());
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    const content = choices[0]?.logprobs?.content ?? [];
    expect(content).toHaveLength(usage.completion_tokens);
    for (const { token, bytes, top_logprobs: top } of content) {
      // A special token is named, and writes nothing: the bytes add up to the text.
      const written = /^<\|.*\|>$/u.test(token) ? "" : token;
      expect(Buffer.from(bytes).toString("utf8")).toBe(written);
      expect(top).toHaveLength(3);
    }
  });

  test("come as a stream that adds up to the whole, and ends with the count", async () => {
    const body = { model: "tiny", messages: MESSAGES, max_tokens: 12, seed: 3 };
    const whole = Chat.parse(await (await post("/chat/completions", body)).json());
    const response = await post("/chat/completions", {
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const sent = await events(response);
    expect(sent.at(-1)).toBe("[DONE]");
    const chunks = sent.slice(0, -1).map((event) => Chunk.parse(JSON.parse(event)));
    expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
    const streamed = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    expect(streamed).toBe(whole.choices[0]?.message.content);
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("length");
  });

  test("stop costing the model anything once the client is gone", async () => {
    const abort = new AbortController();
    const response = await fetch(`${server.url}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "tiny",
        messages: MESSAGES,
        max_tokens: 100,
        n: 4,
        stream: true,
      }),
      signal: abort.signal,
    });
    await response.body?.getReader().read();
    abort.abort();
    // The next answer comes from a batch that the cancelled rows have left.
    await text({ prompt: "after" });
    await expect.poll(() => door.pool.models()[0]?.requests).toBe(0);
  });
});

describe("what cannot be done is refused, not ignored", () => {
  const completion = (body: Record<string, unknown>): Promise<Response> =>
    post("/completions", { model: "tiny", prompt: "x", ...body });

  test.each([
    ["an option that is not known", { typical_p: 0.5 }, 400, /typical_p/],
    ["a penalty that is not there", { presence_penalty: 0.5 }, 400, /presence_penalty/],
    ["a bias", { logit_bias: { "50256": -100 } }, 400, /logit_bias/],
    ["a suffix", { suffix: "end" }, 400, /suffix/],
    ["best_of", { best_of: 3 }, 400, /best_of/],
    ["a wrong type", { temperature: "hot" }, 400, /temperature/],
    ["another model", { model: "gpt" }, 404, /"gpt" does not exist\. There are: tiny/],
    ["a token that is none", { prompt: [100_000] }, 400, /outside the model's vocabulary of 768/],
  ])("%s", async (_, body, status, message) => {
    const refused = await failure(await completion(body));
    expect(refused.status).toBe(status);
    expect(refused.message).toMatch(message);
  });

  test("a prompt beyond the context, by OpenAI's code", async () => {
    const refused = await failure(await completion({ max_tokens: 500 }));
    expect(refused).toMatchObject({ status: 400, code: "context_length_exceeded" });
    expect(refused.message).toContain("context of 128");
  });

  test("tools in a chat", async () => {
    const tools = [{ type: "function", function: { name: "f" } }];
    const response = await post("/chat/completions", { model: "tiny", messages: MESSAGES, tools });
    expect((await failure(response)).message).toContain("tools");
  });
});

describe("the door itself", () => {
  test("lists its models", async () => {
    const list = await (await fetch(`${server.url}/models`)).json();
    const tiny = { id: "tiny", object: "model", created: 1_700_000_000, owned_by: "gradus" };
    expect(list).toEqual({ object: "list", data: [tiny] });
    expect(await (await fetch(`${server.url}/models/tiny`)).json()).toEqual(tiny);
    expect((await fetch(`${server.url}/models/none`)).status).toBe(404);
  });

  test.each([
    ["a page of another site", { origin: "https://example.org" }, 403],
    ["a page that hides its origin", { origin: "null" }, 403],
    ["a form, which cannot say JSON", { "content-type": "text/plain" }, 415],
  ])("refuses %s", async (_, headers, status) => {
    const response = await post("/completions", { model: "tiny", prompt: "x" }, headers);
    expect(response.status).toBe(status);
  });

  test("refuses another name that was made to point here", async () => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const { port } = new URL(server.url);
    request(
      { host: "127.0.0.1", port, path: "/v1/models", headers: { host: `evil.test:${port}` } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    ).end();
    expect(await promise).toBe(403);
  });

  test.each([
    ["something else than JSON", "nonsense", 400],
    ["17 MiB", JSON.stringify({ prompt: "x".repeat(17 * 2 ** 20) }), 413],
  ])("refuses %s", async (_, body, status) => {
    expect((await post("/completions", body)).status).toBe(status);
  });

  test("refuses to listen beyond this machine without a token", async () => {
    const options = { models: { list: () => [], complete: never }, port: 0, reportBug: never };
    await expect(serveOpenAi({ ...options, host: "0.0.0.0" })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      advice: expect.stringContaining("GRADUS_OPENAI_TOKEN"),
    });
  });

  test("with a token answers those who know it", async () => {
    const token = "a token of the test";
    const guarded = await serveOpenAi({
      models: { list: () => [], complete: never },
      host: "0.0.0.0",
      port: 0,
      token,
      reportBug: never,
    });
    const url = guarded.url.replace("0.0.0.0", "127.0.0.1");
    const status = async (authorization?: string): Promise<number> =>
      (
        await fetch(
          `${url}/models`,
          authorization === undefined ? {} : { headers: { authorization } },
        )
      ).status;
    expect(await status()).toBe(401);
    expect(await status("Bearer another")).toBe(401);
    expect(await status(`Bearer ${token}`)).toBe(200);
    await guarded.close();
  });
});

function never(): never {
  throw new Error("not to be called");
}
