/** A real application in a folder of its own, whose engine processes run the test engine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { Application } from "#main/services/application.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import type { PipelineId, PipelineSummary } from "#shared/schema/run.ts";
import { temporaryFolder } from "./store-fixture.ts";

export const TEST_ENGINE_ENTRY = fileURLToPath(new URL("test-engine.ts", import.meta.url));

/** A folder that passes for a model: its config only. */
export function modelFolder(parent: string): string {
  const folder = join(parent, "base");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "config.json"),
    JSON.stringify({
      architectures: ["Qwen2ForCausalLM"],
      model_type: "qwen2",
      vocab_size: 64,
      hidden_size: 16,
      intermediate_size: 32,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      num_key_value_heads: 2,
      max_position_embeddings: 128,
      rms_norm_eps: 1e-6,
      rope_theta: 10000,
      tie_word_embeddings: true,
      hidden_act: "silu",
      bos_token_id: 1,
      eos_token_id: 1,
    }),
  );
  return folder;
}

export interface TestApplication {
  readonly app: Application;
  readonly workspace: string;
  readonly model: string;
}

export function openApplication(workspace: string): Application {
  const app = new Application({ workspace, shell: "cli", engineEntry: TEST_ENGINE_ENTRY });
  onTestFinished(async () => {
    await app.close();
  });
  return app;
}

export function testApplication(): TestApplication {
  const folder = temporaryFolder();
  const workspace = join(folder, "workspace");
  return { app: openApplication(workspace), workspace, model: modelFolder(folder) };
}

/** Resolves with the first event that the test waits for. */
export async function nextEvent(
  app: Application,
  wanted: (event: LiveEvent) => boolean,
): Promise<LiveEvent> {
  return new Promise((resolve) => {
    const stop = app.live.listen((event) => {
      if (!wanted(event)) return;
      stop();
      resolve(event);
    });
  });
}

/** Resolves once the pipeline does not work or wait any more. */
export async function settled(app: Application, id: PipelineId): Promise<PipelineSummary> {
  const now = app.store.pipelines.summary(id);
  if (!["queued", "running", "stopping"].includes(now.status)) return now;
  await nextEvent(
    app,
    (event) =>
      event.type === "pipeline" &&
      event.pipeline.id === id &&
      !["queued", "running", "stopping"].includes(event.pipeline.status),
  );
  return app.store.pipelines.summary(id);
}
