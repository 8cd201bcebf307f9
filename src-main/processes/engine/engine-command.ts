/** The command line's engine commands, as the process that runs them receives and answers them. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { ErrorCode } from "#shared/errors.ts";
import { CONTRACT_ERRORS } from "#shared/contract/errors.ts";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { describeExit } from "./supervisor.ts";

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
  z.strictObject({
    type: z.literal("failed"),
    code: z.string(),
    message: z.string(),
    advice: z.string().nullable(),
  }),
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
  options.signal.throwIfAborted();
  const child = fork(ENTRY, [], {
    env: { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    serialization: "advanced",
    // What native code prints is for people: stdout belongs to the command's result.
    stdio: ["ignore", process.stderr, process.stderr, "ipc"],
  });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  options.signal.addEventListener("abort", kill);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let last: EngineCommandAnswer | undefined;
  child.on("message", (raw) => {
    const answer = EngineCommandAnswer.safeParse(raw);
    if (!answer.success) return;
    last = answer.data;
    options.onAnswer(answer.data);
  });
  child.on("error", reject);
  let exited: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  let drained = false;
  const settle = (): void => {
    if (exited === undefined || !drained) return;
    if (last?.type === "done") resolve(undefined);
    else if (last?.type === "failed") {
      reject(new AppError(errorCodeOf(last.code), last.message, last.advice ?? undefined));
    } else if (options.signal.aborted) reject(options.signal.reason);
    else {
      reject(
        new AppError(
          "ENGINE_CRASHED",
          `The engine process ${describeExit(exited)}.`,
          "What it printed above says more. `gradus doctor` checks the runtime.",
        ),
      );
    }
  };
  child.on("exit", (code, signal) => {
    exited = { code, signal };
    settle();
  });
  child.on("disconnect", () => {
    drained = true;
    settle();
  });
  child.send(request, () => undefined);
  try {
    await promise;
  } finally {
    options.signal.removeEventListener("abort", kill);
  }
}

export function errorCodeOf(code: string): ErrorCode {
  const known = Object.keys(CONTRACT_ERRORS).find((name) => name === code);
  return isErrorCode(known) ? known : "ENGINE_ERROR";
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && code in CONTRACT_ERRORS;
}
