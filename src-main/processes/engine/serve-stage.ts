/**
 * The engine process's side of the channel: reads the request, runs one stage, numbers every message, keeps the heart
 * beating, and ends the process.
 */
import { AppError } from "#shared/errors.ts";
import { EngineRequest } from "#shared/schema/engine-protocol.ts";
import type {
  EngineMessage,
  EngineMessageBody,
  StageAnswer,
  Usage,
} from "#shared/schema/engine-protocol.ts";
import type { StageContext, StartRequest } from "#main/core/stage-context.ts";
import { failureOf } from "../failure.ts";
import { HostChannel } from "../host-channel.ts";
import { GymProcess } from "../gym/gym-process.ts";
import { SandboxPool } from "../sandbox/sandbox-pool.ts";
import { isLastWord } from "./last-word.ts";
import { PauseSwitch } from "./pause-switch.ts";

const HEARTBEAT_MS = 2000;

export type RunStage = (request: StartRequest, context: StageContext) => Promise<void>;

/**
 * Serves one stage over this process's channel; the process ends with it.
 * @param tensors live tensors of the backend, for the heartbeat.
 */
export function serveStage(runStage: RunStage, tensors: () => number): void {
  // Its workers start when they are first needed.
  const sandbox = new SandboxPool();
  const gyms: GymProcess[] = [];
  const cancelled = new AbortController();
  const pauses = new PauseSwitch();
  const questions = new Map<number, (answer: StageAnswer) => void>();
  let order = Promise.withResolvers<void>();
  const ordered = (): void => {
    order.resolve();
    order = Promise.withResolvers();
  };
  let keep = false;
  let started = false;
  let saidTheEnd = false;
  let seq = 0;
  const numbered = (body: EngineMessageBody): EngineMessage => {
    seq += 1;
    return { seq, timeMs: Date.now(), body };
  };
  const context: StageContext = {
    emit: (body) => {
      // After the last word there is no news.
      if (saidTheEnd) return;
      saidTheEnd = isLastWord(body);
      channel.send(numbered(body));
    },
    signal: cancelled.signal,
    stopRequested: () => keep,
    pause: () => pauses.pause,
    nextOrder: () => order.promise,
    ask: (question) =>
      new Promise((resolve) => {
        const id = questions.size + 1;
        questions.set(id, resolve);
        context.emit({ type: "ask", id, question });
      }),
    sandbox,
    openGym: (program) => {
      const gym = new GymProcess(program);
      gyms.push(gym);
      return gym;
    },
  };
  const run = async (request: StartRequest): Promise<void> => {
    const heartbeat = setInterval(() => {
      const rssBytes = process.memoryUsage.rss();
      context.emit({ type: "heartbeat", rssBytes, tensors: tensors() });
    }, HEARTBEAT_MS);
    try {
      await runStage(request, context);
      context.emit(failed(new Error("the stage ended without saying how")));
    } catch (error) {
      const { aborted } = context.signal;
      context.emit(aborted ? { type: "cancelled", usage: processUsage() } : failed(error));
    }
    clearInterval(heartbeat);
    sandbox.close();
    for (const gym of gyms) gym.close();
    channel.end();
  };
  const channel = new HostChannel<EngineRequest, EngineMessage>({
    requests: EngineRequest,
    request: async (request) => {
      switch (request.type) {
        case "pause":
          pauses.set();
          ordered();
          return;
        case "continue":
          pauses.release();
          return;
        case "cancel":
          cancelled.abort();
          pauses.release();
          ordered();
          return;
        case "stop-and-keep":
          keep = true;
          pauses.release();
          ordered();
          return;
        case "answer":
          questions.get(request.id)?.(request.answer);
          return;
        default:
          if (started) return;
          started = true;
          await run(request);
      }
    },
    lastWord: (error) => (saidTheEnd ? undefined : numbered(failed(error))),
  });
}

function failed(error: unknown): EngineMessageBody {
  const { code, message, advice } = failureOf(error);
  return {
    type: "failed",
    code,
    message,
    ...(advice === null ? {} : { advice }),
    ...(error instanceof AppError || !(error instanceof Error) || error.stack === undefined
      ? {}
      : { stack: error.stack }),
  };
}

/** What this process used: all that is known where the stage could not say more. */
function processUsage(): Usage {
  const cpu = process.cpuUsage();
  return {
    wallMs: process.uptime() * 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    gpuSeconds: 0,
    tokensSampled: 0,
    tokensTrained: 0,
    flops: 0,
    energyJ: null,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}
