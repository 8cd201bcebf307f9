/** Rewards of one's own that are written in the workspace: files of its folder `rewards`, every change with undo. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { RewardPath } from "#shared/schema/reward-file.ts";
import type { RewardFileFacts, RewardFileText } from "#shared/schema/reward-file.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import type { EditJournal, EditPen } from "../workspace/edit-journal.ts";
import { textSha256 } from "./reward-files.ts";

/** Payloads stand in the store: their shape never changes. Null: there is no file. */
const FileChange = z.strictObject({
  file: RewardPath,
  text: z.string().nullable(),
  /** Of the text that the change is made on. */
  expected: z.string().nullable(),
});
type FileChange = z.infer<typeof FileChange>;

const CHANGED = [{ type: "recipes" }] as const;

export class RewardBook {
  readonly #root: string;
  readonly #changes: EditPen<FileChange>;

  /** @param root the workspace's folder */
  constructor(root: string, journal: EditJournal) {
    this.#root = root;
    this.#changes = journal.register("reward-file", {
      payload: FileChange,
      apply: (change) => {
        this.#apply(change);
      },
      events: () => CHANGED,
    });
  }

  list(): RewardFileFacts[] {
    const folder = join(this.#root, "rewards");
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .flatMap((name) => {
        const file = RewardPath.safeParse(`rewards/${name}`);
        if (!file.success || isKept(name)) return [];
        const { text: _, ...facts } = this.read(file.data);
        return [facts];
      });
  }

  /** Throws NOT_FOUND. */
  read(file: RewardPath): RewardFileText {
    const text = this.#text(file);
    if (text === null)
      throw new AppError(
        "NOT_FOUND",
        `There is no reward ${file} in the workspace.`,
        "It was deleted or moved; undo brings a deleted one back.",
      );
    const updatedAtMs = statSync(this.#path(file)).mtimeMs;
    return { file, text, sha256: textSha256(text), updatedAtMs };
  }

  /** @param sha256 of the text that was read; null for a new file. Throws CONFLICT where there is another text now. */
  save(file: RewardPath, text: string, sha256: string | null): RewardFileText {
    const before = this.#text(file);
    this.#require(file, sha256);
    if (before !== text)
      this.#changes.write({
        scope: scopeOf(file),
        label: before === null ? `write ${file}` : `change ${file}`,
        forward: { file, text, expected: sha256 },
        inverse: { file, text: before, expected: textSha256(text) },
      });
    return this.read(file);
  }

  /** Throws NOT_FOUND. */
  delete(file: RewardPath): void {
    const { text, sha256 } = this.read(file);
    this.#changes.write({
      scope: scopeOf(file),
      label: `delete ${file}`,
      forward: { file, text: null, expected: sha256 },
      inverse: { file, text, expected: null },
    });
  }

  #apply({ file, text, expected }: FileChange): void {
    this.#require(file, expected);
    const path = this.#path(file);
    if (text === null) rmSync(path, { force: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeTextAtomically(path, text);
    }
  }

  /** Throws CONFLICT where the file's text is not that one. */
  #require(file: RewardPath, sha256: string | null): void {
    const now = this.#text(file);
    if ((now === null ? null : textSha256(now)) === sha256) return;
    throw new AppError(
      "CONFLICT",
      sha256 === null
        ? `There is a reward ${file} already.`
        : `${file} was changed elsewhere since it was read.`,
      sha256 === null
        ? "Choose another name, or open that file."
        : "Load it again, or keep this text: it then replaces the other.",
    );
  }

  #text(file: RewardPath): string | null {
    const path = this.#path(file);
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  }

  #path(file: RewardPath): string {
    return join(this.#root, file);
  }
}

/** What undo of one file goes by. */
function scopeOf(file: RewardPath): string {
  return `reward:${file}`;
}

/** The names of texts that runs hold on to. */
function isKept(name: string): boolean {
  return /^[0-9a-f]{64}\./.test(name);
}
