/** Teachers: models in processes of their own and endpoints over HTTP, with what servers do wrong. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { generateCompletions } from "#main/services/endpoints/generate-completions.ts";
import type {
  GenerationEvent,
  GenerationRequest,
} from "#main/services/endpoints/generate-completions.ts";
import { EndpointClient } from "#main/services/endpoints/endpoint-client.ts";
import { createRouter } from "#main/procedures/router.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { tinyDoor } from "../helpers/openai-door.ts";

const door = await tinyDoor({ token: "sesame-of-the-door" });
const forever = new AbortController().signal;

function application(): Application {
  const folder = temporaryFolder();
  const app = new Application({
    workspace: join(folder, "workspace"),
    shell: "cli",
    configFolder: join(folder, "config"),
  });
  onTestFinished(() => app.close());
  return app;
}

function fieldsOf(baseUrl: string, more: Partial<EndpointFields> = {}): EndpointFields {
  return EndpointFields.parse({ name: "Teacher", baseUrl, model: "tiny", ...more });
}

const PROMPTS = ["one", "two", "three"].map((content) => ({
  messages: [{ role: "user" as const, content }],
}));
const ASKED = { prompts: PROMPTS, n: 2, temperature: 1, top_p: 0.95, max_tokens: 10, seed: 4 };

async function all(
  app: Application,
  request: GenerationRequest,
  signal = forever,
): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  for await (const event of generateCompletions(app, request, signal)) events.push(event);
  return events;
}

/** Sample texts by place. */
function texts(events: readonly GenerationEvent[]): Record<string, string> {
  return Object.fromEntries(
    events
      .flatMap((event) =>
        event.type === "sample" ? [[`${event.prompt}:${event.sample}`, event.text] as const] : [],
      )
      .toSorted(([a], [b]) => a.localeCompare(b)),
  );
}

/** A server with a mind of its own: what the real ones do on bad days. */
async function moody(
  answer: (request: IncomingMessage, response: ServerResponse, call: number) => void,
): Promise<string> {
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      answer(request, response, calls++);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1`;
}

/** A client whose waits pass at once and are written down. */
function client(baseUrl: string, key?: string): { client: EndpointClient; waits: number[] } {
  const endpoint: Endpoint = { id: "e", ...fieldsOf(baseUrl), hasKey: true, createdAtMs: 0 };
  const waits: number[] = [];
  let nowMs = 0;
  return {
    waits,
    client: new EndpointClient(endpoint, key, {
      now: () => nowMs,
      sleep: (ms) => {
        waits.push(ms);
        nowMs += ms;
        return Promise.resolve();
      },
      random: () => 0,
    }),
  };
}
const ONE = { prompt: { text: "x" }, temperature: 1, top_p: 1, max_tokens: 4, seed: 1 };

function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

describe("a teacher", () => {
  test("gives the same samples as a model of this machine and over HTTP, and counts them", async () => {
    const app = application();
    const local = await all(app, { ...ASKED, teacher: { model: door.model } });
    const { id } = app.endpoints.save(
      undefined,
      fieldsOf(door.server.url, { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 10 }),
      "sesame-of-the-door",
    );
    const remote = await all(app, { ...ASKED, teacher: { endpointId: id } });
    expect(Object.keys(texts(local))).toHaveLength(6);
    expect(new Set(Object.values(texts(local))).size).toBe(6);
    expect(texts(remote)).toEqual(texts(local));
    for (const event of remote) {
      const { promptTokens, completionTokens, costUsd } = event as Extract<
        GenerationEvent,
        { type: "sample" }
      >;
      expect(costUsd).toBeCloseTo(((promptTokens ?? 0) + 10 * (completionTokens ?? 0)) / 1e6, 12);
    }
    // The machine's cores at the default price, for the time that it took.
    for (const event of local) expect(event).toMatchObject({ costUsd: expect.any(Number) });
  });

  test("is not asked for samples that are there already", async () => {
    const app = application();
    const whole = await all(app, { ...ASKED, teacher: { model: door.model } });
    const skip = new Set(["0:0", "1:1", "2:0", "2:1"]);
    const rest = await all(app, { ...ASKED, skip, teacher: { model: door.model } });
    const left = Object.entries(texts(whole)).filter(([place]) => !skip.has(place));
    expect(texts(rest)).toEqual(Object.fromEntries(left));
  });

  test("refuses one prompt and goes on with the others", async () => {
    const long = { messages: [{ role: "user" as const, content: "a b ".repeat(200) }] };
    const events = await all(application(), {
      ...ASKED,
      n: 1,
      prompts: [long, ...PROMPTS],
      teacher: { model: door.model },
    });
    expect(events.filter(({ type }) => type === "sample")).toHaveLength(3);
    expect(events.find(({ type }) => type === "refused")).toMatchObject({
      prompt: 0,
      error: { code: "PROMPT_TOO_LONG" },
    });
  });

  test("is asked for nothing that might pass the budget", async () => {
    const app = application();
    const { id } = app.endpoints.save(
      undefined,
      fieldsOf(door.server.url, {
        usdPerMillionInputTokens: 0,
        usdPerMillionOutputTokens: 1e5,
        requestsAtOnce: 2,
      }),
      "sesame-of-the-door",
    );
    // 10 tokens at 0.1 dollars each: a sample costs 1 dollar at most.
    const request = { ...ASKED, teacher: { endpointId: id } };
    const events = await all(app, { ...request, budgetUsd: 2.5 });
    const spent = events.reduce(
      (sum, event) => sum + (event.type === "sample" ? (event.costUsd ?? 0) : 0),
      0,
    );
    expect(spent).toBeLessThanOrEqual(2.5);
    const samples = events.filter(({ type }) => type === "sample").length;
    expect(samples).toBeGreaterThanOrEqual(2);
    expect(events.at(-1)).toEqual({ type: "budget", left: 6 - samples });
    expect(await all(app, { ...request, budgetUsd: 0.5 })).toEqual([{ type: "budget", left: 6 }]);
  });

  test("is left alone once it is cancelled", async () => {
    const abort = new AbortController();
    const events = generateCompletions(
      application(),
      { ...ASKED, n: 20, teacher: { model: door.model } },
      abort.signal,
    );
    await events.next();
    abort.abort(new Error("enough"));
    await expect(async () => {
      for await (const event of events) expect(event.type).toBe("sample");
    }).rejects.toThrow("enough");
  });

  test.each([{ model: "no-such-model" }, { endpointId: "no-such-endpoint" }])(
    "that is not there is an error that says so (%o)",
    async (teacher) => {
      await expect(all(application(), { ...ASKED, teacher })).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    },
  );
});

describe("an endpoint", () => {
  test("that is busy is asked again when it says so, by all at once", async () => {
    const url = await moody((_, response, call) => {
      if (call === 0) json(response, 429, { error: { message: "slow" } }, { "retry-after": "7" });
      else if (call === 1) json(response, 503, {});
      else json(response, 200, { choices: [{ text: "done", finish_reason: "stop" }] });
    });
    const { client: asked, waits } = client(url);
    expect(await asked.complete(ONE, forever)).toMatchObject({ text: "done", promptTokens: null });
    // What the server asked; then 2 s for the second attempt, halved by the draw of 0.
    expect(waits).toEqual([7000, 1000]);
  });

  test("that stays busy is given up, with its words", async () => {
    const url = await moody((_, response) => json(response, 500, { error: "the GPU is on fire" }));
    const { client: asked, waits } = client(url);
    await expect(asked.complete(ONE, forever)).rejects.toMatchObject({
      code: "ENGINE_ERROR",
      message: "Teacher: Teacher answered 500: the GPU is on fire.",
    });
    expect(waits).toHaveLength(5);
  });

  test.each([
    [401, "NOT_ALLOWED"],
    [404, "NOT_FOUND"],
    [400, "BAD_INPUT"],
  ])("that answers %d is not asked again, and its words show no key", async (status, code) => {
    const key = "an unusual key 123";
    const url = await moody((request, response) => {
      json(response, status, { error: { message: `you sent ${request.headers.authorization}` } });
    });
    const { client: asked, waits } = client(url, key);
    const error: unknown = await asked.complete(ONE, forever).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain(key);
    expect(waits).toEqual([]);
  });

  test("that streams its reasoning apart is read part by part", async () => {
    const url = await moody((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const parts = [
        { delta: { role: "assistant", reasoning_content: "hm" } },
        { delta: { content: "4" } },
        { delta: { content: "2" }, finish_reason: "length" },
      ];
      for (const part of parts) response.write(`data: ${JSON.stringify({ choices: [part] })}\n\n`);
      const usage = { prompt_tokens: 3, completion_tokens: 2 };
      response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
    });
    const chat = { ...ONE, prompt: { messages: [{ role: "user" as const, content: "?" }] } };
    expect(await client(url).client.complete(chat, forever)).toEqual({
      text: "42",
      reasoning: "hm",
      finishReason: "length",
      promptTokens: 3,
      completionTokens: 2,
    });
  });

  test("that wants the limit by its newer name gets it so", async () => {
    const url = await moody((_, response, call) => {
      const error = { message: "Use 'max_completion_tokens' instead." };
      if (call === 0) json(response, 400, { error });
      else json(response, 200, { choices: [{ message: { content: "ok" } }] });
    });
    const chat = { ...ONE, prompt: { messages: [{ role: "user" as const, content: "?" }] } };
    expect((await client(url).client.complete(chat, forever)).text).toBe("ok");
  });

  test("that sends the key elsewhere by a redirect is not followed", async () => {
    let asked = 0;
    const elsewhere = await moody((_, response) => {
      asked++;
      json(response, 200, {});
    });
    const url = await moody((_, response) => {
      response.writeHead(307, { location: `${elsewhere}/completions` }).end();
    });
    await expect(client(url, "key").client.complete(ONE, forever)).rejects.toMatchObject({
      code: "ENGINE_ERROR",
    });
    expect(asked).toBe(0);
  });

  test("that answers with a page says where to look", async () => {
    const url = await moody((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>hello</html>");
    });
    await expect(client(url).client.complete(ONE, forever)).rejects.toMatchObject({
      message: "Teacher: Its answer is not in OpenAI's form.",
      advice: "Check the base URL: it usually ends in /v1.",
    });
  });

  test("is tried out by its procedure", async () => {
    const app = application();
    const api = createRouterClient(createRouter(app), { context: {} });
    const fields = fieldsOf(door.server.url);
    const wrong = await api.endpoints.save({ fields, key: "wrong" });
    await expect(api.endpoints.test({ endpointId: wrong.id })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    const { id: endpointId } = await api.endpoints.save({
      endpointId: wrong.id,
      fields,
      key: "sesame-of-the-door",
    });
    expect((await api.endpoints.test({ endpointId })).tokens).toBeGreaterThan(0);
  });
});
