/** What a stage is given by the process that runs it, and how it answers. */
import type {
  EngineMessageBody,
  EngineRequest,
  StageAnswer,
  StageQuestion,
} from "#shared/schema/engine-protocol.ts";
import type { Gym } from "./gym-port.ts";
import type { Sandbox } from "./sandbox-port.ts";

export type StartRequest = Extract<EngineRequest, { type: "start" }>;

export type StageContext = {
  emit(body: EngineMessageBody): void;
  /** Aborted by a cancel: the stage ends at the next step boundary, keeping nothing new. */
  readonly signal: AbortSignal;
  /** True after stop-and-keep: the stage writes a checkpoint at the next step boundary and ends. */
  stopRequested(): boolean;
  /** While the stage is to wait: resolves when it may go on, or is to end. */
  pause(): Promise<void> | null;
  /** Resolves when the host next cancels, pauses or asks the stage to end. */
  nextOrder(): Promise<void>;
  /** Puts a question to the host. */
  ask(question: StageQuestion): Promise<StageAnswer>;
  /** Where code that is not ours runs: rewards, tests, tasks. */
  readonly sandbox: Sandbox;
  /** reasoning-gym in a process of its own, which ends with the stage's. */
  openGym(program: NonNullable<StartRequest["gym"]>): Gym;
};
