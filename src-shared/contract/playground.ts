/** The playground: completions as they are written, problems with verdicts, and what was tried before. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { InferenceOptions, InferencePrompt, LoadedModel } from "../schema/inference.ts";
import {
  PlaygroundEvent,
  PlaygroundModel,
  PlaygroundProblem,
  PlaygroundVerdict,
  ProblemChoice,
  Thread,
  ThreadContent,
  ThreadSummary,
} from "../schema/playground.ts";
import { TaskName } from "../schema/stages/problem-data.ts";
import { procedure } from "./procedure.ts";

const model = z.string().min(1).max(4096);
const one = z.strictObject({ threadId: z.string() });

export const playground = {
  /** Models, then checkpoints of runs, newest first. */
  models: procedure.output(z.array(PlaygroundModel)),
  tasks: procedure.output(
    z.array(
      z.strictObject({
        name: TaskName,
        title: z.string(),
        difficultyUnit: z.string(),
        difficulties: z.array(z.int()),
      }),
    ),
  ),
  /** Loads a model before it is asked. */
  load: procedure.input(z.strictObject({ model })).output(
    z.strictObject({
      contextTokens: z.int(),
      runtime: z.string(),
      warnings: z.array(z.string()),
    }),
  ),
  /** Models that are in memory now. */
  held: procedure.output(z.array(LoadedModel)),
  unload: procedure.input(z.strictObject({ path: z.string() })).output(z.void()),
  /** Ends with the reader. */
  complete: procedure
    .input(z.strictObject({ model, prompt: InferencePrompt, options: InferenceOptions }))
    .output(eventIterator(PlaygroundEvent)),
  problem: procedure.input(ProblemChoice).output(PlaygroundProblem),
  grade: procedure
    .input(z.strictObject({ problem: ProblemChoice, text: z.string().max(1_000_000) }))
    .output(PlaygroundVerdict),
  threads: {
    /** The one changed last comes first. */
    list: procedure.output(z.array(ThreadSummary)),
    get: procedure.input(one).output(Thread),
    /** A new one without an id. Its title is its first words. */
    save: procedure
      .input(z.strictObject({ threadId: z.string().optional(), content: ThreadContent }))
      .output(ThreadSummary),
    delete: procedure.input(one).output(z.void()),
  },
};
