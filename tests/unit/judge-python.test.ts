/** A judge in Python, for other trainers: it asks what ours asks, and reads the answers as ours does. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { NO_OUTSIDE } from "#main/core/problems/outside/outside-task.ts";
import { judgedText, judgeMessages } from "#main/core/rewards/judges/judge-prompt.ts";
import { readVerdict, rewardOfScore } from "#main/core/rewards/judges/judge-verdict.ts";
import { exportRecipe } from "#main/services/exports/export-recipe.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { judgeServer } from "../helpers/judge-server.ts";
import type { JudgeServer } from "../helpers/judge-server.ts";
import { lacking } from "../helpers/need.ts";
import { NO_SETS } from "../helpers/problem-with.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const PYTHON = {
  met: spawnSync("python3", ["-V"]).status === 0,
  how: "install python3",
};
const SCALE: [number, number] = [1, 5];
const RUBRIC = 'Grade "it" — \\ and \n\tso on 🙂.\n';

async function exported(target: "trl" | "verl", server?: JudgeServer) {
  const recipe = requireRecipe(`
name: n
models: { m: base }
stages:
  - name: g
    kind: grpo
    model: m
    data: { task: arithmetic, difficulties: [2] }
    rewards: [{ judge: grader, rubric: r.md, scale: [1, 5], reference: true, cap: 1 }]
    num_generations: 2
    generation_batch_size: 8
    max_steps: 1
`);
  return exportRecipe(
    recipe,
    target,
    { sets: NO_SETS, outside: NO_OUTSIDE },
    {
      textOf: () => RUBRIC,
      endpointOf: () =>
        server === undefined
          ? undefined
          : { baseUrl: server.url, model: "small", requestsAtOnce: 2 },
    },
  );
}

const COMPLETIONS = [
  "<think>plan</think>\nEnd. 🙂",
  "<think>never ends",
  'Give it 5: {"score": 5}\n\0"quoted" \\ end',
  "nonsense",
  "busy",
];

function answerTo(content: string, call: number): string {
  if (content.includes("\nnonsense\n")) return call > 10 ? '{"score": 9}' : "well done";
  return '<think>{"score": 1}?</think>```json\n{"score": "4", "reason": "ok"}\n```';
}

test.skipIf(!PYTHON.met)(
  `a judge that is exported asks in the same words and gives the same values${lacking(PYTHON)}`,
  async () => {
    const busy = new Set<string>();
    const server = await judgeServer(({ messages }, call) => {
      const { content = "" } = messages[1] ?? {};
      if (content.includes("\nbusy\n") && !busy.has(content)) {
        busy.add(content);
        return { status: 429, headers: { "retry-after": "0.01" } };
      }
      return { text: answerTo(content, messages.length > 2 ? 99 : Math.min(call, 10)) };
    });
    onTestFinished(() => {
      server.close();
    });
    const { files, unmapped } = await exported("trl", server);
    const file = files.find(({ name }) => name === "own/r.py");
    expect(unmapped.map(({ why }) => why).join()).toContain("the cap is not kept");
    const folder = temporaryFolder();
    writeFileSync(join(folder, "r.py"), file?.text ?? "");
    const program = `import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
import r
given = json.load(sys.stdin)
print(json.dumps(r.reward(given, ["2+2?"] * len(given), gold=["4"] * len(given), id=["x"] * len(given))))`;
    const python = spawn("python3", ["-c", program], {
      env: { ...process.env, GRADUS_JUDGE_KEY: "sk-of-the-environment" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    python.stdin.end(JSON.stringify(COMPLETIONS));
    const printed = text(python.stdout);
    await once(python, "exit");
    expect(JSON.parse(await printed)).toEqual([0.75, 0, 0.75, null, 0.75]);
    expect(new Set(server.asked.map(({ authorization }) => authorization))).toEqual(
      new Set(["Bearer sk-of-the-environment"]),
    );
    const ours = COMPLETIONS.map((completion) => judgedText(completion, false))
      .filter((shown) => shown !== "")
      .map((shown) =>
        JSON.stringify(
          judgeMessages({ rubric: RUBRIC, prompt: "2+2?", reference: "4", text: shown }, SCALE),
        ),
      );
    const first = server.asked.filter(({ messages }) => messages.length === 2);
    expect(new Set(first.map(({ messages }) => JSON.stringify(messages)))).toEqual(new Set(ours));
    // The second question after nonsense is ours, too.
    const again = server.asked.find(({ messages }) => messages.length === 4)?.messages.at(-1);
    const fault = readVerdict("well done", SCALE);
    expect(again?.content).toContain("fault" in fault ? fault.fault : "no fault");
    expect(rewardOfScore(4, SCALE)).toBe(0.75);
  },
);

test("a judge without an endpoint here is listed as not exportable", async () => {
  const { files, unmapped } = await exported("verl");
  expect(unmapped.find(({ path }) => path === "stages.g.rewards")?.why).toContain(
    "no endpoint grader",
  );
  expect(files.map(({ name }) => name)).not.toContain("own/r.py");
});
