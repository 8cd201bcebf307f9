/** Examples that are held out of training: a share, chosen by the seed, never one whose prompt is learned from too. */
import { AppError } from "#shared/errors.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import type { Conversation } from "./conversation-lines.ts";

/**
 * Indexes of the held-out ones, ascending: at least `share` of all, rounded up as in scikit-learn's and datasets'
 * train_test_split, with all examples of a prompt on one side.
 * @throws AppError BAD_INPUT where nothing would be left to learn from
 */
export function heldOutIndexes(
  conversations: readonly Conversation[],
  share: number,
  seed: number,
): number[] {
  const prompts = [...Map.groupBy(conversations.keys(), (i) => promptOf(conversations[i] ?? []))];
  const wanted = Math.ceil(share * conversations.length);
  const mixed = prompts
    .map(([prompt, indexes]) => ({ key: sha256Of([seed, prompt]), indexes }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const held: number[] = [];
  for (const { indexes } of mixed) {
    if (held.length >= wanted) break;
    held.push(...indexes);
  }
  if (held.length >= conversations.length)
    throw new AppError(
      "BAD_INPUT",
      `Of ${conversations.length} examples with ${prompts.length} different prompts none is left to learn from once some are held out.`,
      "Leave eval_steps out, or use more examples.",
    );
  return held.sort((a, b) => a - b);
}

/** How many of `measured` ask what one of `learned` asks; white space and capitals make no difference. */
export function promptsInCommon(
  learned: readonly Conversation[],
  measured: readonly Conversation[],
): number {
  const plain = (one: Conversation): string => promptOf(one).toLowerCase().replaceAll(/\s+/gu, " ");
  const asked = new Set(learned.map(plain));
  return measured.filter((one) => asked.has(plain(one))).length;
}

/** What comes before the first answer. */
function promptOf(conversation: Conversation): string {
  const answer = conversation.findIndex(({ role }) => role === "assistant");
  const before = answer === -1 ? conversation : conversation.slice(0, answer);
  return JSON.stringify(before.map(({ role, content }) => [role, content]));
}
