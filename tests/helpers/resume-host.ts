/** A real host to be killed: starts the recipe and prints the engine's pid once the stage is at the given step. */
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import { resumeRecipe } from "./resume-recipe.ts";

const [workspace = "", model = "", stage = "", step = ""] = process.argv.slice(2);
const app = new Application({ workspace, shell: "cli" });
const id = app.startPipeline({ yaml: resumeRecipe(model), runtime: "tensorflow" });
const runId = RunId.parse(`${id}-${stage}`);
app.live.listen((event) => {
  if (event.type !== "metrics" || event.runId !== runId) return;
  if (!event.points.some((point) => point.step >= Number(step))) return;
  console.log(JSON.stringify({ id, enginePid: app.store.runs.openAttempt(runId)?.pid }));
});
