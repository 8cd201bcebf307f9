/** `model list`, `catalogue`, `get`, `import` and `export`: models in and out of the workspace. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { z } from "zod";
import { ExportFormat } from "#shared/schema/model.ts";
import type { ModelFit } from "#shared/schema/model.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { getModel } from "../options/resolve-model.ts";
import { table } from "../printing/terminal.ts";

const FITS: Readonly<Record<ModelFit, string>> = {
  train: "can be trained whole",
  lora: "can be trained with LoRA",
  sample: "can be sampled",
  "too-large": "too large",
};

export function addModelRegistryCommands(model: Command): void {
  withCommonOptions(model.command("list"))
    .description("built-in models, imported ones, and those that runs wrote")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const models = await client.models.list();
        context.terminal.result(
          models,
          table(
            ["id", "origin", "architecture", "parameters", "size", "path"],
            models.map((one) => [
              one.id,
              one.origin,
              one.architecture,
              one.parameters === null ? "" : `${(one.parameters / 1e6).toFixed(2)}M`,
              `${(one.bytes / 1e6).toFixed(1)} MB`,
              one.path,
            ]),
            [3, 4],
          ),
        );
      });
    });

  withCommonOptions(model.command("catalogue"))
    .description("models that `model get` knows by name, and what fits this machine")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const known = await client.models.catalogue();
        context.terminal.result(
          known,
          table(
            ["name", "parameters", "download", "licence", "on this machine", "here"],
            known.map((one) => [
              one.id,
              `${(one.parameters / 1e6).toFixed(0)}M`,
              `${(one.downloadBytes / 1e9).toFixed(2)} GB`,
              `${one.license}${one.gated ? " (accept it on the hub)" : ""}`,
              FITS[one.fit],
              one.modelId ?? "",
            ]),
            [1, 2],
          ),
        );
      });
    });

  addGet(
    model.command("get"),
    "fetch or take in a model: a catalogue's name, a hub id, a folder or a GGUF file",
  );
  addGet(model.command("import"), "the same as get, for what is on this machine");

  withCommonOptions(model.command("export"))
    .description("write a model for others: hub layout (transformers) or GGUF (llama.cpp)")
    .argument("<model>", "an id of `gradus model list`")
    .requiredOption("--out <path>", "a folder, or for GGUF a file, that does not exist yet")
    .addOption(
      new Option("--format <format>", "how it is written")
        .choices(ExportFormat.options)
        .default("hub"),
    )
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { out, format } = z
        .object({ out: z.string(), format: ExportFormat })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const written = await client.models.export({ id, path: resolve(out), format });
        context.terminal.result(
          written,
          `Written to ${written.path} (${(written.bytes / 1e6).toFixed(1)} MB)`,
        );
      });
    });
}

function addGet(command: Command, description: string): void {
  withCommonOptions(command)
    .description(description)
    .argument(
      "<model>",
      "e.g. smollm2-135m-instruct, owner/name, owner/name:file.gguf, ./model.gguf",
    )
    .option("--name <name>", "what to call it here")
    .action(async (source: string, _options: unknown, itself: Command) => {
      const context = contextOf(itself);
      const { name } = z.object({ name: z.string().optional() }).parse(itself.opts());
      await withHost(context, async (host) => {
        const { modelId } = await getModel(host, context.terminal, {
          source: existsSync(source) ? resolve(source) : source,
          ...(name === undefined ? {} : { name }),
        });
        const models = await host.client.models.list();
        const record = models.find(({ id }) => id === modelId);
        context.terminal.result(record, `${modelId}: ${record?.path ?? ""}`);
      });
    });
}
