/**
 * Tasks whose code does not run in this process: the workspace's plug-ins, in the sandbox, and reasoning-gym's datasets,
 * in Python. They are asked for many problems at once, and for many verdicts.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { JsonValue } from "#shared/schema/json-value.ts";
import type { VerifierSpec } from "#shared/schema/problem.ts";
import type { DataSource, OutsideSource } from "#shared/schema/stages/problem-data.ts";
import { findTask } from "../registry.ts";
import type { WorkedSolution } from "../task.ts";
import type { Verdict } from "../../verifiers/verifier.ts";

/** Characters of a text that such a task gives. */
export const LONGEST = 100_000;

/** A problem as such a task makes it. */
export const MadeProblem = z.strictObject({
  prompt: z.string().min(1).max(LONGEST),
  /** Null where no answer is the right one. */
  gold: z.string().max(LONGEST).nullable(),
  /** For `solve` and `verify`. */
  data: JsonValue.default(null),
  /** Equal for problems that are one problem in other dress; by default the prompt. */
  canonical: z.string().min(1).max(LONGEST).optional(),
});
export type MadeProblem = z.infer<typeof MadeProblem>;

export type OutsideDrawn = {
  readonly seed: number;
  /** null of a task that has none. */
  readonly difficulty: number | null;
};
export type OutsideAnswer = {
  readonly problem: Omit<MadeProblem, "canonical">;
  readonly answer: string;
};

export type OutsideTask = {
  /** What recipes call it. */
  readonly name: string;
  /** What its problems name as their verifier; the name has a slash, which no other verifier's has. */
  readonly verifier: VerifierSpec;
  /** Equal for the same problems and verdicts. */
  readonly version: string;
  /** The difficulties there are; empty where a source does not choose by them. */
  readonly difficulties: readonly number[];
  /** Equal draws give equal problems. Throws AppError. */
  generate(draws: readonly OutsideDrawn[], signal?: AbortSignal): Promise<MadeProblem[]>;
  /** Null where it works out no solutions. Throws AppError. */
  solve(problems: readonly MadeProblem[], signal?: AbortSignal): Promise<WorkedSolution[] | null>;
  /** In the answers' order. Throws AppError. */
  verify(answers: readonly OutsideAnswer[], signal?: AbortSignal): Promise<Verdict[]>;
};

/** Where such tasks are found: the workspace's, or those that a run keeps. */
export type OutsideTasks = {
  /** Throws AppError where there is no such task, or it cannot be used. */
  ofSource(source: OutsideSource): Promise<OutsideTask>;
  ofVerifier(verifier: VerifierSpec): Promise<OutsideTask>;
};

/** Throws BAD_RECIPE for a difficulty that the task does not have. */
export function assertDifficulties(task: OutsideTask, source: OutsideSource): void {
  if (!("difficulties" in source)) return;
  const other = source.difficulties.find((one) => !task.difficulties.includes(one));
  if (other === undefined) return;
  throw new AppError(
    "BAD_RECIPE",
    `The task ${task.name} has no difficulty ${other}.`,
    `Choose among ${task.difficulties.join(", ")}.`,
  );
}

/** Where only problems that are at hand without waiting are looked at. */
export const NO_OUTSIDE: OutsideTasks = {
  ofSource: async ({ task }) => Promise.reject(new Error(`${task} cannot be asked here`)),
  ofVerifier: async ({ name }) => Promise.reject(new Error(`${name} cannot be asked here`)),
};

/** Whether the verifier is such a task's. */
export function isOutside(verifier: string): boolean {
  return verifier.includes("/");
}

/** Undefined for built-in tasks and problem sets. */
export function outsideSource(source: DataSource): OutsideSource | undefined {
  return "task" in source && findTask(source.task) === undefined ? source : undefined;
}

/**
 * `task/canonical/prompt`, the last two as hashes: problems may be long. The split hashes the first two parts
 * (`split-of.ts`), so that a problem in other dress is on the same side.
 */
export function outsideProblemId(task: string, { prompt, canonical }: MadeProblem): string {
  const same = hashOf(canonical ?? prompt, 20);
  return canonical === undefined ? `${task}/${same}` : `${task}/${same}/${hashOf(prompt, 12)}`;
}

function hashOf(text: string, characters: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, characters);
}
