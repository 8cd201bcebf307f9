import { join } from "node:path";
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { tokenTexts } from "#main/core/text/token-texts.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { createRouter } from "#main/procedures/router.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import { rollout } from "../helpers/store-fixture-data.ts";
import { insertTwoStages } from "../helpers/store-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";

function opened(rollouts: readonly Rollout[] = []) {
  const { app } = testApplication();
  const { train, check } = insertTwoStages(app.store);
  app.store.transaction(() => app.store.rollouts.insert(train, rollouts));
  const client: ContractRouterClient<Contract> = createRouterClient(createRouter(app), {
    context: {},
  });
  return { app, client, train, check };
}

const at = (one: { step: number; group: number; index: number }): string =>
  `${one.step}/${one.group}/${one.index}`;

describe("completions of the whole run", () => {
  // Rewards 0.1 and 1.1 in turn; the odd ones are right.
  const all = [1, 2, 3].flatMap((step) =>
    [0, 1].flatMap((group) => [0, 1, 2].map((index) => rollout(step, group, index))),
  );
  const odd: Rollout = {
    ...rollout(9, 0, 0),
    completion: `${"é".repeat(500)}<answer>NEEDLE</answer>${"z".repeat(500)}`,
    prompt: "A haystack?",
    reward: -2,
    finishReason: "length",
  };

  test("are filtered by reward, verdict, end and step, all of them together", async () => {
    const { client, train } = opened([...all, odd]);
    const find = async (filter: Parameters<typeof client.cockpit.search>[0]["filter"]) => {
      const { total, hits } = await client.cockpit.search({ runId: train, filter });
      expect(hits).toHaveLength(total);
      return hits.map(at);
    };
    expect(await find({})).toHaveLength(19);
    expect(await find({ minReward: 1, maxReward: 1.2 })).toHaveLength(6);
    expect(await find({ correct: true, fromStep: 2, toStep: 2 })).toEqual(["2/0/1", "2/1/1"]);
    expect(await find({ finishReason: "length" })).toEqual(["9/0/0"]);
    expect(await find({ correct: true, finishReason: "length" })).toEqual([]);
  });

  test("are found by their text or their prompt's, with the piece around it", async () => {
    const { client, train } = opened([...all, odd]);
    const needle = await client.cockpit.search({ runId: train, filter: { text: "needle" } });
    expect(needle.hits.map(at)).toEqual(["9/0/0"]);
    expect(needle.hits[0]?.excerpt).toContain("NEEDLE");
    expect(needle.hits[0]?.excerpt).toHaveLength(240);
    const prompt = await client.cockpit.search({ runId: train, filter: { text: "haystack" } });
    // The completion does not hold the word, so its end is shown.
    expect(prompt.hits[0]?.excerpt).toBe("z".repeat(240));
    const percent = await client.cockpit.search({ runId: train, filter: { text: "%" } });
    expect(percent.total).toBe(0);
  });

  test("come in pages that neither repeat nor leave out", async () => {
    const { client, train } = opened(all);
    const pages = await Promise.all(
      [0, 7, 14].map((offset) =>
        client.cockpit.search({ runId: train, filter: {}, offset, limit: 7 }),
      ),
    );
    expect(pages.map(({ total }) => total)).toEqual([18, 18, 18]);
    expect(pages.flatMap(({ hits }) => hits.map(at))).toEqual(all.map(at));
  });
});

test("what the trainer made of a completion is kept beside what the sampler gave it", async () => {
  const { app, client, train } = opened([rollout(1, 0, 0), rollout(1, 0, 1)]);
  const scores = [
    { step: 1, group: 0, index: 1, logprobs: [-0.5, -1, -2], entropies: [0, 0.5, 1] },
  ];
  app.store.transaction(() => app.store.rollouts.setScores(train, scores));
  const ask = { runId: train, step: 1, group: 0 };
  expect(await client.cockpit.tokens({ ...ask, index: 1 })).toMatchObject({
    logprobs: [-0.5, -0.25, -2],
    trainedLogprobs: [-0.5, -1, -2],
    entropies: [0, 0.5, 1],
  });
  expect(await client.cockpit.tokens({ ...ask, index: 0 })).toMatchObject({
    trainedLogprobs: null,
    entropies: null,
  });
});

test("several runs' metric comes in one answer, null for the run that lacks it", async () => {
  const { app, client, train, check } = opened();
  app.store.metrics.insert(train, [{ name: "loss", step: 1, value: 2, timeMs: 0 }]);
  app.store.metrics.insert(check, [{ name: "accuracy", step: 1, value: 1, timeMs: 0 }]);
  const { names, series } = await client.cockpit.overlay({ runIds: [train, check], name: "loss" });
  expect(names).toEqual([
    { name: "loss", runs: 1 },
    { name: "accuracy", runs: 1 },
  ]);
  expect(series).toMatchObject([
    { runId: train, series: { step: [1], mean: [2] }, at: [1] },
    { runId: check, series: null, at: null },
  ]);
});

test("runs are laid over each other by time at work, without the time between attempts, and by tokens", async () => {
  const { app, client, train, check } = opened();
  const { runs, metrics } = app.store;
  const point = (name: string, step: number, value: number | null, timeMs: number) => ({
    name,
    step,
    value,
    timeMs,
  });
  app.store.transaction(() => {
    // At work from 1 s to 5 s and, after a night, from 100 s on; step 2 came twice and the later one was kept.
    runs.startAttempt(train, 0, 1000);
    runs.endAttempt(train, "stopped", null, 5000);
    runs.startAttempt(train, 1, 100_000);
    metrics.insert(train, [
      point("reward", 1, 0.1, 3000),
      point("reward", 2, 0.2, 102_000),
      point("reward", 3, 0.3, 101_000),
      point("num_tokens", 1, 10, 3000),
      point("num_tokens", 3, 40, 103_000),
    ]);
    metrics.insert(check, [point("reward", 1, 0.5, 3000)]);
  });
  const along = async (axis: "time" | "tokens") =>
    (await client.cockpit.overlay({ runIds: [train, check], name: "reward", axis })).series.map(
      ({ at }) => at,
    );
  // 3 - 1; 4 of the first attempt and 2 of the second; a clock set back stands still. The other run never started.
  expect(await along("time")).toEqual([[2, 6, 6], [0]]);
  // Step 2 has no count of its own; the other run counts none.
  expect(await along("tokens")).toEqual([[10, 10, 40], null]);
});

test("a note written in one window is not overwritten by another that has not seen it", async () => {
  const { client, train } = opened();
  expect(await client.cockpit.note({ runId: train })).toEqual({ text: "", changedAtMs: null });
  const first = await client.cockpit.setNote({ runId: train, text: "a", changedAtMs: null });
  const [error] = await safe(
    client.cockpit.setNote({ runId: train, text: "b", changedAtMs: null }),
  );
  expect(error instanceof ORPCError && error.code).toBe("CONFLICT");
  expect(await client.cockpit.note({ runId: train })).toEqual(first);
});

test("tags are put on and taken off several runs at once, are in the lists, and are counted", async () => {
  const { client, train, check } = opened();
  await client.cockpit.tag({ runIds: [train, check], add: ["keep", "b"], remove: [] });
  await client.cockpit.tag({ runIds: [check], add: ["keep"], remove: ["b"] });
  const { runs } = await client.runs.list({});
  expect(runs.map(({ tags }) => tags)).toEqual([["b", "keep"], ["keep"]]);
  expect(await client.cockpit.tags()).toEqual([
    { tag: "keep", runs: 2 },
    { tag: "b", runs: 1 },
  ]);
  // One that is not there: none is tagged.
  const [error] = await safe(
    client.cockpit.tag({ runIds: [train, "p9-x"], add: ["lost"], remove: [] }),
  );
  expect(error).not.toBeNull();
  expect((await client.runs.get({ runId: train })).run.tags).toEqual(["b", "keep"]);
});

function encodeWithEnd(folder: string, text: string): { ids: number[]; end: number } {
  const tokenizer = loadTokenizer(folder);
  const [end] = tokenizer.eosTokenIds;
  if (end === undefined) throw new Error("the model has no end token");
  return { ids: tokenizer.encode(text, { addSpecialTokens: false }), end };
}

test("tokens have their texts, which add up to what was written, and the hidden ones are told", () => {
  const folder = join(assetFolder(), "models", "gradus-base");
  const text = "<think>\n7 + 5 = 12\n</think>\n<answer>12</answer>";
  const { ids, end } = encodeWithEnd(folder, text);
  const { texts, hidden } = tokenTexts(folder, [...ids, end]);
  expect(texts.slice(0, -1).join("")).toBe(text);
  expect(hidden.at(-1)).toBe(true);
  expect(texts).toHaveLength(ids.length + 1);
});

test("a character of several tokens stands with the last of them", () => {
  const folder = join(assetFolder(), "models", "gradus-base");
  const { ids } = encodeWithEnd(folder, "a\u{1F9EA}b");
  const { texts } = tokenTexts(folder, ids);
  expect(texts.join("")).toBe("a\u{1F9EA}b");
  expect(texts.filter((text) => text === "").length).toBeGreaterThan(0);
});
