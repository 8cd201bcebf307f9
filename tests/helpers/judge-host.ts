/** A real host to be killed: starts a GRPO run with a judge, and says its id. */
import { join } from "node:path";
import { Application } from "#main/services/application.ts";
import { judgedRecipe, saveGrader } from "./judged-recipe.ts";

const [workspace = "", model = "", url = "", recipes = ""] = process.argv.slice(2);
const configFolder = join(workspace, "..", "keys");
const app = new Application({ workspace, shell: "cli", configFolder });
saveGrader(app, url);
const id = app.startPipeline({
  yaml: judgedRecipe(model),
  runtime: "tensorflow",
  relativeTo: recipes,
});
console.log(JSON.stringify({ id }));
