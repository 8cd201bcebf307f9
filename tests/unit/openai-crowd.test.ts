/** Many clients at once: those that leave, and hostile ones, change nothing for the others. */
import { connect } from "node:net";
import { expect, test } from "vitest";
import { z } from "zod";
import { tinyDoor } from "../helpers/openai-door.ts";

const door = await tinyDoor();
const { post, server } = door;

const Text = z.object({ choices: z.array(z.object({ text: z.string() })) });

type Body = Record<string, unknown>;

function bodyOf(i: number): Body {
  return {
    model: "tiny",
    prompt: `client ${i} `.repeat((i % 3) + 1),
    max_tokens: 16 + (i % 40),
    seed: i,
    ...(i % 4 === 0 ? { temperature: 0 } : {}),
    ...(i % 4 === 1 ? { top_p: 0.8 } : {}),
    ...(i % 4 === 2 ? { logprobs: 2 } : {}),
  };
}

async function textOf(body: Body): Promise<string> {
  const response = await post("/completions", body);
  return Text.parse(await response.json())
    .choices.map(({ text }) => text)
    .join("|");
}

/** Begins a stream and leaves: at once, or after its first part. */
async function leave(body: Body, early: boolean): Promise<void> {
  const abort = new AbortController();
  const asked = fetch(`${server.url}/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, stream: true }),
    signal: abort.signal,
  });
  if (early) setTimeout(() => abort.abort(), 5);
  await asked
    .then(
      async ({ body: parts }) => parts?.getReader().read(),
      () => undefined,
    )
    .catch(() => undefined);
  abort.abort();
}

const HOSTILE: readonly (() => Promise<number>)[] = [
  async () =>
    (
      await post("/chat/completions", {
        model: "tiny",
        messages: Array(1001).fill({ role: "user", content: "a" }),
      })
    ).status,
  async () =>
    (await post("/completions", { model: "tiny", prompt: Array(1_000_001).fill(5) })).status,
  async () => (await post("/completions", { model: "tiny", prompt: "a".repeat(4_000_001) })).status,
  async () =>
    (await post("/completions", { model: "tiny", prompt: "a", stop: "x".repeat(2000) })).status,
  async () => (await fetch(`${server.url}/models/%E0%A4%A`)).status,
];

test("of 64 clients half leave and 5 more are hostile: the others get what they get alone", async () => {
  const staying = Array.from({ length: 32 }, (_, i) => bodyOf(2 * i));
  const alone: string[] = [];
  for (const body of staying) alone.push(await textOf(body));
  const pid = door.pool.models()[0]?.pid;
  const [together, , hostile] = await Promise.all([
    Promise.all(staying.map(textOf)),
    Promise.all(Array.from({ length: 32 }, (_, i) => leave(bodyOf(2 * i + 1), i % 2 === 0))),
    Promise.all(HOSTILE.map((attack) => attack())),
  ]);
  expect(together).toEqual(alone);
  expect(hostile).toEqual([400, 400, 400, 400, 400]);
  expect(door.pool.models()[0]?.pid).toBe(pid);
  await expect.poll(() => door.pool.models()[0]?.requests).toBe(0);
});

/** Until the model has been asked. */
async function isAsked(): Promise<void> {
  await expect.poll(() => door.pool.models()[0]?.requests).toBeGreaterThan(0);
}

test.each([
  ["before its first part", isAsked],
  ["after it", async (asked: Promise<Response>) => (await asked).body?.getReader().read()],
])("2,048 prompts of 128 completions are let go within a second: %s", async (_, begun) => {
  const abort = new AbortController();
  const asked = fetch(`${server.url}/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "tiny",
      prompt: Array.from({ length: 2048 }, (__, i) => `prompt ${i} ${"and so on ".repeat(i % 5)}`),
      n: 128,
      max_tokens: 60,
      stream: true,
    }),
    signal: abort.signal,
  });
  asked.catch(() => undefined);
  await begun(asked);
  abort.abort();
  const leftMs = performance.now();
  await expect.poll(() => door.pool.models()[0]?.requests, { interval: 10 }).toBe(0);
  // One that comes now waits for none of them.
  await textOf({ model: "tiny", prompt: "after", max_tokens: 4 });
  expect(performance.now() - leftMs).toBeLessThan(1000);
});

test("a client that reads nothing slows nobody, and is let go", { timeout: 60_000 }, async () => {
  const before = performance.now();
  await Promise.all(Array.from({ length: 8 }, (_, i) => textOf(bodyOf(i))));
  const aloneMs = performance.now() - before;
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  const body = JSON.stringify({
    model: "tiny",
    prompt: Array(64).fill("much "),
    n: 128,
    max_tokens: 100,
    logprobs: 20,
    stream: true,
  });
  socket.pause();
  socket.write(
    `POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:${new URL(server.url).port}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const ended = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
  });
  await isAsked();
  const heapBefore = process.memoryUsage().rss;
  await expect
    .poll(() => door.pool.models()[0]?.requests, { timeout: 50_000, interval: 50 })
    .toBe(0);
  expect(process.memoryUsage().rss - heapBefore).toBeLessThan(400 * 2 ** 20);
  const after = performance.now();
  await Promise.all(Array.from({ length: 8 }, (_, i) => textOf(bodyOf(i))));
  expect(performance.now() - after).toBeLessThan(aloneMs * 5 + 1000);
  socket.resume();
  await ended;
});
