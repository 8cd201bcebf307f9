/** The command line's engine commands, as the process that runs them receives and answers them. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { Child } from "../child.ts";
import { describeExit } from "../child-exit.ts";
import { errorOf, Failure } from "../failure.ts";

const files = { model: z.string(), out: z.string() };

export const EngineCommand = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("logits"), ...files, input: z.string() }),
  z.strictObject({ name: z.literal("tokenize"), ...files, input: z.string() }),
  z.strictObject({
    name: z.literal("generate"),
    ...files,
    input: z.string(),
    maxNew: z.int().min(1),
    temperature: z.number().min(0),
    topP: z.number().gt(0).max(1),
    topK: z.int().min(0),
    minP: z.number().min(0).max(1),
    repetitionPenalty: z.number().positive(),
    n: z.int().min(1),
    seed: z.int().min(0),
  }),
  z.strictObject({
    name: z.literal("grpo-replay"),
    ...files,
    rollouts: z.string(),
    config: z.string(),
  }),
]);
export type EngineCommand = z.infer<typeof EngineCommand>;

export const EngineCommandRequest = z.strictObject({
  command: EngineCommand,
  runtime: RuntimeChoice,
});
export type EngineCommandRequest = z.infer<typeof EngineCommandRequest>;

export const EngineCommandAnswer = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("started"),
    runtime: z.string(),
    warnings: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal("progress"), done: z.int(), total: z.int(), tokens: z.int() }),
  z.strictObject({ type: z.literal("done") }),
  z.strictObject({ type: z.literal("failed"), ...Failure.shape }),
]);
export type EngineCommandAnswer = z.infer<typeof EngineCommandAnswer>;

const ENTRY = fileURLToPath(new URL("./engine-command-process.ts", import.meta.url));

/** Runs a command in a process of its own, so that a crash in native code stays there. Throws AppError. */
export async function runEngineCommand(
  request: EngineCommandRequest,
  options: {
    readonly signal: AbortSignal;
    readonly onAnswer: (answer: EngineCommandAnswer) => void;
  },
): Promise<void> {
  const { signal, onAnswer } = options;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let last: EngineCommandAnswer | undefined;
  const child = new Child<EngineCommandRequest, EngineCommandAnswer>(
    { entry: ENTRY, messages: EngineCommandAnswer, prints: "terminal", signal },
    {
      message: (answer) => {
        last = answer;
        onAnswer(answer);
      },
      unreadable: (error) => {
        reject(error);
        child.kill();
      },
      exit: (exit) => {
        if (last?.type === "done") resolve(undefined);
        else if (last?.type === "failed") reject(errorOf(last));
        else if (signal.aborted) reject(signal.reason);
        else
          reject(
            exit.startError ??
              new AppError(
                "ENGINE_CRASHED",
                `The engine process ${describeExit(exit)}.`,
                "What it printed above says more. `gradus doctor` checks the runtime.",
              ),
          );
      },
    },
  );
  child.send(request);
  await promise;
}
