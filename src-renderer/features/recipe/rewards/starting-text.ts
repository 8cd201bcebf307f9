/** What a reward of one's own begins as: a text that works, in either language. */
import type { RewardLanguage } from "#shared/schema/reward-file.ts";

export const ENDINGS: Readonly<Record<RewardLanguage, string>> = {
  python: ".py",
  javascript: ".js",
};

export const STARTING_TEXT: Readonly<Record<RewardLanguage, string>> = {
  python: `# A number for each completion, or None where the reward does not apply.
# Each column of the problems is a list as long: gold, difficulty, and those of your set.
def reward(completions, prompts, gold, **columns) -> list[float | None]:
    values = []
    for completion, answer in zip(completions, gold):
        # An example: 1 for up to 400 characters, then falling to 0 at 800.
        values.append(max(0.0, min(1.0, 2 - len(completion) / 400)))
    return values
`,
  javascript: `// A number for a completion, or null where the reward does not apply.
// columns has those of the problem: gold, difficulty, and those of your set.
export function reward({ prompt, completion, columns }) {
  // An example: 1 for up to 400 characters, then falling to 0 at 800.
  return Math.max(0, Math.min(1, 2 - completion.length / 400));
}
`,
};

export function languageOf(file: string): RewardLanguage {
  return file.endsWith(".py") ? "python" : "javascript";
}
