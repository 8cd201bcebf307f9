/** A host to be killed: starts the small recipe and prints its id and engine once GRPO is at step 6. */
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import { recipeYaml } from "./test-recipe.ts";

const [workspace = "", model = ""] = process.argv.slice(2);
const app = new Application({
  workspace,
  shell: "cli",
  engineEntry: new URL("test-engine.ts", import.meta.url).pathname,
});
const id = app.startPipeline({ yaml: recipeYaml(model) });
const runId = RunId.parse(`${id}-grpo`);
app.live.listen((event) => {
  if (event.type !== "metrics" || event.runId !== runId) return;
  if (!event.points.some(({ step }) => step === 6)) return;
  console.log(JSON.stringify({ id, enginePid: app.store.runs.openAttempt(runId)?.pid }));
});
