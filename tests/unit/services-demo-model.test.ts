import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { demoChoice, demoForModel } from "#main/services/recipes/demo-for-model.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";

const demo = requireRecipe(
  readFileSync(new URL("../../assets/recipes/demo-smoke.yaml", import.meta.url), "utf8"),
);
const chat = requireRecipe(
  readFileSync(new URL("../../assets/recipes/demo-chat.yaml", import.meta.url), "utf8"),
);

function rates(recipe: typeof demo): Record<string, number> {
  return Object.fromEntries(
    recipe.stages.flatMap((stage) =>
      "learning_rate" in stage ? [[stage.name, stage.learning_rate]] : [],
    ),
  );
}

test("a base of nine times the weights learns at a third of the rates, and the student at its own", () => {
  const adapted = demoForModel(demo, "larger", 18_000_000, 2_000_000);
  expect(adapted.models["base"]).toBe("larger");
  const before = rates(demo);
  // 5e-4 / 3, 1.5e-4 / 3 and 3e-4 / 3, to two digits.
  expect(rates(adapted)).toEqual({
    "cold-start": 1.7e-4,
    grpo: 5e-5,
    "rejection-sampling": 1e-4,
    student: before["student"],
  });
});

test("a smaller base keeps the rates", () => {
  expect(rates(demoForModel(demo, "smaller", 1_000_000, 2_000_000))).toEqual(rates(demo));
});

test("a pretrained model gets the recipe for chat models, a model near the built-in one's size the demo's own", () => {
  expect(demoChoice(134_515_008, 2_100_000, false)).toEqual({
    id: "demo-chat",
    parameters: 134_515_008,
  });
  expect(demoChoice(2_100_000, 2_100_000, false)).toEqual({ id: "demo", parameters: 2_100_000 });
  expect(demoChoice(134_515_008, 2_100_000, true).id).toBe("demo-smoke");
});

test("a chat model four times as large learns at half of the rates, in every stage that trains it", () => {
  const adapted = demoForModel(chat, "larger", 4 * 134_515_008, 134_515_008);
  const before = rates(chat);
  expect(Object.keys(before).length).toBeGreaterThan(2);
  for (const [stage, rate] of Object.entries(rates(adapted)))
    expect(rate, stage).toBeCloseTo((before[stage] ?? 0) / 2, 8);
});
