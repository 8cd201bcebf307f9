/** What each preset exports runs under TRL, and TRL's losses, gradients and rewards are ours on the same rollouts. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { modelTeacher } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { lacking } from "../helpers/need.ts";
import { findTransformersPython, pythonWith } from "../helpers/python-transformers.ts";
import { distilledSteps, policySteps, supervisedSteps } from "../helpers/rehearsal-steps.ts";
import type { LoggedStep } from "../helpers/rehearsal-steps.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { PRESETS_FOLDER, readResult, writeRehearsal } from "../helpers/trl-rehearsal.ts";
import type { Rehearsal, TrlResult } from "../helpers/trl-rehearsal.ts";

const python = findTransformersPython(["trl", "transformers", "torch", "yaml"]);
const runtime = await openRuntime({ choice: "tensorflow" });
const presets = readdirSync(PRESETS_FOLDER).map((name) => name.replace(/\.yaml$/u, ""));

/** Folder of the model that a stage begins with, or of another that it names. */
function modelFolder({ recipe, folder, trained }: Rehearsal, name: string): string {
  if (trained.some((stage) => stage.name === name)) return join(folder, "out", name);
  return join(folder, "models", recipe.models[name] ?? name);
}

async function compare(rehearsal: Rehearsal, stage: Stage, trl: TrlResult): Promise<string[]> {
  const folder = modelFolder(rehearsal, stage.model);
  if (stage.kind === "grpo") {
    const ours = await policySteps(runtime, rehearsal, stage, folder);
    return [
      ...unequal("prompts", ours.promptIds, trl.prompt_ids),
      ...unequal("rewards", rounded(ours.rewards), rounded(trl.rewards)),
      ...differences(ours.steps, trl.steps),
    ];
  }
  if (stage.kind === "distill" && stage.method === "gkd") {
    const teacher = modelFolder(rehearsal, modelTeacher(stage) ?? "");
    return differences(distilledSteps(runtime, stage, [folder, teacher], trl), trl.steps);
  }
  if (stage.kind !== "sft" && stage.kind !== "distill") throw new Error(`TRL trains ${stage.kind}`);
  return differences(await supervisedSteps(runtime, rehearsal, stage, folder), trl.steps);
}

function unequal(what: string, ours: readonly unknown[], theirs: readonly unknown[]): string[] {
  const all = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, row) => row);
  return all.flatMap((row) => {
    const [own, their] = [ours[row], theirs[row]].map((one) => JSON.stringify(one));
    return own === their ? [] : [`${what} of row ${row}: ${own} instead of ${their}`];
  });
}

function rounded(rows: readonly (readonly (number | null)[])[]): (number | null)[][] {
  return rows.map((row) => row.map((value) => value && Math.round(value * 1e6) / 1e6));
}

/** What differs by more than 1e-3 in a loss or a mean reward, or 1% in a gradient's norm or the rate. */
function differences(ours: readonly LoggedStep[], theirs: readonly LoggedStep[]): string[] {
  const found = ours.length === theirs.length ? [] : [`${ours.length} steps, not ${theirs.length}`];
  for (const [i, step] of theirs.entries())
    for (const metric of METRICS) {
      const [own, their] = [ours[i]?.[metric], step[metric]];
      if (OF_POLICIES.has(metric) && (their === undefined || own === undefined)) continue;
      const most = RELATIVE.has(metric) ? 0.01 * (their ?? Number.NaN) : 1e-3;
      if (!(Math.abs((own ?? Number.NaN) - (their ?? Number.NaN)) <= most))
        found.push(`${metric} of step ${i + 1}: ${own} instead of ${their}`);
    }
  return found;
}

// Not the KL that is logged: TRL averages it over micro-batches, here tokens count alike; the loss has it.
const METRICS = ["loss", "grad_norm", "learning_rate", "reward", "reward_std"];
const OF_POLICIES = new Set(["reward", "reward_std"]);
const RELATIVE = new Set(["grad_norm", "learning_rate"]);

const script = fileURLToPath(new URL("../fixtures/export/run_trl.py", import.meta.url));

test.skipIf(python === null)(
  `what every preset exports runs under TRL by its own script, and TRL's steps are ours${lacking(pythonWith(python, "trl and torch"))}`,
  async () => {
    const rehearsals = await Promise.all(
      presets.map((preset) => writeRehearsal(preset, temporaryFolder())),
    );
    // What TRL has no trainer for is said.
    for (const { recipe, trained, exported } of rehearsals) {
      const others = recipe.stages.filter((stage) => !trained.includes(stage));
      const listed = exported.unmapped.map(({ path }) => path);
      expect(listed).toEqual(
        expect.arrayContaining(others.map(({ name }) => `stages.${name}.kind`)),
      );
    }
    const asked = rehearsals.filter(({ trained }) => trained.length > 0);
    const stages = asked.map(
      ({ folder, trained }) => `${folder}:${trained.map(({ name }) => name).join(",")}`,
    );
    const run = spawnSync(python ?? "", [script, ...stages], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: { ...process.env, HF_HUB_OFFLINE: "1", TRL_EXPERIMENTAL_SILENCE: "1" },
    });
    expect(run.status, run.stderr.slice(-4000)).toBe(0);
    const found: string[] = [];
    for (const rehearsal of asked)
      for (const stage of rehearsal.trained) {
        // What TRL compares completions by is another thing, and listed: its losses are another's.
        const path = `stages.${stage.name}.adv_estimator`;
        if (rehearsal.exported.unmapped.some((one) => one.path === path)) continue;
        const trl = readResult(rehearsal.folder, stage.name);
        const differ = await compare(rehearsal, stage, trl);
        found.push(...differ.map((one) => `${rehearsal.recipe.name}, ${stage.name}: ${one}`));
      }
    expect(found).toEqual([]);
  },
  1_800_000,
);
