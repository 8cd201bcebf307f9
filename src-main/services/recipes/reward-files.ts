/**
 * Files of rewards of one's own, and judges' rubrics. A run, and a recipe that was brought in from a file, keep the text
 * as it was: by its hash, in the workspace's folder `rewards`. A reward with a `sha256` means the text that was kept. The paths of a recipe that
 * is kept in the workspace start from the workspace: `rewards/NAME.py` is a file of the same folder.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import { fileOfReward } from "#shared/schema/reward.ts";
import type { FileReward, RewardFile } from "#shared/schema/reward.ts";
import { rewardsOfStage, withRewards } from "#shared/schema/stage-rewards.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { AllowedCode } from "#shared/schema/system.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";

/** A text that is kept by its hash. */
const KEPT = /^([0-9a-f]{64})\.(?:js|mjs|ts|py|md|txt)$/;

/** A reward is a page of code; a larger file is something else. */
const LARGEST_FILE = 1_000_000;

export class RewardFiles {
  readonly #folder: string;
  readonly #allowed: () => readonly AllowedCode[];

  /** @param allowed what the user lets run outside of the sandbox */
  constructor(folder: string, allowed: () => readonly AllowedCode[]) {
    this.#folder = folder;
    this.#allowed = allowed;
  }

  /**
   * The text that a reward means: what was kept, else the file.
   * @param relativeTo folder that its path starts from; undefined: the workspace
   * @throws AppError NOT_FOUND, BAD_INPUT
   */
  text(spec: RewardFile, relativeTo: string | undefined): string {
    if (spec.sha256 !== undefined && existsSync(this.path(spec.file, spec.sha256)))
      return readFileSync(this.path(spec.file, spec.sha256), "utf8");
    const file = resolve(relativeTo ?? dirname(this.#folder), spec.file);
    const facts = statSync(file, { throwIfNoEntry: false });
    if (facts?.isFile() !== true)
      throw new AppError(
        "NOT_FOUND",
        `There is no ${kindOf(file)} ${file}.`,
        relativeTo === undefined
          ? "The recipe is kept in the workspace, and its files are looked for there: write it in the recipe's rewards step, or put the file there."
          : "It is looked for beside the recipe's file.",
      );
    if (facts.size > LARGEST_FILE)
      throw new AppError(
        "BAD_INPUT",
        `${file} has ${facts.size} bytes: that is no ${kindOf(file)}.`,
        "It has at most a megabyte.",
      );
    const text = readFileSync(file, "utf8");
    if (text.trim() === "")
      throw new AppError("BAD_INPUT", `The ${kindOf(file)} ${file} is empty.`, "Write it first.");
    if (spec.sha256 === undefined || textSha256(text) === spec.sha256) return text;
    throw new AppError(
      "NOT_FOUND",
      `${file} is not the text that the recipe kept (SHA-256 ${spec.sha256.slice(0, 12)}…), and that text is not in this workspace.`,
      "Remove sha256 from the recipe to use the file as it is.",
    );
  }

  /**
   * Throws as `text`, and BAD_RECIPE where it wants a Python of the user's own and the user has not allowed this text there.
   */
  runnable(spec: FileReward, relativeTo: string | undefined, draft?: string): string {
    const text = draft ?? this.text(spec, relativeTo);
    requireAllowed(spec, text, this.#allowed());
    return text;
  }

  /** Keeps the text; gives its SHA-256. Throws as `text`. */
  keep(spec: RewardFile, relativeTo: string | undefined): string {
    const text = this.text(spec, relativeTo);
    const sha256 = textSha256(text);
    const path = this.path(spec.file, sha256);
    if (!existsSync(path)) {
      mkdirSync(this.#folder, { recursive: true });
      writeTextAtomically(path, text);
    }
    return sha256;
  }

  /** Where a kept text lies. */
  path(file: string, sha256: string): string {
    return join(this.#folder, `${sha256}${extname(file)}`);
  }

  /** The stage with all of its own rewards kept. */
  kept(stage: Stage, relativeTo: string | undefined): Stage {
    return withRewards(stage, (spec) => {
      const file = fileOfReward(spec);
      if (file === undefined || !("file" in spec || "judge" in spec)) return spec;
      return { ...spec, sha256: this.keep(file, relativeTo) };
    });
  }

  /** Copies what a stage keeps into its run's folder; the paths by hash. Throws NOT_FOUND. */
  copyFor(stage: Stage, runFolder: string): Record<string, string> {
    const paths: Record<string, string> = {};
    for (const spec of rewardsOfStage(stage)) {
      const file = fileOfReward(spec);
      if (file?.sha256 === undefined) continue;
      const folder = join(runFolder, REWARD_FOLDER);
      const path = join(folder, `${file.sha256}${extname(file.file)}`);
      paths[file.sha256] = path;
      if ("file" in spec) requireAllowed(spec, this.text(spec, runFolder), this.#allowed());
      if (existsSync(path)) continue;
      mkdirSync(folder, { recursive: true });
      writeTextAtomically(path, this.text(file, runFolder));
    }
    return paths;
  }

  /** Removes the kept texts whose hash nothing names any more. */
  removeUnless(isNamed: (sha256: string) => boolean): void {
    if (!existsSync(this.#folder)) return;
    for (const name of readdirSync(this.#folder)) {
      const sha256 = KEPT.exec(name)?.[1];
      if (sha256 !== undefined && !isNamed(sha256))
        rmSync(join(this.#folder, name), { force: true });
    }
  }
}

function requireAllowed(
  { file, python }: FileReward,
  text: string,
  allowed: readonly AllowedCode[],
): void {
  if (python === undefined) return;
  if (!file.endsWith(".py"))
    throw new AppError(
      "BAD_RECIPE",
      `The reward ${file} is no Python file, and cannot run in ${python}.`,
      "Remove python from it: JavaScript runs in the sandbox.",
    );
  const sha256 = textSha256(text);
  if (allowed.some((one) => one.sha256 === sha256 && one.python === python)) return;
  throw new AppError(
    "BAD_RECIPE",
    `The reward ${file} wants to run in ${python}, outside of the sandbox, and nobody has allowed this text there.`,
    `Read the file, then: gradus rewards allow ${file} --python ${python}. A change of the file asks again.`,
  );
}

/** In a run's folder. */
export const REWARD_FOLDER = "rewards";

function kindOf(file: string): string {
  return /\.(?:md|txt)$/.test(file) ? "rubric" : "reward file";
}

export function textSha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
