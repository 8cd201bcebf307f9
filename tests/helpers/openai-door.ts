/** The OpenAI-compatible door over a tiny model, in processes of its own: as a program sees it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { serveOpenAi } from "#main/host/openai/openai-server.ts";
import type { OpenAiServer } from "#main/host/openai/openai-server.ts";
import { InferencePool } from "#main/processes/inference/inference-pool.ts";
import { writeTinyModel } from "./tiny-model.ts";

export interface TinyDoor {
  readonly folder: string;
  readonly model: string;
  readonly pool: InferencePool;
  readonly server: OpenAiServer;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** Serves the model "tiny" until the file's tests are over. */
export async function tinyDoor(
  options: { readonly token?: string; readonly host?: string } = {},
): Promise<TinyDoor> {
  const folder = mkdtempSync(join(tmpdir(), "gradus-door-"));
  const model = writeTinyModel(join(folder, "tiny"), 71);
  const pool = new InferencePool({ logFolder: join(folder, "cache") });
  const server = await serveOpenAi({
    models: {
      list: () => [{ id: "tiny", createdAtMs: 1_700_000_000_000 }],
      complete: (_, prompt, asked, signal) =>
        pool.complete(model, "tensorflow", prompt, asked, signal),
    },
    host: options.host ?? "127.0.0.1",
    port: 0,
    token: options.token,
    reportBug: (error) => {
      throw error;
    },
  });
  afterAll(async () => {
    await server.close();
    pool.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    model,
    pool,
    server,
    post: (path, body, headers = {}) =>
      fetch(`${server.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
  };
}
