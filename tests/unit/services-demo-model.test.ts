import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { demoForModel } from "#main/services/demo-for-model.ts";
import { requireRecipe } from "#main/services/recipe-checks.ts";

const demo = requireRecipe(
  readFileSync(new URL("../../assets/recipes/demo-smoke.yaml", import.meta.url), "utf8"),
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
