/**
 * The engine's side of the channel to the host: reads the request, runs one stage, numbers every
 * message, keeps the heart beating, and ends the process.
 */
import { AppError } from "#shared/errors.ts";
import { EngineRequest } from "#shared/schema/engine-protocol.ts";
import type { EngineMessage, EngineMessageBody, Usage } from "#shared/schema/engine-protocol.ts";
import { PauseSwitch } from "./pause-switch.ts";
import type { StageContext, StartRequest } from "#main/core/stage-context.ts";

const HEARTBEAT_MS = 2000;

export type RunStage = (request: StartRequest, context: StageContext) => Promise<void>;

/**
 * Serves one stage over this process's channel; the process ends with it.
 * @param tensors live tensors of the backend, for the heartbeat.
 */
export function serveStage(runStage: RunStage, tensors: () => number): void {
  if (process.send === undefined) {
    process.stderr.write("This file is started by the Gradus host.\n");
    process.exit(2);
  }
  const channel = new Channel();
  const cancelled = new AbortController();
  const pauses = new PauseSwitch();
  let keep = false;
  let started = false;
  // A host that is gone cannot record what would follow.
  process.on("disconnect", endNow);
  process.on("uncaughtException", (error) => {
    channel.end(failureOf(error));
  });
  process.on("unhandledRejection", (error) => {
    channel.end(failureOf(error));
  });
  // The terminal's Ctrl+C reaches the whole group: the host decides what it means.
  process.on("SIGINT", () => undefined);
  process.on("message", (raw) => {
    const request = EngineRequest.safeParse(raw);
    if (!request.success) {
      channel.end(failureOf(new Error(`the host's request was not understood: ${request.error}`)));
    } else if (request.data.type === "pause") pauses.set();
    else if (request.data.type === "continue") pauses.release();
    else if (request.data.type === "cancel") {
      cancelled.abort();
      pauses.release();
    } else if (request.data.type === "stop-and-keep") {
      keep = true;
      pauses.release();
    } else if (!started) {
      started = true;
      const heartbeat = setInterval(() => {
        channel.send({
          type: "heartbeat",
          rssBytes: process.memoryUsage.rss(),
          tensors: tensors(),
        });
      }, HEARTBEAT_MS);
      const context: StageContext = {
        emit: (body) => {
          channel.send(body);
        },
        signal: cancelled.signal,
        stopRequested: () => keep,
        pause: () => pauses.pause,
      };
      void runToTheEnd(runStage, request.data, context, channel).finally(() => {
        clearInterval(heartbeat);
      });
    }
  });
}

async function runToTheEnd(
  runStage: RunStage,
  request: StartRequest,
  context: StageContext,
  channel: Channel,
): Promise<void> {
  try {
    await runStage(request, context);
    if (!channel.saidTheEnd) {
      channel.end(failureOf(new Error("the stage ended without saying how")));
    } else channel.close();
  } catch (error) {
    if (channel.saidTheEnd) channel.close();
    else if (context.signal.aborted) channel.end({ type: "cancelled", usage: processUsage() });
    else channel.end(failureOf(error));
  }
}

class Channel {
  saidTheEnd = false;
  #seq = 0;

  send(body: EngineMessageBody, written?: () => void): void {
    // A message after the last word (a heartbeat's timer) is not news.
    if (this.saidTheEnd) return;
    this.saidTheEnd = isLastWord(body);
    this.#seq += 1;
    this.#post({ seq: this.#seq, timeMs: Date.now(), body }, written);
  }

  end(body: EngineMessageBody): void {
    if (this.saidTheEnd) return;
    this.send(body, endNow);
  }

  /** Ends the process once everything that was sent is on its way: the channel keeps order. */
  close(): void {
    process.send?.({ type: "goodbye" }, undefined, undefined, endNow);
  }

  #post(message: EngineMessage, written?: () => void): void {
    if (!process.connected) endNow();
    process.send?.(message, undefined, undefined, (error) => {
      if (error !== null) endNow();
      written?.();
    });
  }
}

function isLastWord(body: EngineMessageBody): boolean {
  return body.type === "finished" || body.type === "failed" || body.type === "cancelled";
}

/** TensorFlow's exit handlers crash once its threads have run; there is nothing left to clean up. */
function endNow(): void {
  process.kill(process.pid, "SIGKILL");
}

function failureOf(error: unknown): EngineMessageBody {
  if (error instanceof AppError) {
    return {
      type: "failed",
      code: error.code,
      message: error.message,
      ...(error.advice === undefined ? {} : { advice: error.advice }),
    };
  }
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    type: "failed",
    code: "ENGINE_ERROR",
    message: known.message,
    ...(known.stack === undefined ? {} : { stack: known.stack }),
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
