/** cons@k: is the answer that most of a problem's k completions give the right one? (Majority vote, Wang et al. 2022.) */

export type Vote = {
  /** Equal for answers that say the same; null where the completion gives no answer, which is no vote. */
  readonly key: string | null;
  readonly correct: boolean;
};

/**
 * 1 where the most frequent answer is right, 0 where it is wrong or nobody answers; where several
 * answers are equally frequent, the share of them that is right.
 */
export function consensus(votes: readonly Vote[]): number {
  const answers = new Map<string, { count: number; correct: boolean }>();
  for (const { key, correct } of votes) {
    if (key === null) continue;
    const known = answers.get(key);
    if (known === undefined) answers.set(key, { count: 1, correct });
    else known.count++;
  }
  const most = Math.max(0, ...Array.from(answers.values(), ({ count }) => count));
  const leading = [...answers.values()].filter(({ count }) => count === most);
  return leading.length === 0
    ? 0
    : leading.filter(({ correct }) => correct).length / leading.length;
}
