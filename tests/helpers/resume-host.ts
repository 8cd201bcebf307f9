/** A real host to be killed: starts the recipe and prints the engine's pid once the stage is at the given step. */
import { readFileSync } from "node:fs";
import { Application } from "#main/services/application.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { resumeRecipe } from "./resume-recipe.ts";

/** `recipe`: a file, instead of the usual one. `resumed`: the pipeline that goes on, instead of a new one. */
const [workspace = "", model = "", stage = "", step = "", recipe = "", resumed = ""] =
  process.argv.slice(2);
const app = new Application({ workspace, shell: "cli" });
const id = resumed === "" ? begin() : PipelineId.parse(resumed);
if (resumed !== "") app.runner.resume(id);
const runId = RunId.parse(`${id}-${stage}`);
app.live.listen((event) => {
  const reached =
    event.type === "metrics"
      ? event.runId === runId && event.points.some((point) => point.step >= Number(step))
      : event.type === "samples" && event.runId === runId && event.count >= Number(step);
  if (reached)
    console.log(JSON.stringify({ id, enginePid: app.store.runs.openAttempt(runId)?.pid }));
});

function begin(): PipelineId {
  const yaml = recipe === "" ? resumeRecipe(model) : readFileSync(recipe, "utf8");
  return app.startPipeline({ yaml, runtime: "tensorflow" });
}
