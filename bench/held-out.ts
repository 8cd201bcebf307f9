/**
 * The held-out problems that every benchmark of two-digit sums in words asks, as JSONL for another trainer's evaluation.
 *
 *   node bench/held-out.ts COUNT
 */
import { HELD_OUT_SEED } from "#main/core/problems/evaluation-data.ts";
import { drawProblems } from "#main/core/problems/draw-problems.ts";

const count = Number(process.argv[2] ?? 512);
const problems = drawProblems({
  source: { task: "addition", difficulties: [2] },
  split: "test",
  seed: HELD_OUT_SEED,
  count,
});
for (const { prompt, source: task, gold, data } of problems) {
  const line = {
    prompt: [{ role: "user", content: prompt }],
    task,
    gold,
    data: JSON.stringify(data),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
