/** What is tried in the playground: conversations and texts with one model, or two side by side. */
import { z } from "zod";
import { ChatTurn, FinishReason, InferenceEvent, InferenceOptions } from "./inference.ts";
import { TaskName } from "./stages/problem-data.ts";

/** Something that can be asked. */
export const PlaygroundModel = z.strictObject({
  /** What `complete` takes. */
  id: z.string(),
  kind: z.enum(["model", "checkpoint"]),
  name: z.string(),
  /** A model's origin, or the run and step of a checkpoint. */
  note: z.string(),
});
export type PlaygroundModel = z.infer<typeof PlaygroundModel>;

/** A held-out problem of a task; the seed and the difficulty make it again. */
export const ProblemChoice = z.strictObject({
  task: TaskName,
  difficulty: z.int().min(1),
  seed: z.int().min(0),
});
export type ProblemChoice = z.infer<typeof ProblemChoice>;

export const PlaygroundProblem = z.strictObject({
  ...ProblemChoice.shape,
  id: z.string(),
  prompt: z.string(),
  gold: z.string(),
  /** What the task's verifier needs. */
  data: z.unknown(),
});
export type PlaygroundProblem = z.infer<typeof PlaygroundProblem>;

/** strict: as benchmarks grade, inside the answer tags; lenient: also what stands outside them. */
export const PlaygroundVerdict = z.strictObject({
  answer: z.string().nullable(),
  strict: z.boolean(),
  lenient: z.boolean(),
});
export type PlaygroundVerdict = z.infer<typeof PlaygroundVerdict>;

/** Of one answer; times are null where it did not end by itself. */
export const AnswerFacts = z.strictObject({
  end: z.union([FinishReason, z.literal("stopped"), z.literal("failed")]),
  promptTokens: z.int(),
  tokens: z.int(),
  firstTokenMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  verdict: PlaygroundVerdict.nullable(),
});
export type AnswerFacts = z.infer<typeof AnswerFacts>;

const StoredTurn = z.strictObject({ ...ChatTurn.shape, facts: AnswerFacts.nullable() });
export type StoredTurn = z.infer<typeof StoredTurn>;

/** One trial as it is kept: each side has the turns of its own model. A text has one turn, the text and what followed. */
export const ThreadContent = z.strictObject({
  mode: z.enum(["chat", "text"]),
  options: InferenceOptions,
  problem: ProblemChoice.nullable(),
  sides: z
    .array(z.strictObject({ model: z.string(), turns: z.array(StoredTurn).max(1000) }))
    .min(1)
    .max(2),
});
export type ThreadContent = z.infer<typeof ThreadContent>;

export const ThreadSummary = z.strictObject({
  id: z.string(),
  title: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
});
export type ThreadSummary = z.infer<typeof ThreadSummary>;

export const Thread = z.strictObject({ ...ThreadSummary.shape, content: ThreadContent });
export type Thread = z.infer<typeof Thread>;

/** A request's stream. `failed` is its last event where something went wrong. */
export const PlaygroundEvent = z.discriminatedUnion("type", [
  /** The model has to be loaded first. */
  z.strictObject({ type: z.literal("loading") }),
  ...InferenceEvent.options,
  z.strictObject({
    type: z.literal("failed"),
    message: z.string(),
    advice: z.string().nullable(),
  }),
]);
export type PlaygroundEvent = z.infer<typeof PlaygroundEvent>;
