import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readJson } from "#main/store/json-column.ts";
import { Recipe } from "#shared/schema/recipe.ts";

describe("JSON of an older version", () => {
  const schema = z.strictObject({
    name: z.string(),
    parts: z.array(z.strictObject({ size: z.int() })),
  });

  test("is read without what is no longer known, however deep it stands", () => {
    const text = '{"name":"a","old":1,"parts":[{"size":1},{"size":2,"older":[],"oldest":null}]}';
    expect(readJson(schema, text)).toEqual({ name: "a", parts: [{ size: 1 }, { size: 2 }] });
  });

  test("is an error where a known value does not fit, with old keys around it or not", () => {
    expect(() => readJson(schema, '{"name":1,"parts":[]}')).toThrow("invalid_type");
    expect(() => readJson(schema, '{"name":1,"old":2,"parts":[]}')).toThrow("invalid_type");
    expect(() => readJson(schema, "null")).toThrow("invalid_type");
  });

  test("keeps pipelines readable whose GRPO stage had an option that was withdrawn", () => {
    const stage = {
      name: "grpo",
      kind: "grpo",
      model: "base",
      data: { task: "arithmetic", difficulties: [3] },
      generation_batch_size: 8,
      max_steps: 5,
      num_train_epochs: 1,
    };
    const text = JSON.stringify({ name: "old", models: { base: "gradus-base" }, stages: [stage] });
    const recipe = readJson(Recipe, text);
    expect(recipe.stages[0]).toMatchObject({ name: "grpo", max_steps: 5 });
    expect(recipe.stages[0]).not.toHaveProperty("num_train_epochs");
  });
});
