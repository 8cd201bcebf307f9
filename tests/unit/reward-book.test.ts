/** Rewards written in the workspace, through the contract: files with undo, checked as they are written, tried, kept and let go. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, test } from "vitest";
import type { Contract } from "#shared/contract/contract.ts";
import { createRouter } from "#main/procedures/router.ts";
import { insertOwnProblems, OWN_SET } from "../helpers/own-problems.ts";
import { settled, testApplication } from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

const FILE = "rewards/short.js";
const SHORT =
  "export function reward({ completion }) {\n  return completion.length < 9 ? 1 : 0;\n}\n";

function opened() {
  const one = testApplication();
  const client: ContractRouterClient<Contract> = createRouterClient(createRouter(one.app), {
    context: {},
  });
  return { ...one, client };
}

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const [error] = await safe(call);
  return error instanceof ORPCError && error.defined ? String(error.code) : undefined;
}

test("a reward is a file of the workspace: saved on the text that was read, undone, deleted and brought back", async () => {
  const { client, app } = opened();
  expect(await client.rewards.files()).toEqual([]);
  const first = await client.rewards.save({ file: FILE, text: SHORT, sha256: null });
  expect(existsSync(join(app.paths.root, FILE))).toBe(true);
  expect(await codeOf(client.rewards.save({ file: FILE, text: "x", sha256: null }))).toBe(
    "CONFLICT",
  );
  await client.rewards.save({ file: FILE, text: "// two", sha256: first.sha256 });
  expect(await codeOf(client.rewards.save({ file: FILE, text: "x", sha256: first.sha256 }))).toBe(
    "CONFLICT",
  );
  const scope = `reward:${FILE}`;
  await client.edits.undo({ scope });
  expect((await client.rewards.read({ file: FILE })).text).toBe(SHORT);
  await client.edits.redo({ scope });
  expect((await client.rewards.read({ file: FILE })).text).toBe("// two");
  await client.rewards.delete({ file: FILE });
  expect(await codeOf(client.rewards.read({ file: FILE }))).toBe("NOT_FOUND");
  await client.edits.undo({ scope });
  expect((await client.rewards.files()).map(({ file }) => file)).toEqual([FILE]);
  // What was changed beside Gradus is not lost by an undo.
  writeFileSync(join(app.paths.root, FILE), "// elsewhere");
  expect(await codeOf(client.edits.undo({ scope }))).toBe("CONFLICT");
  expect((await client.rewards.read({ file: FILE })).text).toBe("// elsewhere");
  expect(await codeOf(client.rewards.read({ file: "rewards/../secret.py" }))).not.toBe("NOT_FOUND");
});

test("what is wrong with a text is said at its line, as it is written", async () => {
  const { client } = opened();
  const faultOf = async (file: string, text: string): Promise<string> => {
    const { fault } = await client.rewards.check({ file, text });
    return fault === null ? "none" : `${String(fault.line)}: ${fault.message}`;
  };
  expect(await faultOf(FILE, SHORT)).toBe("none");
  expect(await faultOf(FILE, "export function reward() {\n  return nothing;\n}\n")).toMatch(
    /^2: .*nothing/,
  );
  const python = "def reward(completions, **columns):\n    return ";
  expect(await faultOf("rewards/a.py", `${python}[0.5\n`)).toMatch(/^2: SyntaxError/);
  expect(await faultOf("rewards/a.py", `${python}[0.5]\n`)).toMatch(/^1: .* 1 values for 3/);
});

test("a recipe that is kept in the workspace has its rewards there, and they are tried before they are saved", async () => {
  const { client, app } = opened();
  insertOwnProblems(app.store);
  const set = join(app.paths.root, "completions.jsonl");
  const lines = ["2", "much too long"].map((completion) =>
    JSON.stringify({ id: "p0", completion }),
  );
  writeFileSync(set, lines.join("\n"));
  const rewards = [{ file: FILE, weight: 1 }];
  const from = { set: OWN_SET, version: null, completions: set };
  const missing = await safe(client.recipes.tryRewards({ rewards, maxCompletionLength: 9, from }));
  expect(String(missing.error)).toContain(join(app.paths.root, FILE));
  const drafts = { [FILE]: SHORT };
  const tried = await client.recipes.tryRewards({ rewards, maxCompletionLength: 9, from, drafts });
  expect(tried.completions.map(({ total }) => total)).toEqual([1, 0]);
  await client.rewards.save({ file: FILE, text: SHORT, sha256: null });
  const saved = await client.recipes.tryRewards({ rewards, maxCompletionLength: 9, from });
  expect(saved.rewards[0]).toMatchObject({ groups: 1, groupsWithSpread: 1, mean: 0.5 });
});

test("rewards are tried on a dataset's last turns and on what was sampled of a problem set", async () => {
  const { client, app } = opened();
  insertOwnProblems(app.store);
  const rewards = [{ name: "accuracy" as const, weight: 1 }];
  const input = { rewards, maxCompletionLength: 99 };
  const sampled = { sampled: OWN_SET, limit: 10 };
  expect(await codeOf(client.recipes.tryRewards({ ...input, from: sampled }))).toBe("NOT_FOUND");
  const { id } = await client.datasets.create({ name: "mine" });
  const turn = (content: string) => [
    { role: "user" as const, content: "2+2?", reasoning: null },
    { role: "assistant" as const, content, reasoning: "two and two" },
  ];
  await client.datasets.records.add({
    datasetId: id,
    records: ["<answer>4</answer>", "<answer>5</answer>"].map((answer) => ({
      messages: turn(answer),
      source: { kind: "written" as const },
      reference: { gold: "4" },
    })),
  });
  const tried = await client.recipes.tryRewards({ ...input, from: { dataset: id, limit: 10 } });
  expect(tried.completions.map(({ total }) => total)).toEqual([1, 0]);
  expect(tried.rewards[0]?.groupsWithSpread).toBe(1);
});

test("a text that a run kept goes with the last run and recipe that name it", async () => {
  const { client, app, model } = opened();
  const folder = join(app.paths.root, "mine");
  mkdirSync(folder);
  const kept = (): string[] =>
    existsSync(app.paths.rewards) ? readdirSync(app.paths.rewards).sort() : [];
  writeFileSync(join(folder, "short.js"), SHORT);
  await client.rewards.save({ file: "rewards/own.js", text: "// own", sha256: null });
  const yaml = recipeYaml(model).replace(
    "kind: grpo,",
    "kind: grpo, rewards: [{ file: short.js }],",
  );
  expect(yaml).toContain("short.js");
  const file = join(folder, "recipe.yaml");
  writeFileSync(file, yaml);
  const recipe = await client.recipes.create({ from: { file } });
  const { pipelineId } = await client.pipelines.start({ yaml, relativeTo: folder });
  await settled(app, pipelineId);
  expect(kept()).toHaveLength(2);
  await client.pipelines.delete({ pipelineId });
  expect(kept()).toHaveLength(2);
  // The recipe's deletion can be undone: what it names stays.
  await client.recipes.delete({ id: recipe.id });
  const other = await client.pipelines.start({ yaml: recipeYaml(model), relativeTo: folder });
  await settled(app, other.pipelineId);
  await client.pipelines.delete({ pipelineId: other.pipelineId });
  expect(kept()).toHaveLength(2);
});

test.each([
  ["keeps something", "let n = 0;\nexport const reward = () => ++n;\n", 1],
  ["draws numbers", "export const reward = () => Math.random();\n", 1],
  [
    "looks at its group alone",
    "export const reward = ({ completion, columns }) => completion.length + Number(columns.gold);\n",
    0,
  ],
])("a reward that %s: the check of its recipe says so", async (_, text, warnings) => {
  const { client, app } = opened();
  await client.rewards.save({ file: FILE, text, sha256: null });
  const yaml = recipeYaml(app.models.resolve("gradus-base")).replace(
    "max_steps: 10 }",
    `max_steps: 10, rewards: [ { file: ${FILE}, weight: 1 } ] }`,
  );
  const found: string[] = [];
  for await (const event of await client.recipes.checkData({ yaml }))
    if (event.type === "problems")
      found.push(...event.problems.map(({ level, message }) => `${level}: ${message}`));
  expect(found.filter((one) => one.includes("in another order"))).toHaveLength(warnings);
});
