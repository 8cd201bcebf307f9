/** "Option names and defaults are TRL 1.16's": every default of recipe.ts against those of TRL's configurations. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Stage } from "#shared/schema/recipe.ts";
import type { StageKind } from "#shared/schema/recipe.ts";
import { OTHER_DEFAULTS } from "#shared/schema/trl-defaults.ts";
import { ReplayConfig } from "#main/engine/commands/grpo-replay.ts";
import { findTransformersPython, pythonWith } from "../helpers/python-transformers.ts";
import { lacking } from "../helpers/need.ts";

const fixtures = new URL("../fixtures/export/", import.meta.url);
const Options = z.record(z.string(), z.json());
const Defaults = z.object({
  versions: z.object({ trl: z.string(), transformers: z.string() }),
  training: Options,
  sft: Options,
  grpo: Options,
  gkd: Options,
  server: Options,
  peft: Options,
  /** Options of TRL's own configurations, without those that they inherit from transformers. */
  own: z.record(z.enum(["all", "grpo", "rloo", "sft", "gkd"]), z.array(z.string())),
});
const THEIRS = Defaults.parse(
  JSON.parse(readFileSync(new URL("trl-defaults.json", fixtures), "utf8")),
);

/** Which configuration of theirs a stage's options are from; of stages that only sample, GRPOConfig's. */
const CONFIGS: Readonly<Record<StageKind, Readonly<Record<string, unknown>>>> = {
  pretrain: THEIRS.training,
  sft: { ...THEIRS.peft, ...THEIRS.sft },
  grpo: renamed({ ...THEIRS.peft, ...THEIRS.grpo }),
  // Its students learn as SFT's or GKD's, its teacher samples as GRPO's policy.
  distill: { ...samplingOf(THEIRS.grpo), ...THEIRS.peft, ...THEIRS.sft, ...distillationOf() },
  "rejection-sampling": samplingOf(THEIRS.grpo),
  benchmark: samplingOf(THEIRS.grpo),
};

function renamed(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const ours = Object.entries(config).map(([name, value]) => [ourName(name), value]);
  return Object.fromEntries(ours);
}

/** TRL says of vLLM what here is said of any sampler. */
function ourName(name: string): string {
  return name.replace(/^vllm_(?=importance_sampling_)/u, "");
}

function distillationOf(): Readonly<Record<string, unknown>> {
  const { loss_top_k, loss_add_tail } = THEIRS.server;
  return {
    ...THEIRS.gkd,
    max_completion_length: THEIRS.gkd["max_new_tokens"],
    loss_top_k,
    loss_add_tail,
  };
}

function isListed({ kind, option }: Difference): boolean {
  return [option, `${kind}.${option}`].some((name) => name in OTHER_DEFAULTS);
}

function samplingOf({
  temperature,
  top_p,
  top_k,
  min_p,
  repetition_penalty,
  max_completion_length,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { temperature, top_p, top_k, min_p, repetition_penalty, max_completion_length };
}

/** Ours that say the same in another way: null where theirs is None. */
const AS_THEIRS: Readonly<Record<string, unknown>> = { min_p: { ours: 0, theirs: null } };

interface Difference {
  readonly kind: string;
  readonly option: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

function differences(
  kind: string,
  shape: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
): Difference[] {
  return Object.entries(shape).flatMap(([option, schema]) => {
    if (!(option in theirs)) return [];
    const ours =
      schema instanceof z.ZodDefault
        ? schema.def.defaultValue
        : schema instanceof z.ZodOptional
          ? null
          : "must be said";
    const found = { ours, theirs: theirs[option] };
    const same = [found, AS_THEIRS[option]].map((value) => JSON.stringify(value));
    if (same[0] === same[1] || JSON.stringify(ours) === JSON.stringify(found.theirs)) return [];
    return [{ kind, option, ...found }];
  });
}

const found = Stage.options.flatMap((option) => {
  const kind = option.shape.kind.value;
  return differences(kind, option.shape, CONFIGS[kind]);
});

describe("defaults", () => {
  test("are TRL's, but for those that are listed with their reason", () => {
    const unlisted = found.filter((one) => !isListed(one));
    expect(unlisted).toEqual([]);
  });

  test("that are listed as other than TRL's are other", () => {
    const other = new Set(found.flatMap(({ kind, option }) => [option, `${kind}.${option}`]));
    expect(Object.keys(OTHER_DEFAULTS).filter((option) => !other.has(option))).toEqual([]);
  });

  test("are the numbers of TRL 1.16 that matter most", () => {
    const of = (kind: string) =>
      Stage.parse(
        {
          sft: { name: "a", kind, model: "m", data: { dataset: "d" } },
          grpo: {
            name: "a",
            kind,
            model: "m",
            data: { task: "arithmetic", difficulties: [3] },
            generation_batch_size: 8,
            max_steps: 1,
          },
        }[kind],
      );
    expect(of("sft")).toMatchObject({
      learning_rate: 2e-5,
      num_train_epochs: 3,
      truncation_mode: "keep_start",
    });
    expect(of("grpo")).toMatchObject({
      learning_rate: 1e-6,
      max_completion_length: 512,
      use_bias_correction_kl: true,
    });
  });

  test("are there for every option of what TRL's policy learns by", () => {
    const all = Object.keys(THEIRS.grpo);
    // They stand together in GRPOConfig, but the file is in alphabetical order: by name.
    const OF_THE_OBJECTIVE =
      /^(?:beta|num_iterations|epsilon|epsilon_high|delta|sapo_|vespo_|(?:vllm_)?importance_sampling_|multi_objective_|scale_rewards|loss_type|mask_truncated|sync_ref_model|ref_model_|top_entropy|entropy_|use_adaptive_entropy|off_policy_mask|use_bias_correction_kl)/u;
    const asked = all.filter((name) => OF_THE_OBJECTIVE.test(name)).map(ourName);
    expect(asked.length).toBeGreaterThan(30);
    const grpo = Stage.options.find((option) => option.shape.kind.value === "grpo");
    const lacking_ = asked.filter((name) => !(name in (grpo?.shape ?? {})));
    // Deprecated in TRL: another name of importance_sampling_clip_max.
    expect(lacking_).toEqual(["importance_sampling_cap"]);
  });

  test("are there for every option of TRL's own, or docs/papers says why there is none", () => {
    const ours = new Set(Stage.options.flatMap(({ shape }) => Object.keys(shape)));
    const theirs = new Set(Object.values(THEIRS.own).flat());
    const lacking_ = [...theirs].filter((name) => !ours.has(ourName(name)));
    const page = readFileSync(new URL("../../docs/papers/trl-options.md", import.meta.url), "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const listed = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/gu)].map(([, name]) => name),
    );
    expect(theirs.size).toBeGreaterThan(100);
    expect(new Set(listed)).toEqual(new Set(lacking_));
    expect(listed).toHaveLength(lacking_.length);
    for (const row of rows) expect(row.split("|")[3]?.trim()).not.toBe("");
  });

  test("of grpo replay are TRL's, but for what it cannot honour", () => {
    const listed = differences("replay", ReplayConfig.shape, THEIRS.grpo).map(
      ({ option }) => option,
    );
    // What was recorded is neither shuffled nor sampled; recomputing changes no number; max_steps must be said.
    expect(listed.toSorted()).toEqual([
      "bf16",
      "gradient_checkpointing",
      "max_steps",
      "seed",
      "shuffle_dataset",
    ]);
  });
});

const python = findTransformersPython(["trl", "transformers"]);

test.skipIf(python === null)(
  `the defaults that these are compared with are those of the packages that are installed${lacking(pythonWith(python, "trl and transformers"))}`,
  () => {
    const script = fileURLToPath(new URL("trl_defaults.py", fixtures));
    const run = spawnSync(python ?? "", [script], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    const installed = Defaults.parse(JSON.parse(run.stdout));
    // Of another version the comparison says what changed.
    expect(installed).toEqual(THEIRS);
  },
);
