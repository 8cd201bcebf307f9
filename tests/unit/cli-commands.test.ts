import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openStore } from "#main/store/store.ts";
import { formatFixture } from "../fixtures/formats/read-expected.ts";
import { insertTwoStages, temporaryFolder } from "../helpers/store-fixture.ts";
import { modelFolder, settled, testApplication } from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

const MAIN = fileURLToPath(new URL("../../src-main/host/cli/main.ts", import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a user starts it, in a process of its own. */
async function gradus(workspace: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, GRADUS_HOME: workspace },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

/** A workspace in which the small recipe was run to its end. */
async function finishedWorkspace(): Promise<string> {
  const { app, workspace, model } = testApplication();
  await settled(app, app.startPipeline({ yaml: recipeYaml(model) }));
  await app.close();
  return workspace;
}

test("wrong usage exits with 2 and says so on stderr only", async () => {
  const home = temporaryFolder();
  const [unknown, option, value] = await Promise.all([
    gradus(home, "nonsense"),
    gradus(home, "runs", "list", "--nonsense"),
    gradus(home, "serve", "--port", "many"),
  ]);
  expect([unknown.code, option.code, value.code]).toEqual([2, 2, 2]);
  expect(unknown.stderr).toContain("unknown command 'nonsense'");
  expect(value.stderr).toContain("whole number");
  expect(unknown.stdout + option.stdout + value.stdout).toBe("");
});

test("a failure exits with 1, says what to do, and with --json is one document", async () => {
  const home = temporaryFolder();
  const { code, stdout, stderr } = await gradus(home, "runs", "show", "p7", "--json");
  expect(code).toBe(1);
  expect(stderr).toContain("gradus runs list");
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "NOT_FOUND" } });
});

test("a folder that holds a tokenizer alone tokenizes", async () => {
  const home = temporaryFolder();
  const [input, out] = [join(home, "texts.jsonl"), join(home, "ids.jsonl")];
  writeFileSync(input, '{"text":"mytoolx tool tool,"}\n');
  const folder = formatFixture("added-tokens");
  const files = ["--input", input, "--out", out];
  expect((await gradus(home, "model", "tokenize", "--model", folder, ...files)).code).toBe(0);
  // The added token "tool" (460) is a single word, so the one inside "mytoolx" is not it.
  expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({
    ids: [1, 329, 313, 325, 320, 315, 315, 312, 324, 329, 460, 370, 460, 329, 268],
  });
});

test("a recipe with mistakes is refused with their lines, and nothing is started", async () => {
  const folder = temporaryFolder();
  const home = join(folder, "workspace");
  const file = join(folder, "bad.yaml");
  writeFileSync(
    file,
    recipeYaml(modelFolder(folder)).replace("generation_batch_size: 8", "generation_batch_size: 9"),
  );
  const { code, stderr } = await gradus(home, "run", file);
  expect(code).toBe(1);
  expect(stderr).toMatch(/line 7, stages\[2\]\.generation_batch_size: .*multiple of/);
  expect((await gradus(home, "runs", "list", "--json")).stdout.trim()).toBe("[]");
});

test("a run gets the models that its changes name, not those that they replace", async () => {
  const folder = temporaryFolder();
  const home = join(folder, "workspace");
  const file = join(folder, "recipe.yaml");
  writeFileSync(file, recipeYaml("/nowhere/replaced"));
  const other = "models.base=/nowhere/other";
  const changed = await gradus(home, "run", file, other);
  expect(changed.code).toBe(1);
  expect(changed.stderr).toContain("/nowhere/other");
  expect(changed.stderr).not.toContain("/nowhere/replaced");
  const swept = await gradus(home, "run", file, "--sweep", `${other},/nowhere/third`);
  expect(swept.code).toBe(1);
  expect(swept.stderr).toContain("/nowhere/other");
  expect(swept.stderr).not.toContain("/nowhere/replaced");
});

test("the oldest of 1,001 pipelines is listed and shown, by its own id and a stage's", async () => {
  const workspace = join(temporaryFolder(), "workspace");
  mkdirSync(workspace);
  const store = openStore(join(workspace, "gradus.sqlite"), { now: Date.now });
  store.transaction(() => {
    for (let i = 0; i < 1001; i++) insertTwoStages(store);
  });
  store.close();
  const list = await gradus(workspace, "runs", "list", "--json");
  expect(z.array(z.object({ id: z.string() })).parse(JSON.parse(list.stdout))).toHaveLength(1001);
  for (const id of ["p1", "p1-cold-start"]) {
    const show = await gradus(workspace, "runs", "show", id, "--json");
    expect([show.code, show.stderr]).toEqual([0, ""]);
  }
});

test("pipelines are listed, shown and exported, every line of it JSON", async () => {
  const workspace = await finishedWorkspace();
  const out = join(temporaryFolder(), "export");
  const [list, show] = [
    await gradus(workspace, "runs", "list"),
    await gradus(workspace, "runs", "show", "p1"),
  ];
  expect(list.stdout).toMatch(/p1 +Small +finished +4\/4 +75\.0%/);
  expect(show.stdout).toMatch(/grpo +75\.0%.*not comparable/);
  expect(show.stdout).toContain("! grpo against base: not comparable: only 4 problems in common");
  const exported = await gradus(workspace, "runs", "export", "p1", "--out", out, "--json");
  expect(exported.code).toBe(0);
  expect(readdirSync(join(out, "grpo")).sort()).toEqual([
    "events.jsonl",
    "metrics.jsonl",
    "rollouts.jsonl",
    "run.json",
  ]);
  const lines = readFileSync(join(out, "grpo", "rollouts.jsonl"), "utf8")
    .trim()
    .split("\n");
  expect(lines).toHaveLength(20);
  expect(lines.map((line) => JSON.parse(line).step)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((step) => [step, step]),
  );
  const again = await gradus(workspace, "runs", "export", "p1", "--out", out);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("not empty");
  const compared = await gradus(workspace, "runs", "compare", "p1-after", "p1-before", "--json");
  expect(JSON.parse(compared.stdout)).toMatchObject({
    groups: [
      {
        baseline: "p1-before",
        rows: [
          { runId: "p1-before", summary: { pass1: { value: 0.25 } }, versus: null },
          {
            runId: "p1-after",
            summary: { pass1: { value: 0.75 } },
            versus: null,
            refusal: "only 4 problems in common",
          },
        ],
      },
    ],
    comparisons: 0,
  });
  const listed = await gradus(workspace, "bench", "compare", "p1-before", "p1-after", "--json");
  const [pair, byTask] = [compared, listed].map(({ stdout }) => JSON.parse(stdout));
  expect(pair.groups[0].rows).toEqual(byTask.groups[0].rows);
  const alone = await gradus(workspace, "runs", "compare", "p1", "p1-before");
  expect(alone.code).toBe(1);
  expect(alone.stderr).toContain("p1-after: p1-before has no finished benchmark of its name");
});

test("while a host has the workspace open, other commands talk to it; a second host is refused", async () => {
  const workspace = await finishedWorkspace();
  const host = spawn(process.execPath, [MAIN, "serve", "--port", "0", "--json"], {
    env: { ...process.env, GRADUS_HOME: workspace },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    host.kill("SIGKILL");
  });
  const [line] = await once(createInterface({ input: host.stdout }), "line");
  const { url, pid } = z.object({ url: z.string(), pid: z.int() }).parse(JSON.parse(String(line)));
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
  expect(pid).toBe(host.pid);
  const list = await gradus(workspace, "runs", "list", "--json");
  expect(JSON.parse(list.stdout)).toMatchObject([{ id: "p1", status: "finished" }]);
  const second = await gradus(workspace, "serve", "--port", "0");
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`process ${host.pid}`);
  host.kill("SIGTERM");
  const [code] = await once(host, "exit");
  expect(code).toBe(0);
});

test("completion scripts name every command and are sound for the shell", async () => {
  const home = temporaryFolder();
  const { stdout } = await gradus(home, "completion", "bash");
  expect(stdout).toContain('"runs"*) words="list show stop pause continue resume compare export');
  const bash = spawn("bash", ["-n"], { stdio: ["pipe", "ignore", "inherit"] });
  bash.stdin.end(stdout);
  const [code] = await once(bash, "exit");
  expect(code).toBe(0);
});
