/** GRPO on a judge's word: a host killed in the middle, and a cap that is reached, end in the same weights; no verdict is paid twice. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { loadHubFolder } from "#main/core/formats/hub-layout.ts";
import { Application } from "#main/services/application.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { judgeServer, SERVER_TOKENS } from "../helpers/judge-server.ts";
import type { JudgeServer, ServerAsked, ServerReply } from "../helpers/judge-server.ts";
import { GRADER_KEY, judgedRecipe, saveGrader } from "../helpers/judged-recipe.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const HOST = fileURLToPath(new URL("../helpers/judge-host.ts", import.meta.url));
const CALL_USD = (SERVER_TOKENS.prompt_tokens + 10 * SERVER_TOKENS.completion_tokens) / 1e6;

const folder = temporaryFolder();
const model = writeTinyModel(join(folder, "tiny"), 3);
writeFileSync(join(folder, "rubric.md"), "Count the letters e.\n");

/** By the text alone: 1 to 10. */
function grade({ messages }: ServerAsked): ServerReply {
  const text = messages[1]?.content ?? "";
  const score = 1 + (Array.from(text).filter((letter) => "aeiou".includes(letter)).length % 10);
  return { text: `\`\`\`json\n{"score": ${score}, "reason": "counted"}\n\`\`\`` };
}

function open(name: string): Application {
  const workspace = join(folder, name, "workspace");
  const configFolder = join(folder, name, "keys");
  const app = new Application({ workspace, shell: "cli", configFolder, oomKills: () => 0 });
  onTestFinished(() => app.close());
  return app;
}

async function serverThat(
  reply: (asked: ServerAsked, call: number) => ServerReply,
): Promise<JudgeServer> {
  const server = await judgeServer(reply);
  onTestFinished(() => {
    server.close();
  });
  return server;
}

function runOf(id: PipelineId): RunId {
  return RunId.parse(`${id}-grpo`);
}

function outcome(app: Application, id: PipelineId) {
  const { outputModel } = app.store.runs.get(runOf(id));
  if (outputModel === null) throw new Error("the run left no model");
  const hub = loadHubFolder(outputModel);
  const weights = hub.names.map((name) => Array.from(hub.readTensor(name)));
  hub.close();
  return { weights, rollouts: [...app.store.rollouts.all(runOf(id))] };
}

type Outcome = ReturnType<typeof outcome>;

let reference: Promise<{ outcome: Outcome; calls: number }> | undefined;

/** A run that nothing happened to. */
function uninterrupted(): Promise<{ outcome: Outcome; calls: number }> {
  reference ??= (async () => {
    const server = await serverThat(grade);
    const app = open("reference");
    saveGrader(app, server.url);
    const yaml = judgedRecipe(model);
    const id = app.startPipeline({ yaml, runtime: "tensorflow", relativeTo: folder });
    const end = await settled(app, id);
    expect(end.statusReason).toBeNull();
    return { outcome: outcome(app, id), calls: server.asked.length };
  })();
  return reference;
}

function expectSame(actual: Outcome, expected: Outcome): void {
  expect(actual.rollouts).toEqual(expected.rollouts);
  let largest = 0;
  actual.weights.forEach((tensor, i) => {
    tensor.forEach((value, j) => {
      largest = Math.max(largest, Math.abs(value - (expected.weights[i]?.[j] ?? Number.NaN)));
    });
  });
  expect(largest).toBeLessThanOrEqual(1e-5);
}

/** Questions that were answered more than once. */
function askedAgain(asked: readonly ServerAsked[]): number {
  return asked.length - new Set(asked.map(({ messages }) => JSON.stringify(messages))).size;
}

/** Of every file under a folder. */
function filesWith(root: string, text: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => existsSync(file) && readFileSync(file).includes(text));
}

test("a host killed while its judge is asked goes on to the same weights, and no verdict is paid twice", async () => {
  const expected = await uninterrupted();
  expect(expected.outcome.rollouts.some(({ advantage }) => Math.abs(advantage) > 0.1)).toBe(true);
  let hanging = 0;
  const full = Promise.withResolvers<void>();
  const stuck = Math.floor(expected.calls / 2);
  const server = await serverThat((asked, call) => {
    if (call < stuck) return grade(asked);
    hanging += 1;
    if (hanging === 3) full.resolve();
    return "hang";
  });
  const workspace = join(folder, "killed", "workspace");
  const host = spawn(process.execPath, [HOST, workspace, model, server.url, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: host.stdout }), "line")) as [string];
  const { id } = z.object({ id: PipelineId }).parse(JSON.parse(line));
  // Every place is taken by a request that hangs: what was answered before is kept.
  await full.promise;
  const exit = once(host, "exit");
  host.kill("SIGKILL");
  await exit;
  const before = server.asked.slice(0, stuck);
  server.close();
  const rest = await serverThat(grade);
  const app = open("killed");
  const { id: endpoint, ...fields } = app.endpoints.named("grader");
  const { hasKey: _, createdAtMs: __, ...saved } = fields;
  app.endpoints.save(endpoint, { ...saved, baseUrl: rest.url }, GRADER_KEY);
  expect(app.store.ledger.list(id)).toMatchObject([
    { kind: "api", totalUsd: expect.closeTo(stuck * CALL_USD, 9) },
  ]);
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
  expectSame(outcome(app, id), expected.outcome);
  expect(askedAgain([...before, ...rest.asked])).toBe(0);
  expect(before.length + rest.asked.length).toBe(expected.calls);
  const spent = app.store.ledger.list(id).reduce((sum, { totalUsd }) => sum + totalUsd, 0);
  expect(spent).toBeCloseTo(expected.calls * CALL_USD, 9);
  expect(filesWith(workspace, GRADER_KEY)).toEqual([]);
});

test("a cap that is reached stops the run at a checkpoint; raised, it goes on to the same weights", async () => {
  const expected = await uninterrupted();
  const server = await serverThat(grade);
  const app = open("capped");
  saveGrader(app, server.url);
  // A request may cost some 0.012 dollars and costs 0.0002: about half of them fit.
  const cap = 0.012 + (expected.calls / 2) * CALL_USD;
  const yaml = judgedRecipe(model, cap);
  const id = app.startPipeline({ yaml, runtime: "tensorflow", relativeTo: folder });
  const stopped = await settled(app, id);
  expect(stopped).toMatchObject({ status: "stopped", statusReason: { code: "SPENDING_CAP" } });
  expect(stopped.statusReason?.advice).toContain(`gradus runs resume ${id} --cap`);
  expect(app.store.history.checkpoints(runOf(id)).length).toBeGreaterThan(0);
  expect(server.asked.length).toBeLessThan(expected.calls);
  app.runner.resume(id, 1);
  expect((await settled(app, id)).status).toBe("finished");
  expectSame(outcome(app, id), expected.outcome);
  expect(askedAgain(server.asked)).toBe(0);
});
