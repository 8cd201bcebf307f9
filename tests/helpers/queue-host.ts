/** A host to be killed: one pipeline at work, three that wait, reordered and one of them held; prints the queue. */
import { Application } from "#main/services/application.ts";
import { recipeYaml } from "./test-recipe.ts";

const [workspace = "", model = ""] = process.argv.slice(2);
const app = new Application({
  workspace,
  shell: "cli",
  engineEntry: new URL("test-engine.ts", import.meta.url).pathname,
});
const launch = () => app.startPipeline({ yaml: recipeYaml(model) });
const atWork = launch();
const [, second, third] = [launch(), launch(), launch()];
app.runner.move(third, "first");
app.runner.hold(second, true);
console.log(JSON.stringify({ atWork, queue: app.runner.queue() }));
