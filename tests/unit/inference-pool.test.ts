/** Processes that hold models: crashes, memory, idleness. Real processes with a tiny model. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { InferencePool } from "#main/processes/inference/inference-pool.ts";
import type { InferencePoolOptions } from "#main/processes/inference/inference-pool.ts";
import { InferenceOptions } from "#shared/schema/inference.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-pool-"));
const one = writeTinyModel(join(folder, "one"), 81);
const two = writeTinyModel(join(folder, "two"), 82);
const pools: InferencePool[] = [];
afterAll(() => {
  for (const pool of pools) pool.close();
  rmSync(folder, { recursive: true, force: true });
});

function newPool(options: Partial<InferencePoolOptions> = {}): InferencePool {
  const pool = new InferencePool({ logFolder: join(folder, "cache"), ...options });
  pools.push(pool);
  return pool;
}

const forever = new AbortController().signal;

async function textOf(
  pool: InferencePool,
  model: string,
  max_tokens = 8,
  onPiece?: () => void,
): Promise<string> {
  const options = InferenceOptions.parse({ max_tokens, seed: 1, temperature: 3 });
  let text = "";
  const events = pool.complete(model, "tensorflow", { text: "a" }, options, forever);
  for await (const event of events) {
    if (event.type !== "pieces") continue;
    text += event.pieces.map((piece) => piece.text).join("");
    onPiece?.();
  }
  return text;
}

test("a process that dies fails what it answered, says so, and the next request has a new one", async () => {
  const pool = newPool();
  const before = await textOf(pool, one);
  const pid = pool.models()[0]?.pid ?? 0;
  await expect(
    textOf(pool, one, 120, () => {
      process.kill(pid, "SIGKILL");
    }),
  ).rejects.toMatchObject({
    code: "ENGINE_CRASHED",
    message: expect.stringContaining("SIGKILL"),
    advice: expect.stringContaining("inference.log"),
  });
  expect(pool.models()).toEqual([]);
  expect(await textOf(pool, one)).toBe(before);
  expect(pool.models()[0]?.pid).not.toBe(pid);
});

test("a model makes room for another where there is memory for one only", async () => {
  // A tiny model is estimated at a little over 600 MiB, and measured at more once it is loaded.
  const pool = newPool({ memoryBytes: 1000 * 2 ** 20 });
  await textOf(pool, one);
  await textOf(pool, two);
  expect(pool.models().map(({ path }) => path)).toEqual([two]);
  let refused: Promise<unknown> | undefined;
  const busy = textOf(pool, two, 120, () => {
    refused ??= textOf(pool, one).catch((error: unknown) => error);
  });
  await busy;
  expect(await refused).toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(/models may hold 1\.0 GiB .* models at work hold/),
    advice: "Wait until they are done, or unload one.",
  });
});

test("a model that could never fit is refused before it is loaded", async () => {
  await expect(textOf(newPool({ memoryBytes: 2 ** 20 }), one)).rejects.toMatchObject({
    code: "CONFLICT",
    advice: "Choose a smaller model.",
  });
});

test("a model that nobody asks is unloaded", async () => {
  const gone = Promise.withResolvers<void>();
  const pool = newPool({
    idleMs: 50,
    changed: () => {
      if (pools.length > 0 && pool.models().length === 0) gone.resolve();
    },
  });
  await pool.load(one, "tensorflow");
  await gone.promise;
  expect(pool.models()).toEqual([]);
});

test("a folder that is no model is an error of the request, not of the host", async () => {
  const broken = writeTinyModel(join(folder, "broken"), 83);
  const file = join(broken, "model.safetensors");
  writeFileSync(file, readFileSync(file).subarray(0, 1000));
  await expect(textOf(newPool(), broken)).rejects.toMatchObject({ code: "BAD_CHECKPOINT" });
});
