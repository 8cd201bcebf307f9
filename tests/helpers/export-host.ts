/** A process to be killed while it exports: says when it begins and when it is done. */
import { exportPipeline } from "#main/host/cli/export-pipeline.ts";
import { Application } from "#main/services/application.ts";
import { exportAs, ExportKind } from "./export-kinds.ts";

const [workspace = "", kind = "", target = ""] = process.argv.slice(2);
const what = ExportKind.parse(kind);
if (what === "run") {
  console.log("begins");
  exportPipeline(workspace, "p1", target);
  console.log("done");
} else {
  const app = new Application({ workspace, shell: "cli" });
  console.log("begins");
  await exportAs(app, what, target);
  console.log("done");
  await app.close();
}
