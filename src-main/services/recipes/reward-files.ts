/**
 * Files of rewards of one's own. A run, and a recipe that was brought in from a file, keep the text as it was: by its hash,
 * in the workspace's folder `rewards`. A reward with a `sha256` means the text that was kept.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { FileReward, RewardSpec } from "#shared/schema/reward.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { fileReward } from "#main/core/rewards/files/file-reward.ts";
import type { OwnRewards } from "#main/core/rewards/scoring/score-completions.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";

/** A reward is a page of code; a larger file is something else. */
const LARGEST_FILE = 1_000_000;

export class RewardFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The text that a reward means: what was kept, else the file.
   * @param relativeTo folder that its path starts from
   * @throws AppError NOT_FOUND, BAD_INPUT
   */
  text(spec: FileReward, relativeTo: string): string {
    if (spec.sha256 !== undefined && existsSync(this.path(spec.file, spec.sha256)))
      return readFileSync(this.path(spec.file, spec.sha256), "utf8");
    const file = resolve(relativeTo, spec.file);
    const facts = statSync(file, { throwIfNoEntry: false });
    if (facts?.isFile() !== true)
      throw new AppError(
        "NOT_FOUND",
        `There is no reward file ${file}.`,
        "A reward's file is looked for beside the recipe's.",
      );
    if (facts.size > LARGEST_FILE)
      throw new AppError(
        "BAD_INPUT",
        `${file} has ${facts.size} bytes: that is no reward.`,
        "A reward's file has at most a megabyte.",
      );
    const text = readFileSync(file, "utf8");
    if (spec.sha256 === undefined || sha256Of(text) === spec.sha256) return text;
    throw new AppError(
      "NOT_FOUND",
      `${file} is not the text that the recipe kept (SHA-256 ${spec.sha256.slice(0, 12)}…), and that text is not in this workspace.`,
      "Remove sha256 from the recipe to use the file as it is.",
    );
  }

  /** Keeps the text; gives the reward that means it. Throws as `text`. */
  keep(spec: FileReward, relativeTo: string): FileReward & { readonly sha256: string } {
    const text = this.text(spec, relativeTo);
    const sha256 = sha256Of(text);
    const path = this.path(spec.file, sha256);
    if (!existsSync(path)) {
      mkdirSync(this.#folder, { recursive: true });
      writeTextAtomically(path, text);
    }
    return { ...spec, sha256 };
  }

  /** Where a kept text lies. */
  path(file: string, sha256: string): string {
    return join(this.#folder, `${sha256}${extname(file)}`);
  }

  /** The stage with all of its own rewards kept. */
  kept(stage: Stage, relativeTo: string): Stage {
    if (stage.kind !== "grpo") return stage;
    const rewards = stage.rewards.map((spec): RewardSpec =>
      "file" in spec ? this.keep(spec, relativeTo) : spec,
    );
    return { ...stage, rewards };
  }

  /** Copies what a stage keeps into its run's folder; the paths by hash. Throws NOT_FOUND. */
  copyFor(stage: Stage, runFolder: string): Record<string, string> {
    const paths: Record<string, string> = {};
    if (stage.kind !== "grpo") return paths;
    for (const spec of stage.rewards) {
      if (!("file" in spec) || spec.sha256 === undefined) continue;
      const folder = join(runFolder, REWARD_FOLDER);
      const path = join(folder, `${spec.sha256}${extname(spec.file)}`);
      paths[spec.sha256] = path;
      if (existsSync(path)) continue;
      mkdirSync(folder, { recursive: true });
      writeTextAtomically(path, this.text(spec, runFolder));
    }
    return paths;
  }

  /** Runs rewards outside of a run. */
  runner(sandbox: Sandbox, relativeTo: string, signal?: AbortSignal): OwnRewards {
    return async (spec, inputs) =>
      fileReward(sandbox, { file: spec.file, text: this.text(spec, relativeTo) }, inputs, signal);
  }
}

/** In a run's folder. */
export const REWARD_FOLDER = "rewards";

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
