/** A task plug-in that was read, and what its file gives and takes. */
import { z } from "zod";
import type { PluginManifest } from "#shared/schema/plugin.ts";
import { LONGEST } from "../outside/outside-task.ts";

export type Plugin = {
  readonly manifest: PluginManifest;
  /** Of its file. */
  readonly text: string;
  /** See `pluginHash`: another hash is another plug-in. */
  readonly hash: string;
};

/** What `solve(problem)` gives. */
export const PluginSolution = z.strictObject({ think: z.string(), answer: z.string() });

/** What `verify(problem, answer)` gives. */
export const PluginVerdict = z
  .union([
    z.boolean().transform((correct) => ({ correct })),
    z.strictObject({
      correct: z.boolean(),
      score: z.number().min(0).max(1).optional(),
      detail: z.string().max(LONGEST).optional(),
    }),
  ])
  .transform(({ correct, ...rest }) => {
    const { score, detail }: { score?: number | undefined; detail?: string | undefined } = rest;
    // A score is 1 exactly where the answer is right.
    const part = correct ? 1 : Math.min(score ?? 0, 0.999);
    return {
      correct,
      score: part,
      detail: detail ?? (correct ? "the plug-in accepts it" : "the plug-in rejects it"),
    };
  });
