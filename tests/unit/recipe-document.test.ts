import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Random } from "#main/platform/random.ts";
import {
  getValue,
  withoutKeys,
  withValue,
} from "#renderer/features/recipe/document/plain-value.ts";
import type { Json, Keys } from "#renderer/features/recipe/document/plain-value.ts";
import {
  offsetOf,
  readText,
  removeKeys,
  setKeys,
} from "#renderer/features/recipe/document/recipe-document.ts";
import {
  insertStage,
  moveStage,
  newStage,
  removeStage,
  modelsMadeBy,
  renameStage,
  stagesOf,
} from "#renderer/features/recipe/document/stage-edits.ts";

function shipped(name: string): string {
  return readFileSync(new URL(`../../assets/recipes/${name}.yaml`, import.meta.url), "utf8");
}

const RECIPES = ["demo", "demo-smoke", "dapo", "r1-full", "pretrain-base"].map(
  (name) => [name, shipped(name)] as const,
);

function comments(text: string): string[] {
  return text.match(/#.*$/gmu) ?? [];
}

/** Keys of every scalar. */
function leaves(value: Json, keys: Keys = []): Keys[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => leaves(item, [...keys, at]));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...keys, key]));
  return [keys];
}

function valueOf(text: string): Json {
  const { value } = readText(text);
  if (value === undefined) throw new Error("no YAML");
  return value;
}

test.each(RECIPES)(
  "any option of %s can be set: the value is what was asked, every comment stays",
  (_name, text) => {
    const value = valueOf(text);
    for (const keys of leaves(value)) {
      const old = getValue(value, keys);
      const next =
        typeof old === "number" ? old + 1 : typeof old === "boolean" ? !old : "other name: # 1";
      const edited = setKeys(text, keys, next);
      expect(parse(edited, { merge: true }), keys.join(".")).toEqual(withValue(value, keys, next));
      expect(comments(edited).length).toBeGreaterThanOrEqual(comments(text).length);
    }
  },
);

test("setting an option changes its own line and no other, and setting it back gives the very text", () => {
  const text = shipped("demo");
  const keys = ["stages", 4, "num_generations"];
  const edited = setKeys(text, keys, 8);
  const changed = edited.split("\n").filter((line, at) => line !== text.split("\n")[at]);
  expect(changed).toEqual(["    num_generations: 8"]);
  expect(setKeys(edited, keys, 16)).toBe(text);
});

test("a number stands as it was typed", () => {
  const text = setKeys(shipped("demo"), ["stages", 4, "learning_rate"], 1e-5, "1e-5");
  expect(text).toContain("learning_rate: 1e-5\n");
});

test("a new option comes after the last of its stage, and removing it gives the very text", () => {
  const text = shipped("demo");
  const edited = setKeys(text, ["stages", 4, "beta"], 0.001);
  expect(edited).toContain("    save_steps: 10\n    beta: 0.001\n\n  - name: benchmark-grpo");
  expect(removeKeys(edited, ["stages", 4, "beta"])).toBe(text);
});

test("an option is added to and removed from a map in one line", () => {
  const text = shipped("dapo");
  const keys = ["stages", 2, "rewards", 0, "cache_length"];
  const edited = setKeys(text, keys, 5);
  expect(edited).toContain("- { name: answer, weight: 1, cache_length: 5 }");
  expect(removeKeys(edited, keys)).toBe(text);
  expect(removeKeys(text, ["stages", 2, "rewards", 1, "weight"])).toContain(
    "- { name: soft-overlong, cache_length: 14 }",
  );
});

test("a list of rewards stays one a line, a list of numbers in one line", () => {
  const text = shipped("demo");
  const rewards = [
    { name: "answer", weight: 1 },
    { name: "language", weight: 0.2 },
  ];
  expect(setKeys(text, ["stages", 4, "rewards"], rewards)).toContain(
    "    rewards:\n      - { name: answer, weight: 1 }\n      - { name: language, weight: 0.2 }\n    num_generations",
  );
  expect(setKeys(text, ["stages", 4, "data", "difficulties"], [2, 3])).toContain(
    "difficulties: [2, 3] }",
  );
});

test("an option that a stage has from another by a merge key gets a line of its own, and the other keeps its value", () => {
  const text = shipped("pretrain-base");
  const edited = setKeys(text, ["stages", 1, "learning_rate"], 0.001);
  expect(parse(edited, { merge: true })).toMatchObject({
    stages: [{ learning_rate: 3e-3 }, { learning_rate: 0.001 }],
  });
});

test.each(RECIPES)(
  "stages of %s move and go with their comments, whatever the order of the moves",
  (_name, text) => {
    const random = new Random(5);
    let now = text;
    for (let i = 0; i < 12; i += 1) {
      const stages = stagesOf(valueOf(now));
      const from = random.int(0, stages.length - 1);
      const to = random.int(0, stages.length - 1);
      const wanted = [...stages];
      wanted.splice(to, 0, ...wanted.splice(from, 1));
      now = moveStage(now, from, to);
      expect(stagesOf(valueOf(now))).toEqual(wanted);
    }
    // Stages that share options by an anchor are written anew, with the file's own comments only.
    const kept = text.includes("<<:") ? comments(text).slice(0, 2) : comments(text);
    expect(comments(now).toSorted()).toEqual(kept.toSorted());
  },
);

test("a stage that is moved away and back leaves the very text", () => {
  const text = shipped("demo");
  expect(moveStage(moveStage(text, 4, 7), 7, 4)).toBe(text);
});

test("a removed stage takes its comments with it; the rest is untouched", () => {
  const text = shipped("demo");
  const edited = removeStage(text, 4);
  expect(edited).not.toContain("Half of the prompts");
  expect(stagesOf(valueOf(edited))).toHaveLength(10);
  expect(text.startsWith(edited.slice(0, edited.indexOf("  - name: benchmark-grpo")))).toBe(true);
});

test("an added stage is written as the others are and fits what is there", () => {
  const text = shipped("demo");
  const stage = newStage("grpo", valueOf(text));
  const edited = insertStage(text, 11, stage);
  expect(stagesOf(valueOf(edited)).at(-1)).toEqual(stage);
  expect(stage).toMatchObject({ name: "grpo-2", model: "student", max_completion_length: 72 });
  expect(edited).toContain("\n\n  - name: grpo-2\n    kind: grpo\n");
  expect(edited.startsWith(text)).toBe(true);
});

test("renaming a stage renames it where others use it", () => {
  const edited = renameStage(shipped("demo"), 4, "rl");
  const value = valueOf(edited);
  expect(stagesOf(value).filter((stage) => getValue(stage, ["model"]) === "rl")).toHaveLength(3);
  expect(edited).not.toMatch(/: grpo$\n {4}kind: benchmark/mu);
});

test("renaming a stage that has a twin renames the twin where others begin with its model", () => {
  const text = `stages:
  - { name: grpo, kind: grpo, twin: ppo }
  - { name: second, kind: sft, model: grpo-ppo }
  - { name: third, kind: sft, model: grpo }
`;
  const renamed = renameStage(text, 0, "rl");
  expect(renamed).toContain("model: rl-ppo");
  expect(renamed).toContain("model: rl }");
  const [grpo, second] = stagesOf(valueOf(text));
  expect(grpo === undefined ? [] : modelsMadeBy(grpo)).toEqual(["grpo", "grpo-ppo"]);
  expect(second === undefined ? [] : modelsMadeBy(second)).toEqual(["second"]);
});

test("renaming a stage renames it where another is measured on what it kept", () => {
  const text = `stages:
  - { name: traces, kind: rejection-sampling }
  - name: sft
    data: { dataset: mine.jsonl }
    eval_data: { stage: traces }
`;
  expect(renameStage(text, 0, "kept")).toContain("eval_data: { stage: kept }");
});

test("text that is no YAML has no value and says where it breaks", () => {
  expect(readText("name: x\nmodels: [\n")).toMatchObject({
    value: undefined,
    error: { offset: 18 },
  });
});

test("a key is found where it is written, else its stage", () => {
  const text = shipped("demo");
  expect(text.slice(offsetOf(text, ["stages", 4, "loss_type"]))).toMatch(/^loss_type: dapo/u);
  expect(text.slice(offsetOf(text, ["stages", 4, "delta"]))).toMatch(/^name: grpo/u);
});

test("removing what is not there changes nothing", () => {
  const text = shipped("demo");
  expect(removeKeys(text, ["stages", 4, "delta"])).toBe(text);
  expect(withoutKeys({ a: 1 }, ["b"])).toEqual({ a: 1 });
});
