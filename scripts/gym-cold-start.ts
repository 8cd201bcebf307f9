/**
 * Worked examples for docs/experiments/recipes/reasoning-gym.yaml, beside it: training problems of its three tasks, worked
 * out by a template each, since reasoning-gym says what is right and not how it is found.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import { formatSolution } from "#main/core/problems/task.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { GymService } from "#main/services/gym/gym-service.ts";
import { WorkspaceTasks } from "#main/services/plugins/workspace-tasks.ts";

/** Of each task. */
const EXAMPLES = 96;
const SEED = 4;
const OUT = fileURLToPath(
  new URL("../docs/experiments/recipes/reasoning-gym-cold-start.jsonl", import.meta.url),
);

/** 57 + 87: the tens first, then the ones. */
function sumSteps(prompt: string): string[] {
  const [, first = "", sign = "+", second = ""] = /(\d+) ([+-]) (\d+) =/u.exec(prompt) ?? [];
  const by = Number(second);
  let total = Number(first);
  return [by - (by % 10), by % 10].map((part) => {
    const next = sign === "+" ? total + part : total - part;
    const line = `${total} ${sign} ${part} = ${next}`;
    total = next;
    return line;
  });
}

/** Euclid's algorithm. */
function divisorSteps(prompt: string): string[] {
  const [one = 0, other = 0] = (/numbers: ([\d, ]+)/u.exec(prompt)?.[1] ?? "")
    .split(",")
    .map(Number);
  let [a, b] = [Math.max(one, other), Math.min(one, other)];
  const lines: string[] = [];
  while (b > 0) {
    lines.push(`${a} = ${Math.floor(a / b)} * ${b} + ${a % b}`);
    [a, b] = [b, a % b];
  }
  return lines;
}

/** Each word spelled, and what is counted so far. */
function letterSteps(prompt: string): string[] {
  const [, letter = "", text = ""] = /letter "(.)" appear in the text: "(.*)"/su.exec(prompt) ?? [];
  let total = 0;
  return text.split(" ").map((word) => {
    total += Array.from(word.toLowerCase()).filter((one) => one === letter.toLowerCase()).length;
    return `${Array.from(word).join(" ")}: ${total}`;
  });
}

const TASKS = [
  ["chain_sum", { max_terms: 2, max_digits: 2 }, sumSteps],
  ["gcd", { max_value: 100 }, divisorSteps],
  ["letter_counting", { min_words: 2, max_words: 4 }, letterSteps],
] as const;

const workspace = fileURLToPath(new URL("../.cache/gym", import.meta.url));
const sandbox = new SandboxPool();
const gym = new GymService(workspace);
const outside = new WorkspaceTasks(workspace, sandbox, gym);
const lines: string[] = [];
for (const [name, config, steps] of TASKS) {
  const source = { task: `reasoning-gym/${name}`, config };
  const supply = new ProblemSupply(source, { split: "train", seed: SEED, sets: () => [], outside });
  await supply.prepareDistinct(EXAMPLES);
  for (const { prompt, gold } of supply.distinct(EXAMPLES)) {
    const content = formatSolution({ think: steps(prompt).join("\n"), answer: gold ?? "" });
    lines.push(
      JSON.stringify({
        messages: [
          { role: "user", content: prompt },
          { role: "assistant", content },
        ],
      }),
    );
  }
}
writeFileSync(OUT, lines.map((line) => `${line}\n`).join(""));
gym.close();
sandbox.close();
console.log(`${lines.length} examples in ${OUT}`);
