/** Many clients at once: those that leave, and hostile ones, change nothing for the others. */
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
  try {
    const response = await asked;
    await response.body?.getReader().read();
    abort.abort();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
  }
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

test.each([
  ["before its first part", false],
  ["after it", true],
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
  if (begun) await (await asked).body?.getReader().read();
  else {
    asked.catch(() => undefined);
    await expect.poll(() => door.pool.models()[0]?.requests).toBe(2048);
  }
  abort.abort();
  const leftMs = performance.now();
  await expect.poll(() => door.pool.models()[0]?.requests, { interval: 10 }).toBe(0);
  // One that comes now waits for none of them.
  await textOf({ model: "tiny", prompt: "after", max_tokens: 4 });
  expect(performance.now() - leftMs).toBeLessThan(1000);
});
