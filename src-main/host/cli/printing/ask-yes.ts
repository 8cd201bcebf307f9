/** A question on the terminal, for what is not done unasked. */
import { createInterface } from "node:readline/promises";

/** True for y or yes; false for all else, and where nobody can answer. */
export async function askYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<string>((resolve) => {
      lines.once("close", () => resolve(""));
    });
    const answer = await Promise.race([lines.question(`${question} [y/N] `), closed]);
    return /^y(?:es)?$/iu.test(answer.trim());
  } finally {
    lines.close();
  }
}
