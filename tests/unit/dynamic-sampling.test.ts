/** Which of the sampled prompts a batch keeps (DAPO, equation 11), worked out by hand. */
import { expect, test } from "vitest";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { grpoBatches } from "#main/core/problems/grpo-batches.ts";
import { chosenGroups, isMixed } from "#main/engine/stages/rollouts/dynamic-sampling.ts";

const group = (name: string, verdicts: string) =>
  verdicts.split("").map((verdict) => ({ name, correct: verdict === "r" }));
const names = (groups: readonly (readonly { readonly name: string }[])[]): string =>
  groups.map(([first]) => first?.name).join("");

test("a prompt counts where some completions are right and some are wrong", () => {
  expect(isMixed(group("a", "rwww"))).toBe(true);
  expect(isMixed(group("a", "rrrw"))).toBe(true);
  expect(isMixed(group("a", "rrrr"))).toBe(false);
  expect(isMixed(group("a", "wwww"))).toBe(false);
  expect(isMixed([])).toBe(false);
});

test("the first that count are kept, in the order in which they were sampled", () => {
  const sampled = [
    group("a", "wwww"),
    group("b", "rwww"),
    group("c", "rrrr"),
    group("d", "rrww"),
    group("e", "rrrw"),
  ];
  expect(names(chosenGroups(sampled, 2))).toBe("bd");
  expect(names(chosenGroups(sampled, 3))).toBe("bde");
});

test("where too few count, the first of the others fill the batch up", () => {
  const sampled = [group("a", "wwww"), group("b", "rwww"), group("c", "rrrr"), group("d", "wwww")];
  expect(names(chosenGroups(sampled, 3))).toBe("abc");
  expect(names(chosenGroups(sampled, 4))).toBe("abcd");
  expect(names(chosenGroups([group("a", "wwww")], 1))).toBe("a");
});

test("each batch has places of its own for all that it may sample, so that none moves another's", () => {
  const stage = GrpoStage.parse({
    kind: "grpo",
    name: "grpo",
    model: "base",
    data: { task: "addition", difficulties: [2] },
    num_generations: 4,
    generation_batch_size: 16,
    per_device_train_batch_size: 16,
    max_steps: 3,
  });
  expect(grpoBatches(stage)).toMatchObject({ groups: 4, window: 4 });
  expect(grpoBatches({ ...stage, filter_groups: true, max_num_gen_batches: 5 })).toMatchObject({
    groups: 4,
    window: 20,
  });
});
