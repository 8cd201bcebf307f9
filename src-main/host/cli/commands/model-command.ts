/** `model` and `grpo replay`: models by name, and the engine's commands on files. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { runEngineCommand } from "#main/processes/engine/engine-command.ts";
import type { EngineCommand } from "#main/processes/engine/engine-command.ts";
import {
  contextOf,
  numberBetween,
  runtimeOption,
  wholeNumber,
  withCommonOptions,
  withHost,
} from "../command-context.ts";
import type { CommandContext } from "../command-context.ts";
import { addModelRegistryCommands } from "./model-registry-commands.ts";
import { resolveModel } from "../options/resolve-model.ts";
import { Cancelled } from "../printing/terminal.ts";

const Files = z.object({
  model: z.string(),
  input: z.string(),
  out: z.string(),
  runtime: RuntimeChoice.optional(),
});
const Generate = z.object({
  maxNew: z.int(),
  temperature: z.number(),
  topP: z.number(),
  topK: z.int(),
  minP: z.number(),
  repetitionPenalty: z.number(),
  n: z.int(),
  seed: z.int(),
});
const Replay = z.object({
  model: z.string(),
  rollouts: z.string(),
  config: z.string(),
  out: z.string(),
  runtime: RuntimeChoice.optional(),
});

export function addModelCommands(program: Command): void {
  const model = program.command("model").description("models by name, hub folder or run");
  addModelRegistryCommands(model);

  engineOptions(model.command("logits"))
    .description(
      'reads {"sequences":[[ids]…]}, writes last logits, log-probabilities, greedy tokens',
    )
    .action(async (_options: unknown, command: Command) => {
      const files = Files.parse(command.opts());
      await runOnModel(contextOf(command), files, { name: "logits", ...inputOf(files) });
    });

  engineOptions(model.command("tokenize"))
    .description('reads JSONL {"text"}, writes {"ids","decoded"}')
    .action(async (_options: unknown, command: Command) => {
      const files = Files.parse(command.opts());
      await runOnModel(contextOf(command), files, { name: "tokenize", ...inputOf(files) });
    });

  engineOptions(model.command("generate"))
    .description("reads JSONL of messages, prompt or prompt_ids, writes completions in that order")
    .option("--max-new <tokens>", "tokens at most", wholeNumber(1), 256)
    .option("--temperature <t>", "0 is greedy", numberBetween(0, 100), 1)
    .option("--top-p <p>", "nucleus", numberBetween(1e-9, 1), 1)
    .option("--top-k <k>", "0 turns it off", wholeNumber(0), 0)
    .option("--min-p <p>", "0 turns it off", numberBetween(0, 1), 0)
    .option("--repetition-penalty <x>", "1 turns it off", numberBetween(1e-9, 100), 1)
    .option("--n <count>", "completions a prompt", wholeNumber(1), 1)
    .option("--seed <number>", "equal seeds give equal completions", wholeNumber(0), 0)
    .action(async (_options: unknown, command: Command) => {
      const files = Files.parse(command.opts());
      const sampling = Generate.parse(command.opts());
      await runOnModel(contextOf(command), files, {
        name: "generate",
        ...inputOf(files),
        ...sampling,
      });
    });

  const grpo = program.command("grpo").description("policy optimization apart from recipes");
  withCommonOptions(grpo.command("replay"))
    .description("train on recorded rollouts instead of sampling: for debugging and parity")
    .requiredOption("--model <model>", "a name, a hub id, a folder or a GGUF file")
    .requiredOption("--rollouts <file>", "JSONL of generation, prompt_ids, completion_ids, rewards")
    .requiredOption("--config <file>", "JSON of TRL's options, and probe_ids")
    .requiredOption("--out <file>", "where the steps' losses and norms go")
    .addOption(runtimeOption())
    .action(async (_options: unknown, command: Command) => {
      const options = Replay.parse(command.opts());
      await runOnModel(contextOf(command), options, {
        name: "grpo-replay",
        model: options.model,
        rollouts: existing(options.rollouts),
        config: existing(options.config),
        out: resolve(options.out),
      });
    });
}

function engineOptions(command: Command): Command {
  return withCommonOptions(command)
    .requiredOption("--model <model>", "a name, a hub id, a folder or a GGUF file")
    .requiredOption("--input <file>", "what to read")
    .requiredOption("--out <file>", "what to write")
    .addOption(runtimeOption());
}

function inputOf(files: z.infer<typeof Files>): { model: string; input: string; out: string } {
  return { model: files.model, input: existing(files.input), out: resolve(files.out) };
}

function existing(file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return path;
  throw new AppError("NOT_FOUND", `There is no file ${path}.`, "Check the path.");
}

async function runOnModel(
  context: CommandContext,
  options: { readonly runtime?: RuntimeChoice | undefined },
  command: EngineCommand,
): Promise<void> {
  const { terminal } = context;
  // A tokenizer needs no model.
  const wanted = command.name === "tokenize" ? "tokenizer.json" : "config.json";
  const folder = await modelFolder(context, command.model, wanted);
  const abort = new AbortController();
  const onInterrupt = (): void => {
    abort.abort(new Cancelled());
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  const startedAtMs = performance.now();
  const started: { runtime: string | null } = { runtime: null };
  try {
    await runEngineCommand(
      {
        command: { ...command, model: folder },
        runtime: options.runtime ?? "auto",
      },
      {
        signal: abort.signal,
        onAnswer: (answer) => {
          if (answer.type === "started") {
            started.runtime = answer.runtime;
            for (const warning of answer.warnings) terminal.note(`! ${warning}`);
          } else if (answer.type === "progress") {
            terminal.line.show(
              command.name,
              `${command.name}: ${answer.done}/${answer.total} · ${answer.tokens} tokens`,
            );
          }
        },
      },
    );
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
  const { runtime } = started;
  const durationMs = performance.now() - startedAtMs;
  terminal.result(
    { out: command.out, runtime, durationMs },
    `Written to ${command.out} in ${(durationMs / 1000).toFixed(1)} s${runtime === null ? "" : ` (${runtime})`}.`,
  );
}

/** The folder of the model, got first where it is not here yet. @param wanted the file by which a folder is known */
async function modelFolder(
  context: CommandContext,
  model: string,
  wanted: "config.json" | "tokenizer.json",
): Promise<string> {
  if (existsSync(join(model, wanted))) return resolve(model);
  return withHost(
    context,
    async (host) => (await resolveModel(host, context.terminal, model)).path,
  );
}
