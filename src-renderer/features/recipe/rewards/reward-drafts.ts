/** Texts of rewards that are not saved yet, in the browser's storage: a reload takes none away. */
import { z } from "zod";

const Draft = z.strictObject({
  text: z.string(),
  /** Of the text that it was made of; null: there was no file. */
  sha256: z.string().nullable(),
});
export type RewardDraft = z.infer<typeof Draft>;

const PREFIX = "gradus.reward-draft.";

/** Drafts that the browser has no room for. They live as long as this page does. */
const inMemory = new Map<string, RewardDraft>();

function nameOf(workspace: string, file: string): string {
  return `${PREFIX}${workspace}.${file}`;
}

export function readRewardDraft(workspace: string, file: string): RewardDraft | undefined {
  const name = nameOf(workspace, file);
  try {
    return inMemory.get(name) ?? Draft.parse(JSON.parse(window.localStorage.getItem(name) ?? ""));
  } catch {
    return undefined;
  }
}

export function writeRewardDraft(workspace: string, file: string, draft: RewardDraft): void {
  const name = nameOf(workspace, file);
  try {
    window.localStorage.setItem(name, JSON.stringify(draft));
    inMemory.delete(name);
  } catch {
    inMemory.set(name, draft);
  }
}

export function forgetRewardDraft(workspace: string, file: string): void {
  const name = nameOf(workspace, file);
  inMemory.delete(name);
  window.localStorage.removeItem(name);
}

/** The unsaved texts among those files, by path. */
export function rewardDraftsOf(
  workspace: string,
  files: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.flatMap((file) => {
      const draft = readRewardDraft(workspace, file);
      return draft === undefined ? [] : [[file, draft.text]];
    }),
  );
}
