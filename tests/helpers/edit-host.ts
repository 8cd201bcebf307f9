/** A host to be killed: does the edits that come on stdin, a JSON line each, and says when each is done. */
import { createInterface } from "node:readline";
import { createRouterClient } from "@orpc/server";
import { Application } from "#main/services/application.ts";
import { createRouter } from "#main/procedures/router.ts";
import { applyEdit, EditStep } from "./edit-steps.ts";

const [workspace = ""] = process.argv.slice(2);
const app = new Application({ workspace, shell: "cli" });
const client = createRouterClient(createRouter(app), { context: {} });
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const step = EditStep.parse(JSON.parse(line));
  await applyEdit(client, step);
  console.log(JSON.stringify({ done: step.number }));
}
