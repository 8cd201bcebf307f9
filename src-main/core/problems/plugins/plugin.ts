/** A task plug-in that was read, and what its file gives and takes. */
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import type { PluginManifest } from "#shared/schema/plugin.ts";

export type Plugin = {
  readonly manifest: PluginManifest;
  /** Of its file, and the text's SHA-256: another text is another plug-in. */
  readonly text: string;
  readonly hash: string;
};

const LONGEST = 100_000;

/** What `generate(seed, difficulty)` gives. */
export const PluginProblem = z.strictObject({
  prompt: z.string().min(1).max(LONGEST),
  /** Null where no answer is the right one. */
  gold: z.string().max(LONGEST).nullable(),
  /** For `solve` and `verify`. */
  data: JsonValue.default(null),
  /** Equal for problems that are one problem in other dress; by default the prompt. */
  canonical: z.string().min(1).max(LONGEST).optional(),
});
export type PluginProblem = z.infer<typeof PluginProblem>;

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
