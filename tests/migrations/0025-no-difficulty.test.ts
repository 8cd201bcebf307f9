import { expect, test } from "vitest";
import { openStore } from "#main/store/store.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { rolloutsOfVersion } from "../helpers/rollouts-of-version.ts";

const RUN = RunId.parse("p1-grpo");
const SHARE = { value: 0.5, low: 0, high: 1 };
const SUMMARY = {
  task: "mine",
  n: 2,
  k: 1,
  temperature: 1,
  topP: 1,
  maxTokens: 8,
  scoring: "strict",
  verifierVersion: "1",
  pass1: SHARE,
  passK: [{ k: 1, ...SHARE }],
  consK: SHARE,
  byDifficulty: [
    { difficulty: 0, n: 1, ...SHARE },
    { difficulty: 3, n: 1, ...SHARE },
  ],
  formatRate: 1,
  truncatedRate: 0,
  meanTokens: 4,
};

function olderWith(more: string): ReturnType<typeof openStore> {
  return openStore(
    rolloutsOfVersion(
      25,
      "'four'",
      `INSERT INTO rollout_groups (run_id, step, group_index, problem_id, difficulty, prompt)
         VALUES ('p1-grpo', 3, 0, 'mine/1', 0, 'Why?');
       INSERT INTO rollouts (run_id, step, group_index, completion_index, completion, completion_ids, logprobs,
           rewards, reward, advantage, correct, finish_reason)
         VALUES ('p1-grpo', 3, 0, 0, 'why not', x'', x'', '{}', 0, 0, 0, 'stop');
       INSERT INTO evaluation_problems (run_id, problem_index, problem_id, difficulty, prompt, gold)
         VALUES ('p1-grpo', 0, 'mine/1', 0, 'Why?', '1'), ('p1-grpo', 1, 'arithmetic/1', 3, '1+1?', '2');
       INSERT INTO evaluation_samples (run_id, problem_index, sample_index, completion, answer, correct,
           finish_reason, tokens)
         VALUES ('p1-grpo', 0, 0, 'one', '1', 1, 'stop', 4), ('p1-grpo', 1, 0, 'three', '3', 0, 'stop', 4);
       INSERT INTO evaluations (run_id, label, summary) VALUES ('p1-grpo', 'base', '${JSON.stringify(SUMMARY)}');
       INSERT INTO metric_series (run_id, name) VALUES ('p1-grpo', 'accuracy/difficulty_0'),
         ('p1-grpo', 'accuracy/difficulty_3');
       INSERT INTO metric_points (series_id, step, value, time_ms) SELECT id, 1, 0.5, 5 FROM metric_series;
       ${more}`,
    ),
  );
}

function difficultiesOf(store: ReturnType<typeof openStore>) {
  const [evaluation] = store.evaluations.ofPipeline(PipelineId.parse("p1"));
  return {
    groups: [1, 2, 3].flatMap((step) =>
      store.rollouts.groups(RUN, step).map(({ difficulty }) => difficulty),
    ),
    problems: store.evaluations.samples(RUN).map(({ difficulty }) => difficulty),
    summary: evaluation?.summary.byDifficulty.map(({ difficulty }) => difficulty),
  };
}

test("what stood under difficulty 0 because nobody said one has none, and the rest stays", () => {
  const store = olderWith("");
  expect(difficultiesOf(store)).toEqual({
    groups: [3, 3, null],
    problems: [null, 3],
    summary: [3],
  });
  expect(store.rollouts.groups(RUN, 3)[0]?.prompt).toBe("Why?");
  expect(store.metrics.names(RUN).map(({ name }) => name)).toEqual(["accuracy/difficulty_3"]);
  store.close();
});

test("a set's own difficulty 0 stays", () => {
  const store = olderWith(`
    INSERT INTO problem_sets (id, name, title, created_at_ms) VALUES (1, 'mine', 'Mine', 1);
    INSERT INTO problem_versions (id, set_id, version, content_sha256, instruction, licence, source, created_at_ms,
        statistics) VALUES (1, 1, 1, '0', '', '', '', 1, '{}');
    INSERT INTO problems (version_id, position, problem_id, content, verifier, difficulty, split)
      VALUES (1, 0, '1', '0', 'maths', 0, 'test');`);
  expect(difficultiesOf(store)).toEqual({
    groups: [3, 3, 0],
    problems: [0, 3],
    summary: [0, 3],
  });
  expect(store.metrics.names(RUN).map(({ name }) => name)).toContain("accuracy/difficulty_0");
  store.close();
});
