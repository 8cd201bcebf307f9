/** What hostile and careless programs send to the OpenAI-compatible door: refused in words, and nobody else notices. */
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { InferenceOptions } from "#shared/schema/inference.ts";
import type { InferencePrompt } from "#shared/schema/inference.ts";
import { tinyDoor } from "../helpers/openai-door.ts";

const door = await tinyDoor();
const { post, server } = door;

const Failure = z.object({
  error: z.object({
    message: z.string(),
    type: z.literal("invalid_request_error"),
    param: z.null(),
    code: z.string().nullable(),
  }),
});

const user = (content: unknown): object => ({ role: "user", content });
const chat = (body: object): [string, unknown] => [
  "/chat/completions",
  { model: "tiny", max_tokens: 4, ...body },
];
const completion = (body: object): [string, unknown] => [
  "/completions",
  { model: "tiny", prompt: "a", max_tokens: 4, ...body },
];

const LONG = "x".repeat(1_000_001);
const REFUSED: [string, [string, unknown], RegExp][] = [
  ["1,001 messages", chat({ messages: Array(1001).fill(user("a")) }), /^messages: .*1000/],
  ["no message", chat({ messages: [] }), /^messages: /],
  ["a message of more than a million characters", chat({ messages: [user(LONG)] }), /content/],
  [
    "parts that together are more than a million characters",
    chat({ messages: [user([1, 2].map(() => ({ type: "text", text: LONG.slice(2e5) })))] }),
    /content: .*1000000/,
  ],
  ["a million and one ids", completion({ prompt: Array(1_000_001).fill(5) }), /^prompt: .*1000000/],
  ["ids beyond the context", completion({ prompt: Array(500_000).fill(5) }), /context of 128/],
  ["four million characters", completion({ prompt: "a".repeat(4_000_001) }), /^prompt: .*4000000/],
  ["a text beyond the context", completion({ prompt: "a b".repeat(300_000) }), /context of 128/],
  ["a long stop", completion({ stop: "x".repeat(1001) }), /^stop(\.0)?: .*1000/],
  ["a long stop among others", completion({ stop: ["a", "x".repeat(1001)] }), /^stop\.1: .*1000/],
  ["17 stops", completion({ stop: Array(17).fill("x") }), /^stop: .*16/],
  ["n of a billion", completion({ n: 1e9 }), /^n: /],
  ["n of none", completion({ n: 0 }), /^n: /],
  ["half an n", completion({ n: 1.5 }), /^n: /],
  ["a negative length", completion({ max_tokens: -1 }), /^max_tokens: /],
  ["a huge length", completion({ max_tokens: 1e15 }), /^max_tokens: /],
  ["a huge seed", completion({ seed: 1e300 }), /^seed: /],
  ["a negative temperature", completion({ temperature: -0.1 }), /^temperature: /],
  [
    "infinity",
    ["/completions", '{"model":"tiny","prompt":"a","temperature":1e999}'],
    /temperature/,
  ],
  ["a number as a text", completion({ temperature: "1" }), /^temperature: /],
  ["a prompt that is null", completion({ prompt: null }), /^prompt: /],
  ["no prompt", ["/completions", { model: "tiny" }], /^prompt: /],
  ["no texts", completion({ prompt: [] }), /^prompt: /],
  ["an empty text", completion({ prompt: "" }), /no tokens/],
  ["a text and ids", completion({ prompt: ["a", 5] }), /^prompt/],
  ["negative ids", completion({ prompt: [-5] }), /^prompt/],
  ["halves of an id", completion({ prompt: [1.5] }), /^prompt/],
  ["half a character", completion({ prompt: "a\ud83d" }), /^prompt: .*surrogate/],
  ["half a character in a chat", chat({ messages: [user("\udc00")] }), /content: .*surrogate/],
  ["half a character in a stop", completion({ stop: "\ud83d" }), /^stop.*surrogate/],
  ["an unknown role", chat({ messages: [{ role: "wizard", content: "a" }] }), /^messages\.0\.role/],
  ["a message without a content", chat({ messages: [{ role: "user" }] }), /^messages\.0\.content/],
  ["a content of null", chat({ messages: [user(null)] }), /^messages\.0\.content/],
  [
    "a picture",
    chat({ messages: [user([{ type: "image_url", image_url: { url: "data:," } }])] }),
    /^messages\.0\.content/,
  ],
  ["a message that is a text", chat({ messages: ["hello"] }), /^messages\.0/],
  ["biases", completion({ logit_bias: { 5: 100 } }), /^logit_bias/],
  ["prototype", ["/completions", '{"model":"tiny","prompt":"a","__proto__":{"n":2}}'], /__proto__/],
  ["a list", ["/completions", "[]"], /object/],
  ["null", ["/completions", "null"], /object/],
  ["half of JSON", ["/completions", '{"model":"tiny","prompt":"a'], /not JSON/],
  ["an empty body", ["/completions", ""], /not JSON/],
  ["a hundred thousand brackets", ["/completions", "[".repeat(100_000)], /not JSON/],
];

/** A greedy stream that runs while `work` is done; gives its text. */
async function besideStream(work: () => Promise<void>): Promise<string> {
  const body = { max_tokens: 100, temperature: 0, stream: true };
  const response = await post(...completion({ prompt: "beside", ...body }));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let all = (await reader?.read())?.value ?? "";
  await work();
  for (;;) {
    const part = await reader?.read();
    if (part?.done !== false) break;
    all += part.value;
  }
  const chunk = z.object({ choices: z.array(z.object({ text: z.string() })) });
  const events = all.split("\n\n").filter((event) => event.startsWith("data: {"));
  expect(all.endsWith("data: [DONE]\n\n"), all.slice(-300)).toBe(true);
  return events.map((event) => chunk.parse(JSON.parse(event.slice(6))).choices[0]?.text).join("");
}

async function refusal(response: Response): Promise<string> {
  expect(response.status).toBe(400);
  const { error } = Failure.parse(await response.json());
  expect(error.message.length).toBeLessThan(1000);
  return error.message;
}

/** Bytes as they are, on a connection of their own; gives all that comes back. */
async function raw(bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(bytes);
  return textOf(socket);
}

const HEAD = `Host: 127.0.0.1:${new URL(server.url).port}\r\nContent-Type: application/json\r\n`;

describe("refused with 400 and words", () => {
  test.each(REFUSED)("%s", async (_, [path, body], message) => {
    expect(await refusal(await post(path, body))).toMatch(message);
  });

  test("a name that is a megabyte long, without giving it back", async () => {
    const response = await post(...completion({ model: "m".repeat(2 ** 20) }));
    expect(response.status).toBe(404);
    expect((await response.text()).length).toBeLessThan(1000);
  });

  test("a thousand unknown options, named in few words", async () => {
    const options = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`option_${i}`, i]));
    expect(await refusal(await post(...completion(options)))).toContain("option_0");
  });

  test("bytes that are no UTF-8", async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    const answer = await raw(
      Buffer.concat([
        Buffer.from(
          `POST /v1/completions HTTP/1.1\r\n${HEAD}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
        ),
        body,
      ]),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("UTF-8");
  });

  test("paths that are no text", async () => {
    for (const path of ["%E0%A4%A", "%", "%ff"]) {
      expect(await refusal(await fetch(`${server.url}/models/${path}`))).toContain("address");
    }
  });
});

describe("refused by what HTTP says", () => {
  test.each([
    ["HEAD", "/models", 405],
    ["OPTIONS", "/completions", 405],
    ["DELETE", "/models/tiny", 405],
    ["GET", "/chat/completions", 405],
    ["PATCH", "/completions", 405],
    ["GET", "/models/..%2f..%2fetc%2fpasswd", 404],
    ["GET", "/../../etc/passwd", 404],
    ["POST", "/embeddings", 404],
  ])("%s %s", async (method, path, status) => {
    const response = await fetch(`${server.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("allow") ?? "").toMatch(status === 405 ? /^(GET|POST)$/ : /^$/);
    if (method !== "HEAD") Failure.parse(await response.json());
  });

  test.each([
    ["another character set", { "content-type": "application/json; charset=latin1" }],
    ["a compressed body", { "content-encoding": "gzip" }],
    ["something that begins like JSON", { "content-type": "application/jsonx" }],
  ])("%s", async (_, headers) => {
    const response = await post(...completion({}), headers);
    expect(response.status).toBe(415);
    Failure.parse(await response.json());
  });

  test("headers without end", async () => {
    const answer = await raw(`GET /v1/models HTTP/1.1\r\n${HEAD}X: ${"y".repeat(100_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"error"');
  });

  test("what is no HTTP", async () => {
    const answer = await raw("hello\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"error"');
  });

  test("a body that is announced as too long, before it is sent", async () => {
    const answer = await raw(
      `POST /v1/completions HTTP/1.1\r\n${HEAD}Content-Length: ${2 ** 40}\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("16 MiB");
  });

  test("a body in parts that goes on past the limit, without being read to its end", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(`POST /v1/completions HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const part = `100000\r\n${" ".repeat(2 ** 20)}\r\n`;
    let sent = 0;
    let answer = "";
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    socket.on("data", (data: Buffer) => (answer += data.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    const pump = (): void => {
      while (!socket.destroyed && sent++ < 1000) if (!socket.write(part)) break;
      if (!socket.destroyed && sent < 1000) socket.once("drain", pump);
    };
    pump();
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(300);
  });
});

test("what gets past the door is refused by the model's process, which goes on", async () => {
  const options = InferenceOptions.parse({ max_tokens: 1 });
  const ask = async (prompt: InferencePrompt): Promise<string[]> => {
    const types: string[] = [];
    const signal = AbortSignal.timeout(10_000);
    for await (const event of door.pool.complete(door.model, "tensorflow", prompt, options, signal))
      types.push(event.type);
    return types;
  };
  const pid = door.pool.models()[0]?.pid;
  const messages = Array(1001).fill({ role: "user", content: "a" });
  const [refused, answered] = await Promise.allSettled([ask({ messages }), ask({ text: "a" })]);
  expect(refused).toMatchObject({ status: "rejected", reason: { code: "BAD_INPUT" } });
  expect(answered).toMatchObject({ value: ["begun", "pieces", "finished"] });
  expect(door.pool.models()[0]?.pid).toBe(pid);
});

test("an inner refusal ends neither the process nor a stream beside it", async () => {
  const alone = await besideStream(async () => undefined);
  const pid = door.pool.models()[0]?.pid;
  const beside = await besideStream(async () => {
    await Promise.all(REFUSED.map(async ([, [path, body]]) => (await post(path, body)).text()));
  });
  expect(beside).toBe(alone);
  expect(door.pool.models()[0]?.pid).toBe(pid);
});
