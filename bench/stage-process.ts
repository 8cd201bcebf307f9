/** A stage in an engine process of its own, as a run's is, with a folder that is gone afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StageSupervisor } from "#main/processes/engine/supervisor.ts";
import type { StageJournal } from "#main/processes/engine/supervisor.ts";
import type { Usage } from "#shared/schema/engine-protocol.ts";
import type { Stage } from "#shared/schema/recipe.ts";

const ENTRY = fileURLToPath(
  new URL("../src-main/processes/engine/engine-process.ts", import.meta.url),
);

/** What the stage used, once it finished. Throws where it ended otherwise. */
export async function runInProcess(
  stage: Stage,
  models: string | { readonly model: string; readonly teacher: string },
  record: StageJournal["record"] = () => undefined,
): Promise<Usage> {
  const outDir = mkdtempSync(join(tmpdir(), `gradus-${stage.name}-`));
  try {
    const supervisor = new StageSupervisor(
      {
        entry: ENTRY,
        logFile: join(outDir, "engine.log"),
        request: {
          type: "start",
          runId: stage.name,
          stage,
          seed: 1,
          runtime: "tensorflow",
          models: typeof models === "string" ? { model: models } : { ...models },
          outDir,
        },
      },
      { record },
      {
        answer: () => Promise.reject(new Error("a measured stage asks nobody")),
        pause: () => undefined,
      },
    );
    process.once("exit", () => supervisor.kill());
    const outcome = await supervisor.outcome;
    if (outcome.kind !== "finished")
      throw new Error(`${stage.name} ended as ${JSON.stringify(outcome)}`);
    return outcome.usage;
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
