import { expect, test } from "vitest";
import { openStore } from "#main/store/store.ts";
import { RunId } from "#shared/schema/run.ts";
import { rolloutsOfVersion } from "../helpers/rollouts-of-version.ts";

test("completions of the version before are found at once, and by the index when it is filled", () => {
  const file = rolloutsOfVersion(16, "'four' || char(0) || 'teen'");
  const store = openStore(file);
  const run = RunId.parse("p1-grpo");
  const steps = (text: string): number[] =>
    store.rollouts.search(run, { text, offset: 0, limit: 10 }).hits.map(({ step }) => step);
  const all = (): number[][] => ["three", "1+2", "four", "teen", "And", "zebra"].map(steps);
  const expected = [[1], [1], [2], [2], [2], []];
  expect(all()).toEqual(expected);
  expect(store.transaction(() => store.rollouts.fillTextIndex())).toBe(false);
  expect(all()).toEqual(expected);
  store.rewind(run, { step: 1, createdAtMs: 0 });
  expect(all()).toEqual([[1], [1], [], [], [], []]);
  store.close();
});
