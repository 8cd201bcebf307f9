/** `recipes`: those that ship and those that are kept: show, check, compare, and write them for other trainers. */
import { counted } from "#shared/counted.ts";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import { makeFolder } from "#main/platform/make-folder.ts";
import { AppError } from "#shared/errors.ts";
import { RecipeId } from "#shared/schema/recipe-draft.ts";
import type { RecipeEstimate, RecipeFinding } from "#shared/schema/recipe-draft.ts";
import type { RenderedPrompts } from "#shared/schema/rendered-prompt.ts";
import { usdText } from "#shared/usd-text.ts";
import { yamlValue } from "#main/services/recipes/recipe-yaml.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import type { CommandContext } from "../command-context.ts";
import { findPipeline } from "../every-pipeline.ts";
import { duration } from "../printing/live-line.ts";
import type { Client } from "../open-host.ts";
import { Failed, table } from "../printing/terminal.ts";

const GIB = 2 ** 30;

export function addRecipesCommands(program: Command): void {
  const recipes = program.command("recipes").description("recipes that ship and recipes you keep");
  addList(recipes);
  addShow(recipes);
  addCheck(recipes);
  addPrompts(recipes);
  addDiff(recipes);
  addExport(recipes);
}

function addList(recipes: Command): void {
  withCommonOptions(recipes.command("list"))
    .description("kept recipes, then those that ship")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const [saved, presets] = [await client.recipes.saved(), await client.recipes.list()];
        context.terminal.result(
          {
            saved,
            presets: presets.map(({ id, name, description }) => ({ id, name, description })),
          },
          table(
            ["id", "name", "stages", "state"],
            [
              ...saved.map((one) => [
                one.id,
                one.name,
                String(one.stages.length),
                one.errors === 0 ? "" : counted(one.errors, "problem"),
              ]),
              ...presets.map((one) => [one.id, one.name, "", "preset"]),
            ],
            [2],
          ),
        );
      });
    });
}

function addShow(recipes: Command): void {
  withCommonOptions(recipes.command("show"))
    .description("a recipe's text")
    .argument("<recipe>", "r3, the name of a preset, a pipeline (p3), or a YAML file")
    .option("--out <file>", "write it there")
    .action(async (recipe: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { out } = z.object({ out: z.string().optional() }).parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { yaml } = await recipeText(client, recipe);
        if (out !== undefined) writeNew(resolve(out), yaml);
        context.terminal.result({ recipe, yaml, out: out ?? null }, out ?? yaml.trimEnd());
      });
    });
}

function addCheck(recipes: Command): void {
  withCommonOptions(recipes.command("check"))
    .description("everything that would keep a recipe from running here, and what it will take")
    .argument("<recipe>", "r3, the name of a preset, or a YAML file")
    .action(async (recipe: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const { yaml, relativeTo } = await recipeText(client, recipe);
        const checked = await client.recipes.check({ yaml, relativeTo });
        const { estimate } = checked;
        const found = await dataProblems(context, client, { yaml, relativeTo });
        const problems = [...checked.problems, ...found].sort(
          (a, b) => (a.line ?? 0) - (b.line ?? 0),
        );
        const sound = problems.every(({ level }) => level !== "error");
        context.terminal.result(
          { ok: sound, problems, estimate },
          [
            ...problems.filter(({ level }) => level !== "note").map(problemLine),
            estimateText(estimate),
          ]
            .filter((line) => line !== "")
            .join("\n"),
        );
        if (!sound) throw new Failed();
      });
    });
}

function addPrompts(recipes: Command): void {
  withCommonOptions(recipes.command("prompts"))
    .description("three of a stage's prompts, as its model reads them")
    .argument("<recipe>", "r3, the name of a preset, or a YAML file")
    .option("--stage <name>", "by default each stage that asks problems")
    .action(async (recipe: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { stage: wanted } = z.object({ stage: z.string().optional() }).parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { yaml, relativeTo } = await recipeText(client, recipe);
        const names = stageNames(yaml);
        if (wanted !== undefined && !names.includes(wanted))
          throw new AppError(
            "BAD_INPUT",
            `The recipe has no stage "${wanted}".`,
            `It has ${names.join(", ")}.`,
          );
        const stages = [];
        for (const [stage, name] of names.entries()) {
          if (wanted !== undefined && name !== wanted) continue;
          const rendered = await client.recipes.renderPrompts({ yaml, relativeTo, stage });
          stages.push({ stage: name, ...rendered });
        }
        context.terminal.result(stages, stages.flatMap(promptLines).join("\n"));
        if (stages.some(({ problems }) => problems.length > 0)) throw new Failed();
      });
    });
}

const StageNames = z.object({
  stages: z.array(z.object({ name: z.string().catch("?") }).catch({ name: "?" })),
});

function stageNames(yaml: string): string[] {
  return StageNames.safeParse(yamlValue(yaml)).data?.stages.map(({ name }) => name) ?? [];
}

function promptLines({ stage, prompts, problems }: RenderedPrompts & { stage: string }): string[] {
  return [
    ...problems.map(problemLine),
    ...prompts.flatMap(({ id, tokens, templateTokens, parts }) => [
      `── ${stage}: ${id}, ${tokens} tokens${templateTokens === null ? "" : `, ${templateTokens} of them the template's`}`,
      parts.map(({ text }) => text).join(""),
    ]),
  ];
}

function addDiff(recipes: Command): void {
  withCommonOptions(recipes.command("diff"))
    .description("the options in which two recipes differ")
    .argument("<a>", "r3, the name of a preset, a pipeline (p3), or a YAML file")
    .argument("<b>", "what it is compared with")
    .action(async (a: string, b: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const [left, right] = [await recipeText(client, a), await recipeText(client, b)];
        const { options, lines } = await client.recipes.compare({
          a: { yaml: left.yaml },
          b: { yaml: right.yaml },
        });
        context.terminal.result(
          { options, lines },
          options.length === 0
            ? "Every option is the same."
            : table(
                ["option", a, b],
                options.map((one) => [one.path, valueText(one.a), valueText(one.b)]),
                [],
              ),
        );
      });
    });
}

function addExport(recipes: Command): void {
  withCommonOptions(recipes.command("export"))
    .description(
      "write a recipe and its problems for TRL (a YAML a stage and a script) or verl (overrides a stage)",
    )
    .argument("<recipe>", "r3, the name of a preset, a pipeline (p3), or a YAML file")
    .addOption(
      new Option("--to <trainer>", "for which trainer").choices(["trl", "verl"]).default("trl"),
    )
    .requiredOption("--out <folder>", "a new or an empty folder")
    .action(async (recipe: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { out, to } = z
        .object({ out: z.string(), to: z.enum(["trl", "verl"]) })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { yaml, relativeTo } = await recipeText(client, recipe);
        const answer = await client.recipes.export({ yaml, target: to, relativeTo });
        const { unmapped } = answer;
        const files = [
          ...answer.files.map(({ name, text }) => ({ name, content: text })),
          ...answer.data.map(({ name, base64 }) => ({
            name,
            content: Buffer.from(base64, "base64"),
          })),
        ];
        const written = writeFiles(resolve(out), files);
        context.terminal.result(
          { out: resolve(out), files: files.map(({ name }) => name), unmapped },
          [
            ...written,
            ...(unmapped.length === 0 ? [] : ["", "Without a counterpart:"]),
            ...unmapped.map((one) => `${one.path} = ${JSON.stringify(one.value)}: ${one.why}`),
          ].join("\n"),
        );
      });
    });
}

/** Looks at every example and prompt, telling how far it is. */
async function dataProblems(
  { terminal }: Pick<CommandContext, "terminal">,
  client: Client,
  recipe: { readonly yaml: string; readonly relativeTo: string | undefined },
): Promise<RecipeFinding[]> {
  for await (const event of await client.recipes.checkData(recipe)) {
    if (event.type === "problems") return event.problems;
    if (event.total > 0)
      terminal.line.show(
        event.stage,
        `${event.stage}: ${event.done} of ${event.total} examples looked at`,
      );
  }
  return [];
}

/**
 * The text that a name on the command line means, and the folder that its paths start from: undefined for a recipe that is
 * kept in the workspace. Throws NOT_FOUND.
 */
export async function recipeText(
  client: Client,
  recipe: string,
): Promise<{
  readonly yaml: string;
  readonly relativeTo: string | undefined;
  readonly id: RecipeId | undefined;
}> {
  const here = { relativeTo: process.cwd(), id: undefined };
  const file = resolve(recipe);
  if (existsSync(file))
    return { yaml: readFileSync(file, "utf8"), relativeTo: dirname(file), id: undefined };
  const id = RecipeId.safeParse(recipe);
  if (id.success)
    return {
      yaml: (await client.recipes.get({ id: id.data })).yaml,
      relativeTo: undefined,
      id: id.data,
    };
  const presets = await client.recipes.list();
  const preset = presets.find((one) => one.id === recipe);
  if (preset !== undefined) return { ...here, yaml: preset.yaml };
  const pipeline = await findPipeline(client, (one) => one.id === recipe);
  if (pipeline !== undefined) {
    const { recipeYaml, recipe: frozen } = await client.pipelines.get({ pipelineId: pipeline.id });
    return { ...here, yaml: recipeYaml ?? JSON.stringify(frozen, undefined, 2) };
  }
  throw new AppError(
    "NOT_FOUND",
    `There is no recipe ${file}.`,
    `Name a YAML file, a kept recipe (r1), or one of: ${presets.map((one) => one.id).join(", ")}.`,
  );
}

function problemLine(problem: RecipeFinding): string {
  const place = [problem.line === null ? "" : `line ${problem.line}`, problem.path]
    .filter((part) => part !== "")
    .join(", ");
  const advice = problem.advice ?? problem.fixes.map(({ label }) => label).join(", or ");
  return `${problem.level}: ${place}: ${problem.message}${advice === "" ? "" : ` (${advice})`}`;
}

function estimateText(estimate: RecipeEstimate | null): string {
  if (estimate === null) return "";
  const { timeMs, usd, memoryBytes, stages } = estimate;
  const runs = stages.reduce((sum, stage) => sum + stage.runs, 0);
  const memory = `about ${(memoryBytes / GIB).toFixed(1)} GiB of memory`;
  if (timeMs === null || usd === null) return `It would take ${memory}; no estimate of time yet.`;
  return `It would take ${duration(timeMs.low)} to ${duration(timeMs.high)}, ${usdText(usd.low)} to ${usdText(usd.high)} (from ${runs} earlier stages here), ${memory}.`;
}

function valueText(value: unknown): string {
  if (value === undefined) return "not set";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function writeNew(file: string, content: string | Uint8Array): void {
  if (existsSync(file)) {
    throw new AppError(
      "CONFLICT",
      `${file} is there already.`,
      "Name a file that is not there yet.",
    );
  }
  makeFolder(dirname(file));
  writeFileSync(file, content);
}

/** Gives the paths. The host may be another process: a name that leads out of the folder is refused. */
function writeFiles(
  folder: string,
  files: readonly { readonly name: string; readonly content: string | Uint8Array }[],
): string[] {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new AppError("CONFLICT", `${folder} is not empty.`, "Name a new or an empty folder.");
  }
  return files.map(({ name, content }) => {
    const path = resolve(join(folder, name));
    if (!path.startsWith(`${folder}${sep}`))
      throw new AppError("BAD_INPUT", `The file ${name} would lie outside ${folder}.`);
    writeNew(path, content);
    return path;
  });
}
