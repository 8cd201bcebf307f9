import { describe, expect, test } from "vitest";
import { PipelineSummary } from "#shared/schema/run.ts";
import { noticeOf } from "#renderer/shell/notices/run-notices.ts";
import { scoreNames } from "#shared/comparison-text.ts";
import { verdictLines } from "../../src-renderer/features/results/verdict-lines.ts";
import { runRows } from "../../src-renderer/features/runs/rows/run-rows.ts";
import {
  activeMsAt,
  currentRun,
  isPaused,
  lastScored,
} from "../../src-renderer/ui/pipelines/pipeline-facts.ts";
import { movedBy } from "../../src-renderer/ui/use-list-keys.ts";
import { ResultRow } from "#shared/schema/evaluation.ts";

function launch(
  name: string,
  status: string,
  stages: readonly (readonly [string, string])[],
): PipelineSummary {
  const common = {
    statusReason: null,
    createdAtMs: 1,
    startedAtMs: null,
    endedAtMs: null,
    activeMs: 0,
    costUsd: null,
  };
  return PipelineSummary.parse({
    ...common,
    id: name,
    name,
    origin: "recipe",
    seed: 1,
    status,
    activeMs: 0,
    readAtMs: 0,
    runs: stages.map(([stageName, stageStatus], position) => ({
      ...common,
      id: `${name}-${stageName}`,
      pipelineId: name,
      pipelineName: name,
      position,
      stageName,
      model: "base",
      kind: stageName.startsWith("benchmark") ? "benchmark" : "grpo",
      status: stageStatus,
      attempts: 1,
      lastStep: 0,
      totalSteps: null,
      progress: null,
      lastHeardAtMs: null,
      score:
        stageName.startsWith("benchmark") && stageStatus === "finished"
          ? { value: 0.5, low: 0.4, high: 0.6, n: 10, k: 4 }
          : null,
      workingSinceMs: null,
      openAlarms: 0,
      tags: [],
    })),
  });
}

const ladder = launch("ladder", "running", [
  ["benchmark-base", "finished"],
  ["grpo", "running"],
  ["benchmark-grpo", "queued"],
]);
const old = launch("old", "finished", [["grpo", "finished"]]);

describe("the rows of the Runs screen", () => {
  const all = {
    status: "all",
    text: "",
    folded: false,
    grouping: "launch",
    sort: undefined,
  } as const;

  test("are each pipeline followed by its stages", () => {
    expect(runRows([ladder, old], all).map((row) => row.key)).toEqual([
      "ladder",
      "ladder-benchmark-base",
      "ladder-grpo",
      "ladder-benchmark-grpo",
      "old",
      "old-grpo",
    ]);
  });

  test("keep only pipelines of the status, and no stages when folded", () => {
    expect(
      runRows([ladder, old], { ...all, status: "active", folded: true }).map((row) => row.key),
    ).toEqual(["ladder"]);
    expect(runRows([ladder, old], { ...all, status: "attention" })).toEqual([]);
  });

  test("keep the stages that hold every word, with their pipeline", () => {
    expect(runRows([ladder, old], { ...all, text: "base ladder" }).map((row) => row.key)).toEqual([
      "ladder",
      "ladder-benchmark-base",
    ]);
    expect(runRows([ladder, old], { ...all, text: "nothing" })).toEqual([]);
  });
});

test("a pipeline is at its running stage, else at the first that is not finished, and its score is the last one", () => {
  expect(currentRun(ladder)?.stageName).toBe("grpo");
  expect(
    currentRun(
      launch("a", "stopped", [
        ["grpo", "stopped"],
        ["benchmark-grpo", "queued"],
      ]),
    )?.stageName,
  ).toBe("grpo");
  expect(currentRun(old)?.stageName).toBe("grpo");
  expect(lastScored(ladder)?.stageName).toBe("benchmark-base");
  expect(lastScored(old)).toBeUndefined();
});

test("list keys stay inside the list", () => {
  expect(movedBy("j", 0, 3)).toBe(1);
  expect(movedBy("ArrowDown", 2, 3)).toBe(2);
  expect(movedBy("k", 0, 3)).toBe(0);
  expect(movedBy("End", 0, 3)).toBe(2);
  expect(movedBy("Home", 2, 3)).toBe(0);
  expect(movedBy("PageDown", 0, 50)).toBe(10);
  expect(movedBy("x", 0, 3)).toBeUndefined();
  expect(movedBy("j", 0, 0)).toBeUndefined();
});

test("differences are said in words, with what they rest on", () => {
  const cost = {
    wallMs: 0,
    cpuSeconds: 0,
    gpuSeconds: 0,
    tokensSampled: 0,
    tokensTrained: 0,
    flops: 0,
    energyJ: null,
    totalUsd: 0,
  };
  const estimate = { value: 0.5, low: 0.4, high: 0.6 };
  const row = (label: string, verdict: "better" | "worse" | "cannot tell" | undefined): ResultRow =>
    ResultRow.parse({
      runId: `p-${label}`,
      pipelineId: "p",
      label,
      summary: {
        task: "arithmetic",
        n: 500,
        k: 4,
        temperature: 0.6,
        topP: 0.95,
        maxTokens: 72,
        scoring: "strict",
        verifierVersion: "1",
        pass1: estimate,
        passK: [],
        consK: estimate,
        byDifficulty: [],
        formatRate: 1,
        truncatedRate: 0,
        meanTokens: 1,
      },
      comparison:
        verdict === undefined
          ? null
          : {
              withRunId: "p-base",
              withLabel: "base",
              refusal: null,
              cautions: [],
              versus: {
                problems: 500,
                difference: { value: 0.19, low: 0.154, high: 0.226 },
                confidence: 0.975,
                p: 0.00005,
                pAdjusted: 0.0001,
                verdict,
                wins: 100,
                losses: 5,
                ties: 395,
                problemsNeeded: 20,
                detectable: 0.03,
              },
            },
      stages: [],
      cost,
    });
  const lines = verdictLines([
    row("base", undefined),
    row("grpo", "better"),
    row("student", "cannot tell"),
  ]);
  expect(lines.map((line) => line.claim)).toEqual([
    "grpo is better than base.",
    "student and base cannot be told apart.",
  ]);
  expect(lines[0]?.basis).toBe("+19.0 points [15.4, 22.6], corrected p <0.001, 500 problems.");
});

test("scores of several problem sets, or under two rules, are told apart by name", () => {
  const score = (label: string, task: string, scoring = "strict") => ({
    label,
    summary: { task, scoring },
  });
  expect(scoreNames([score("base", "gcd"), score("grpo", "gcd")])).toEqual(["base", "grpo"]);
  expect(
    scoreNames([
      score("base", "gcd", "lenient"),
      score("base", "gcd"),
      score("grpo", "gcd"),
      score("grpo", "letters"),
    ]),
  ).toEqual(["base, gcd, lenient", "base, gcd, strict", "grpo, gcd", "grpo, letters"]);
});

describe("what is told when a pipeline changes", () => {
  const done = launch("ladder", "finished", [["benchmark-base", "finished"]]);
  const event = (pipeline: PipelineSummary) => ({ type: "pipeline" as const, pipeline });

  test("a pipeline that ends says so with its last score and where to look", () => {
    expect(noticeOf(event(done), ladder)).toEqual({
      tone: "done",
      title: "ladder finished",
      detail: "benchmark-base: 50.0% [40.0, 60.0]",
      href: "#/pipeline/ladder",
    });
  });

  test("a failure names the stage", () => {
    const failed = launch("ladder", "failed", [["grpo", "failed"]]);
    expect(noticeOf(event(failed), ladder)?.title).toBe("ladder failed in grpo");
  });

  test("what the window hears of for the first time, what did not change, and what a person stopped are no news", () => {
    expect(noticeOf(event(done), undefined)).toBeUndefined();
    expect(noticeOf(event(ladder), ladder)).toBeUndefined();
    expect(noticeOf(event(launch("ladder", "stopped", [])), ladder)).toBeUndefined();
  });
});

test("a pipeline at work counts on from when it was read, and a paused stage says so", () => {
  const launched = { ...launch("ladder", "running", [["grpo", "running"]]), activeMs: 500 };
  expect(activeMsAt({ ...launched, readAtMs: 1000 }, 4000)).toBe(3500);
  expect(activeMsAt({ ...launched, readAtMs: 1000 }, 900)).toBe(500);
  expect(activeMsAt({ ...launched, readAtMs: 1000, status: "stopped" }, 4000)).toBe(500);
  const run = currentRun(launched);
  if (run === undefined) throw new Error("a stage was expected");
  const progress = {
    done: 1,
    total: 4,
    unit: "steps",
    phase: "paused",
    tokensPerSecond: null,
    etaMs: 9000,
    timeMs: 0,
  };
  expect(isPaused({ ...run, progress })).toBe(true);
  // What is told before it ended is no state of afterwards.
  expect(isPaused({ ...run, status: "stopped", progress })).toBe(false);
});
