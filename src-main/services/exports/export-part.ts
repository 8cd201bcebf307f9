/** What the exports share: gathering files and what cannot be said, data files, and models by path. */
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { ProblemSources } from "#main/core/problems/problem-supply.ts";
import type { z } from "zod";
import type { ExportedData, ExportedFile, Unmapped } from "#shared/schema/recipe-draft.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { rewardName, writtenReward } from "#shared/schema/reward.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { JudgeReward, RewardFile, RewardSpec } from "#shared/schema/reward.ts";
import { grpoBatches } from "#main/core/problems/grpo-batches.ts";
import { grpoPrompts, heldOutPrompts } from "#main/core/problems/task-data.ts";
import type { PromptRow } from "#main/core/problems/task-data.ts";
import { RULED_IN_PYTHON, VERIFIERS_IN_PYTHON } from "./rewards-python.ts";
import { judgePython } from "./judge-python.ts";
import { seedOf } from "../runs/write-pipeline.ts";
import { parquetBytes } from "./parquet-bytes.ts";
import type { ExportColumns } from "./parquet-bytes.ts";

type Json = z.infer<ReturnType<typeof z.json>>;

/** A data file is part of an answer: beyond so many prompts it begins again from the first. */
const MOST_PROMPTS = 20_000;

/** What of a recipe's rewards stands outside of it. */
export interface OwnParts {
  /** A reward's file, or a judge's rubric. Throws AppError where it is not there. */
  readonly textOf: (file: RewardFile) => string;
  /** By name; undefined where there is none. */
  readonly endpointOf: (
    name: string,
  ) => Pick<Endpoint, "baseUrl" | "model" | "requestsAtOnce"> | undefined;
}

export class ExportPart {
  readonly files: ExportedFile[] = [];
  readonly data: ExportedData[] = [];
  readonly unmapped: Unmapped[] = [];
  readonly recipe: Recipe;
  readonly from: ProblemSources;
  readonly #own: OwnParts;

  constructor(recipe: Recipe, from: ProblemSources, own: OwnParts) {
    this.#own = own;
    this.recipe = recipe;
    this.from = from;
  }

  file(name: string, text: string): void {
    this.files.push({ name, text });
  }

  /** `key` of a stage has no counterpart. */
  missing(stage: Stage, key: string, value: Json, why: string): void {
    this.unmapped.push({ path: `stages.${stage.name}.${key}`, value, why });
  }

  /** Of a completion without words: neutral in its group here, and nothing in the sum there. */
  languageCountsAsZero(stage: GrpoStage): void {
    if (
      stage.rewards.some(
        (reward) => "name" in reward && reward.name === "language" && reward.weight !== 0,
      )
    )
      this.missing(
        stage,
        "rewards",
        "language",
        "where it does not apply (no words) it counts as 0 there; here it counts neither for nor against",
      );
  }

  /**
   * A reward as rewards.py has it: by its name with its options, or a file that is copied. Undefined where there is no
   * counterpart, which is then listed. `soft-overlong` is the trainer's own.
   */
  reward(stage: GrpoStage, spec: RewardSpec): ExportedReward | undefined {
    const { weight } = spec;
    if ("file" in spec) {
      if (!spec.file.endsWith(".py")) {
        this.missing(
          stage,
          "rewards",
          spec.file,
          "JavaScript does not run there: write it in Python",
        );
        return undefined;
      }
      const file = `own/${rewardName(spec)}.py`;
      this.file(file, this.#own.textOf(spec));
      return { name: rewardName(spec), weight, file, options: {} };
    }
    if ("judge" in spec) return this.#judge(stage, spec);
    if (spec.name === "code") {
      const why = "rewards.py runs no tests: take a reward that does from your trainer";
      this.missing(stage, "rewards", spec.name, why);
      return undefined;
    }
    if ("partial" in spec && spec.partial === true)
      this.missing(stage, "rewards", spec.name, "an answer is right or wrong there, not in part");
    const { name, weight: _, ...rest } = writtenReward(spec);
    const { cache_length: __, partial: ___, ...options } = rest;
    return { name: String(name), weight, options };
  }

  #judge(stage: GrpoStage, spec: JudgeReward): ExportedReward | undefined {
    const name = rewardName(spec);
    const endpoint = this.#own.endpointOf(spec.judge);
    if (endpoint === undefined) {
      const why = `there is no endpoint ${spec.judge} in this workspace, whose address would stand there`;
      this.missing(stage, "rewards", name, why);
      return undefined;
    }
    if (spec.cap !== undefined)
      this.missing(
        stage,
        "rewards",
        name,
        "nothing counts what it costs there: the cap is not kept",
      );
    if (stage.system_prompt !== undefined || stage.prompt_template !== undefined)
      this.missing(
        stage,
        "rewards",
        name,
        "the judge sees the prompt as the model does there, with system_prompt and prompt_template",
      );
    const { rubric, sha256 } = spec;
    const text = rubric === undefined ? null : this.#own.textOf({ file: rubric, sha256 });
    const file = `own/${name}.py`;
    this.file(file, judgePython(spec, endpoint, text));
    return { name, weight: spec.weight, file, options: {} };
  }

  parquet(name: string, columns: ExportColumns, rows: readonly object[]): void {
    const base64 = Buffer.from(parquetBytes(columns, rows)).toString("base64");
    this.data.push({ name, rows: rows.length, base64 });
  }

  /** What was gathered. */
  whole(): RecipeExport {
    return { files: this.files, data: this.data, unmapped: this.unmapped };
  }

  /** A stage's model: the folder that an earlier stage writes, or what the recipe names. */
  modelPath(name: string, stage: Stage): string {
    const place = this.recipe.stages.findIndex((one) => one.name === stage.name);
    const earlier = this.recipe.stages.slice(0, place).some((one) => one.name === name);
    if (earlier) return `out/${name}`;
    const model = this.recipe.models[name] ?? name;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(model)) return model;
    const folder = `models/${model}`;
    const path = `models.${name}`;
    if (!this.unmapped.some((one) => one.path === path))
      this.unmapped.push({
        path,
        value: model,
        why: `a model of this workspace: put it there with gradus model export ${model} --out ${folder}`,
      });
    return folder;
  }

  seedOf(stage: Stage): number {
    return seedOf(this.recipe, stage);
  }

  /** The stage's own prompts in their order, each once for a group. */
  async promptsOf(stage: GrpoStage): ReturnType<typeof grpoPrompts> {
    // Whole batches of completions: TRL leaves out prompts that fill no batch.
    const { groups, stepsPerBatch } = grpoBatches(stage);
    const wanted = Math.ceil(stage.max_steps / stepsPerBatch) * groups;
    if (wanted > MOST_PROMPTS) {
      this.missing(
        stage,
        "data",
        wanted,
        `the file holds the first ${MOST_PROMPTS} of ${wanted} prompts; after them they come again`,
      );
    }
    if (stage.answer_format !== "tags")
      this.missing(
        stage,
        "answer_format",
        stage.answer_format,
        "rewards.py looks for the answer between <answer> and </answer>: change extract_answer there",
      );
    for (const source of sourcesOf(stage.data)) {
      if ("task" in source && !RULED_IN_PYTHON.includes(source.task))
        this.missing(
          stage,
          "data",
          source.task,
          "rewards.py has no rule for this task, and its answer reward is None there: write one into RULES",
        );
    }
    const rows = await grpoPrompts(
      stage,
      this.seedOf(stage),
      Math.min(wanted, MOST_PROMPTS),
      this.from,
    );
    this.#listVerifiers(stage, rows);
    return rows;
  }

  /**
   * What is held out, but for what is trained on too: that is listed, so that no problem stands on both sides.
   * @param trained the stage's own prompts
   */
  async heldOutOf(stage: GrpoStage, trained: readonly PromptRow[]): Promise<PromptRow[]> {
    const rows = await heldOutPrompts(stage, this.from, MOST_PROMPTS);
    const known = new Set(trained.map(({ prompt }) => JSON.stringify(prompt)));
    const heldOut = rows.filter(({ prompt }) => !known.has(JSON.stringify(prompt)));
    if (heldOut.length < rows.length)
      this.missing(
        stage,
        "eval_data",
        rows.length - heldOut.length,
        "so many held-out problems are trained on too, and are not in the held-out file",
      );
    return heldOut;
  }

  /** Verifiers of problem sets that judge otherwise there, or not at all. */
  #listVerifiers(stage: GrpoStage, rows: readonly PromptRow[]): void {
    const ofSets = rows.filter(({ task, verifier }) => verifier !== task);
    for (const name of new Set(ofSets.map(({ verifier }) => verifier))) {
      const options = ofSets.flatMap((row) =>
        row.verifier === name ? [row.verifier_options] : [],
      );
      const why = whyNotInPython(name, options);
      if (why !== undefined) this.missing(stage, "data", name, why);
    }
  }
}

function whyNotInPython(verifier: string, options: readonly string[]): string | undefined {
  if (!VERIFIERS_IN_PYTHON.includes(verifier))
    return "verifiers.py has no such verifier, and the answer reward is None there";
  const usesMaths = verifier === "maths" || options.some((one) => one.includes('"maths"'));
  if (usesMaths)
    return "verifiers.py asks math-verify: pip install math-verify; without it the answer reward is None";
  if (options.some((one) => one.includes('"schema"') || one.includes('"equal":false')))
    return "verifiers.py knows no JSON Schema, and the answer reward is None there";
  const hasPattern = verifier === "regex" || options.some((one) => one.includes('"regex"'));
  return hasPattern
    ? "verifiers.py needs RE2 for patterns that repeat what repeats: pip install google-re2"
    : undefined;
}

/** Of a recipe's reward, in Python. */
interface ExportedReward {
  readonly name: string;
  readonly weight: number;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** In the export's folder. */
  readonly file?: string;
}

export interface RecipeExport {
  readonly files: ExportedFile[];
  readonly data: ExportedData[];
  readonly unmapped: Unmapped[];
}
