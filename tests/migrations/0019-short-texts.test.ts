import { expect, test } from "vitest";
import { openStore } from "#main/store/store.ts";
import { RunId } from "#shared/schema/run.ts";
import { rolloutsOfVersion } from "../helpers/rollouts-of-version.ts";

test("texts that were indexed before are found at once, and by the new indexes when these are filled", () => {
  const file = rolloutsOfVersion(
    19,
    "'four é'",
    `
    -- The first group as version 18 indexed it.
    INSERT INTO rollout_text_runs VALUES (1, 'p1-grpo');
    INSERT INTO rollout_text_groups VALUES (1 << 22, 'p1-grpo', 1, 0);
    INSERT INTO rollout_prompts (rowid, text) VALUES (1 << 22, 'what is 1+2?');
    INSERT INTO rollout_texts (rowid, text) VALUES (1 << 42, 'it is three');
    DELETE FROM rollout_unindexed WHERE step = 1;
  `,
  );
  const store = openStore(file);
  const run = RunId.parse("p1-grpo");
  const steps = (text: string, correct?: boolean): number[] =>
    store.rollouts
      .search(run, { text, correct, offset: 0, limit: 10 })
      .hits.map(({ step }) => step);
  const all = (): number[][] =>
    ["three", "1+2", "TH", "t", "é", "d ", "?", "zq"].map((one) => steps(one));
  const expected = [[1], [1], [1], [1], [2], [2], [1, 2], []];
  expect(all()).toEqual(expected);
  expect(store.transaction(() => store.rollouts.fillTextIndex())).toBe(false);
  expect(all()).toEqual(expected);
  expect([steps("?", true), steps("t", true), steps("é", true)]).toEqual([[1], [1], []]);
  store.close();
});
