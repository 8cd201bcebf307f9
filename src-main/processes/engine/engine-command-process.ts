/** Entry of a process that runs one engine command of the command line, then ends. */
import { AppError, assertNever } from "#shared/errors.ts";
import { runGenerate } from "#main/engine/commands/generate.ts";
import { runGrpoReplay } from "#main/engine/commands/grpo-replay.ts";
import { runLogits } from "#main/engine/commands/logits.ts";
import { runTokenize } from "#main/engine/commands/tokenize.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { failureOf } from "../failure.ts";
import { HostChannel } from "../host-channel.ts";
import { EngineCommandRequest } from "./engine-command.ts";
import type { EngineCommandAnswer } from "./engine-command.ts";

async function open(request: EngineCommandRequest): Promise<Runtime> {
  const runtime = await openRuntime({ choice: request.runtime });
  const { kind, version, device } = runtime;
  channel.send({
    type: "started",
    runtime: `${kind} ${version} on ${device}`,
    warnings: [...runtime.warnings],
  });
  return runtime;
}

async function run(request: EngineCommandRequest): Promise<void> {
  const { command } = request;
  switch (command.name) {
    case "tokenize":
      runTokenize(command);
      return;
    case "logits":
      await runLogits(await open(request), command);
      return;
    case "generate":
      await runGenerate(await open(request), {
        ...command,
        onProgress: (finished, total, tokens) => {
          channel.send({ type: "progress", done: finished, total, tokens });
        },
      });
      return;
    case "grpo-replay":
      runGrpoReplay(await open(request), command);
      return;
    default:
      assertNever(command);
  }
}

const channel = new HostChannel<EngineCommandRequest, EngineCommandAnswer>({
  requests: EngineCommandRequest,
  request: async (request) => {
    await run(request);
    channel.end({ type: "done" });
  },
  lastWord: (error) => {
    if (!(error instanceof AppError)) console.error(error);
    return { type: "failed", ...failureOf(error) };
  },
});
