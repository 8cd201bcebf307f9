/** `serve --openai`: models for programs that speak OpenAI's API. */
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { InferencePool } from "#main/processes/inference/inference-pool.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { serveOpenAi } from "../openai/openai-server.ts";
import type { OpenAiModels } from "../openai/openai-server.ts";
import type { CommandContext } from "./command-context.ts";
import { resolveModel } from "./options/resolve-model.ts";
import { openHost } from "./open-host.ts";
import type { OpenHost } from "./open-host.ts";
import type { Terminal } from "./printing/terminal.ts";

export type ServeModelsOptions = {
  readonly port: number;
  readonly host: string;
  /** The only one; undefined serves all of the workspace. */
  readonly model: string | undefined;
};

/** Serves until the process is told to end. The workspace may be open in another host: only its models are asked. */
export async function serveModels(
  context: CommandContext,
  options: ServeModelsOptions,
): Promise<void> {
  const { terminal } = context;
  const token = process.env["GRADUS_OPENAI_TOKEN"];
  const host = openHost(context.workspace);
  const pool = new InferencePool({ logFolder: join(context.workspace ?? dataFolder(), "cache") });
  try {
    const runtime = (await host.client.settings.get()).runtime;
    const known = await servedModels(host, terminal, options.model);
    const models: OpenAiModels = {
      list: () => known,
      complete: (id, prompt, asked, signal) => {
        const path = known.find((model) => model.id === id)?.path ?? id;
        return pool.complete(path, runtime, prompt, asked, signal);
      },
    };
    const [only] = known;
    if (options.model !== undefined && only !== undefined) {
      terminal.note(`Loading ${only.id} …`);
      const { warnings } = await pool.load(only.path, runtime);
      for (const warning of warnings) terminal.note(`! ${warning}`);
    }
    const served = await serveOpenAi({
      models,
      host: options.host,
      port: options.port,
      token: token === "" ? undefined : token,
      reportBug: (error) => {
        if (host.app === undefined) console.error(error);
        else host.app.reportBug(error);
      },
    });
    try {
      const ids = known.map(({ id }) => id);
      // One line, at once: whoever started this waits for it.
      if (terminal.json)
        process.stdout.write(`${JSON.stringify({ url: served.url, models: ids })}\n`);
      else process.stdout.write(`OpenAI's API is at ${served.url}; models: ${ids.join(", ")}\n`);
      await untilToldToEnd();
    } finally {
      await served.close();
    }
  } finally {
    pool.close();
    await host.close();
  }
}

type ServedModel = { readonly id: string; readonly path: string; readonly createdAtMs: number };

async function servedModels(
  host: OpenHost,
  terminal: Terminal,
  wanted: string | undefined,
): Promise<ServedModel[]> {
  const all = await host.client.models.list();
  if (wanted === undefined) {
    if (all.length > 0) return all;
    throw new AppError(
      "NOT_FOUND",
      "The workspace has no model.",
      "Get one with `gradus model get`.",
    );
  }
  const listed = all.find(({ id }) => id === wanted);
  if (listed !== undefined) return [listed];
  const { path } = await resolveModel(host, terminal, wanted);
  return [{ id: wanted, path, createdAtMs: Date.now() }];
}

function untilToldToEnd(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        end();
      });
    }
  });
}
