/** A host to be killed at some work: a pipeline (resumed where one was interrupted), an import or an export. */
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import { resumeRecipe } from "./resume-recipe.ts";

const [workspace = "", model = "", work = "", rows = "", number = ""] = process.argv.slice(2);
const app = new Application({ workspace, shell: "cli" });

function ready(enginePid: number | null): void {
  console.log(JSON.stringify({ enginePid }));
}

if (work === "import") {
  app.live.listen((event) => {
    if (event.type === "dataset-job") ready(null);
  });
  const into = { name: `set ${number}` };
  app.datasets.startImport({ file: { path: rows }, into, skipBad: false, status: "pending" });
} else {
  const { pipelines } = app.store.pipelines.list({ offset: 0, limit: 1000 });
  const left = pipelines.find(({ status }) => status === "stopped" || status === "failed");
  app.live.listen((event) => {
    if (event.type !== "metrics") return;
    ready(app.store.runs.openAttempt(RunId.parse(event.runId))?.pid ?? null);
  });
  if (left === undefined) app.startPipeline({ yaml: resumeRecipe(model), runtime: "tensorflow" });
  else app.runner.resume(left.id);
}
setInterval(() => undefined, 1000);
