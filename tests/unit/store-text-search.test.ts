import { join } from "node:path";
import { assert, array, constantFrom, property, record, string } from "fast-check";
import { expect, test } from "vitest";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import type { RunId } from "#shared/schema/run.ts";
import { insertTwoStages, temporaryFolder, temporaryStore } from "../helpers/store-fixture.ts";
import { rollout } from "../helpers/store-fixture-data.ts";

interface Texts {
  readonly prompt: string;
  readonly completions: readonly string[];
}

/** A group a step. */
function rolloutsOf(groups: readonly Texts[], fromStep = 1): Rollout[] {
  return groups.flatMap(({ prompt, completions }, at) =>
    completions.map((completion, index) => ({
      ...rollout(fromStep + at, 0, index),
      prompt,
      completion,
    })),
  );
}

function write(store: Store, run: RunId, rollouts: readonly Rollout[]): void {
  store.transaction(() => store.rollouts.insert(run, rollouts));
}

function fillIndex(store: Store): void {
  while (store.transaction(() => store.rollouts.fillTextIndex()));
}

/** As SQLite's lower(): A to Z alone. */
function lower(text: string): string {
  return text.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase());
}

function expected(rollouts: readonly Rollout[], text: string): string[] {
  const needle = lower(text.toWellFormed());
  return rollouts
    .filter(({ prompt, completion }) =>
      [prompt, completion].some((one) => lower(one.toWellFormed()).includes(needle)),
    )
    .map(({ step, group, index }) => `${step}/${group}/${index}`);
}

function found(store: Store, run: RunId, text: string): string[] {
  const { total, hits } = store.rollouts.search(run, { text, offset: 0, limit: 1000 });
  expect(total).toBe(hits.length);
  return hits.map(({ step, group, index }) => `${step}/${group}/${index}`);
}

// Few letters, so that parts of texts meet; letters that Unicode folds onto others, quotes, and what FTS5 cannot read.
const letters = string({
  unit: constantFrom(
    "a",
    "B",
    "b",
    " ",
    '"',
    "*",
    "é",
    "É",
    "K",
    "k",
    "ſ",
    "𝟙",
    "\0",
    "\uFFFD",
    "\uD800",
  ),
  maxLength: 12,
});
const groupsOfTexts = array(
  record({ prompt: letters, completions: array(letters, { minLength: 1, maxLength: 3 }) }),
  { maxLength: 8 },
);

test("random texts are found as by reading them, with no index, half of one and a whole one", () => {
  assert(
    property(
      groupsOfTexts,
      groupsOfTexts,
      array(letters, { maxLength: 8 }),
      (first, second, needles) => {
        const store = openStore(":memory:");
        try {
          const { train, check } = insertTwoStages(store);
          const early = rolloutsOf(first);
          const late = rolloutsOf(second, 100);
          const all = [...early, ...late];
          // Another run's texts are not this one's.
          write(store, check, rolloutsOf(second));
          write(store, train, early);
          fillIndex(store);
          write(store, train, late);
          const parts = all.flatMap(({ completion }) => [
            completion.slice(1, 4),
            completion.slice(-5),
          ]);
          const asked = [...needles, ...parts].filter((one) => one !== "");
          const want = asked.map((one) => expected(all, one));
          expect(asked.map((one) => found(store, train, one))).toEqual(want);
          fillIndex(store);
          expect(asked.map((one) => found(store, train, one))).toEqual(want);
        } finally {
          store.close();
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("a rewound run leaves no hit, and what it samples anew is found in its place", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const steps = [1, 2, 3, 4].map((step) => rollout(step, 0, 0));
  const said = (text: string): Rollout[] =>
    steps.map((one) => ({ ...one, completion: `${text} ${one.step}` }));
  write(store, train, said("before"));
  fillIndex(store);
  expect(found(store, train, "before")).toHaveLength(4);
  store.rewind(train, { step: 2, createdAtMs: 0 });
  expect(found(store, train, "before")).toEqual(["1/0/0", "2/0/0"]);
  write(store, train, said("after!"));
  expect(found(store, train, "after!")).toEqual(["3/0/0", "4/0/0"]);
  fillIndex(store);
  expect(found(store, train, "after!")).toEqual(["3/0/0", "4/0/0"]);
  expect(found(store, train, "before")).toEqual(["1/0/0", "2/0/0"]);
});

test("a deleted pipeline leaves nothing in the index, and its place is another's", () => {
  const { store } = temporaryStore();
  const one = insertTwoStages(store);
  write(
    store,
    one.train,
    rolloutsOf([{ prompt: "a zebra", completions: ["stripes", "more stripes"] }]),
  );
  fillIndex(store);
  store.transaction(() => {
    store.pipelines.delete(one.pipelineId);
  });
  const other = insertTwoStages(store);
  write(
    store,
    other.train,
    rolloutsOf([{ prompt: "a horse", completions: ["none", "none at all"] }]),
  );
  fillIndex(store);
  expect(found(store, other.train, "stripes")).toEqual([]);
  expect(found(store, other.train, "zebra")).toEqual([]);
  expect(found(store, other.train, "none at")).toEqual(["1/0/1"]);
});

test("a completion that comes to a group of the index later is found too", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const both = rolloutsOf([{ prompt: "say it", completions: ["needle one", "needle two"] }]);
  write(store, train, both.slice(0, 1));
  fillIndex(store);
  write(store, train, both);
  expect(found(store, train, "needle")).toEqual(["1/0/0", "1/0/1"]);
  fillIndex(store);
  expect(found(store, train, "needle")).toEqual(["1/0/0", "1/0/1"]);
});

test("filters and pages hold with a text, from the index as from the texts", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const texts = Array.from({ length: 40 }, (_, i) => ({
    prompt: i % 5 === 0 ? "Look for the needle" : "Other",
    completions: [i % 3 === 0 ? "a NEEDLE here" : "nothing", "still nothing"],
  }));
  write(store, train, rolloutsOf(texts));
  const asked = { text: "needle", correct: true, fromStep: 3, offset: 1, limit: 3 };
  const before = store.rollouts.search(train, asked);
  fillIndex(store);
  const after = store.rollouts.search(train, asked);
  expect(after).toEqual(before);
  // Completion 1 is right; groups of steps 1, 6, 11 … 36 have it in the prompt, from step 3 on these are seven.
  expect(after.total).toBe(7);
  expect(after.hits.map(({ step }) => step)).toEqual([11, 16, 21]);
  // 14 texts have it, and both completions of 8 prompts; 3 of these are counted already.
  expect(found(store, train, "needle")).toHaveLength(14 + 2 * 8 - 3);
});

test("an index that was half filled goes on where it was after the workspace is opened again", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const first = openStore(file);
  const { train } = insertTwoStages(first);
  const long = "x".repeat(100_000);
  const groups = Array.from({ length: 6 }, (_, i) => ({
    prompt: "p",
    completions: [`${long} end ${i}`],
  }));
  write(first, train, rolloutsOf(groups));
  expect(first.transaction(() => first.rollouts.fillTextIndex())).toBe(true);
  expect(found(first, train, "x end")).toHaveLength(6);
  first.close();
  const again = openStore(file);
  expect(found(again, train, "x end")).toHaveLength(6);
  fillIndex(again);
  expect(found(again, train, "x end")).toHaveLength(6);
  expect(found(again, train, "x end 4")).toEqual(["5/0/0"]);
  again.close();
});

test("pages of a common text follow each other without a gap where the first come from the texts", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const texts = Array.from({ length: 700 }, (_, i) => ({
    prompt: "p",
    completions: [i % 8 === 0 ? "rest" : "the needle"],
  }));
  const rollouts = rolloutsOf(texts);
  write(store, train, rollouts);
  fillIndex(store);
  const want = expected(rollouts, "needle");
  const filtered = want.filter((place) => Number(place.split("/")[0]) >= 3);
  const pages = (fromStep?: number): string[] =>
    [0, 100, 200, 300, 400, 500, 600].flatMap((offset) => {
      const asked = { text: "needle", fromStep, offset, limit: 100 };
      const { total, hits } = store.rollouts.search(train, asked);
      expect(total).toBe(fromStep === undefined ? want.length : filtered.length);
      return hits.map(({ step, group, index }) => `${step}/${group}/${index}`);
    });
  expect(pages()).toEqual(want);
  expect(pages(3)).toEqual(filtered);
});
