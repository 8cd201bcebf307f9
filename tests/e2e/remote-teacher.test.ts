/** A teacher behind an endpoint, in rejection sampling and distillation: verified, paid once, gone on with after a kill. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import { judgeServer, SERVER_TOKENS } from "../helpers/judge-server.ts";
import type { ServerAsked, ServerReply } from "../helpers/judge-server.ts";
import { saveGrader, taughtRecipe } from "../helpers/judged-recipe.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const CALL_USD = (SERVER_TOKENS.prompt_tokens + 10 * SERVER_TOKENS.completion_tokens) / 1e6;
const Line = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  gold: z.string(),
});

/** Sums are added up, every third wrongly; the thinking comes apart from the answer. */
function solve({ messages }: ServerAsked, call: number): ServerReply {
  const numbers = /\d+(?:[+-]\d+)+/u.exec(messages.at(-1)?.content ?? "")?.[0] ?? "";
  const sum = (numbers.match(/[+-]?\d+/gu) ?? []).reduce((total, one) => total + Number(one), 0);
  const answer = call % 3 === 2 ? sum + 1 : sum;
  return { text: `<answer>${answer}</answer>`, reasoning: `I add ${numbers}.` };
}

test("solutions of a teacher behind an endpoint are verified and learnt, and asked once, whatever ends the engine", async () => {
  const folder = temporaryFolder();
  const model = writeTinyModel(join(folder, "tiny"), 3);
  let hanging = 0;
  let alive = false;
  const full = Promise.withResolvers<void>();
  const server = await judgeServer((asked, call) => {
    if (alive || call < 9) return solve(asked, call);
    hanging += 1;
    if (hanging === 3) full.resolve();
    return "hang";
  });
  const app = new Application({
    workspace: join(folder, "workspace"),
    shell: "cli",
    configFolder: join(folder, "keys"),
    oomKills: () => 0,
  });
  onTestFinished(async () => {
    await app.close();
    server.close();
  });
  saveGrader(app, server.url);
  const id = app.startPipeline({ yaml: taughtRecipe(model), runtime: "tensorflow" });
  const sampled = RunId.parse(`${id}-sampled`);
  await full.promise;
  process.kill(app.store.runs.openAttempt(sampled)?.pid ?? 0, "SIGKILL");
  expect((await settled(app, id)).status).toBe("stopped");
  expect(app.store.ledger.list(id)).toMatchObject([
    { kind: "api", note: expect.stringContaining("the teacher of"), pipelineId: id },
  ]);
  alive = true;
  app.runner.resume(id);
  const end = await settled(app, id);
  expect(end.statusReason).toBeNull();
  // 24 for rejection sampling, 8 for the student; those that hung were asked again.
  const answered = server.asked.length - hanging;
  expect(answered).toBe(32);
  expect(new Set(server.asked.map(({ model: name }) => name))).toEqual(new Set(["large", "small"]));
  const spent = app.store.ledger.list(id).reduce((sum, { totalUsd }) => sum + totalUsd, 0);
  expect(spent).toBeCloseTo(answered * CALL_USD, 9);
  const lines = readFileSync(app.store.runs.get(sampled).outputDataset ?? "", "utf8")
    .trim()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)));
  // Wrong ones are not kept; equal ones of a prompt are one.
  expect(lines.length).toBeGreaterThan(6);
  expect(lines.length).toBeLessThan(13);
  for (const { messages, gold } of lines) {
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant"]);
    expect(messages.at(-1)?.content).toMatch(
      /^<think>\nI add .*\.\n<\/think>\n<answer>-?\d+<\/answer>$/u,
    );
    expect(messages.at(-1)?.content).toContain(`<answer>${gold}</answer>`);
  }
  expect(app.store.runs.get(RunId.parse(`${id}-student`)).outputModel).not.toBeNull();
});
