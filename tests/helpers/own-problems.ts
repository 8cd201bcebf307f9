/** A small problem set for stages to draw from: sums in words, two in three on the training side. */
import type { SetProblem } from "#shared/schema/problem.ts";
import { listContent } from "#main/store/problems/problem-content.ts";
import type { Store } from "#main/store/store.ts";

export const OWN_SET = "sums-in-words";
const COUNT = 24;

export function ownProblems(count = COUNT): SetProblem[] {
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [i + 2, (i * 7) % 11];
    return {
      id: `p${i}`,
      messages: [{ role: "user", content: `What is ${a}+${b}?` }],
      gold: String(a + b),
      verifier: { name: "maths", options: {} },
      solution: `${a}+${b}=${a + b}`,
      tags: [i % 2 === 0 ? "even" : "odd"],
      difficulty: 1 + (i % 3),
      columns: { a, b },
      split: i % 3 === 2 ? "test" : "train",
    };
  });
}

/** Version 1 of the set, where the store has none yet. */
export function insertOwnProblems(
  store: Store,
  name = OWN_SET,
  instruction = "",
  problems = ownProblems(),
): void {
  if (store.problems.find(name) !== null) return;
  const test = problems.filter(({ split }) => split === "test").length;
  store.transaction(() => {
    store.problems.insert(
      {
        set: name,
        title: "Sums in words",
        contentSha256: listContent(problems),
        instruction,
        licence: "",
        source: "",
        createdAtMs: 1,
        statistics: {
          problems: problems.length,
          splits: { train: problems.length - test, test },
          verifiers: { maths: problems.length },
          withoutGold: 0,
          withSolution: problems.length,
          conversations: 0,
          goldRejected: 0,
          nearDuplicates: 0,
        },
      },
      problems,
    );
  });
}
