/** A pipeline that was stopped in the middle of GRPO, on the test engine: what resuming is tried on. */
import { onTestFinished } from "vitest";
import type { Application } from "#main/services/application.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { RunId } from "#shared/schema/run.ts";
import { nextEvent, settled } from "./test-application.ts";
import { recipeYaml } from "./test-recipe.ts";

/** What the test engine does from now on, until the test ends. */
export function planEngine(value: Record<string, unknown>): void {
  process.env["TEST_ENGINE"] = JSON.stringify(value);
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
}

/** Stopped at step 6 of GRPO, with the checkpoints of the steps 4 and 6; from here on the engine goes through. */
export async function launchStoppedAtSix(
  app: Application,
  model: string,
): Promise<{ readonly id: PipelineId; readonly runId: RunId }> {
  planEngine({ grpo: { hangAt: 6 } });
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  const runId = RunId.parse(`${id}-grpo`);
  await nextEvent(
    app,
    (event) =>
      event.type === "metrics" &&
      event.runId === runId &&
      event.points.some((point) => point.step === 6),
  );
  app.runner.stop(id, "keep");
  await settled(app, id);
  planEngine({});
  return { id, runId };
}
