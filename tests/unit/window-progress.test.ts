import { expect, test } from "vitest";
import { widened } from "../../src-renderer/charts/axes/ticks.ts";
import { scaleFor } from "../../src-renderer/charts/axes/scale.ts";
import { RunSummary } from "#shared/schema/run.ts";
import { doneText, timeLeftText } from "#renderer/ui/pipelines/progress-text.ts";

const BEGUN = 1_000_000;

function at(progress: Partial<NonNullable<RunSummary["progress"]>>): RunSummary {
  return RunSummary.parse({
    id: "p1-grpo",
    pipelineId: "p1",
    pipelineName: "one",
    model: "base",
    position: 0,
    stageName: "grpo",
    kind: "grpo",
    status: "running",
    statusReason: null,
    createdAtMs: BEGUN,
    startedAtMs: BEGUN,
    endedAtMs: null,
    attempts: 1,
    lastStep: 0,
    totalSteps: 10,
    progress: {
      done: 4,
      total: 10,
      unit: "steps",
      phase: "training",
      tokensPerSecond: null,
      etaMs: 60_000,
      timeMs: BEGUN + 1000,
      ...progress,
    },
    lastHeardAtMs: BEGUN + 1000,
    score: null,
    activeMs: 0,
    workingSinceMs: BEGUN,
    costUsd: null,
    openAlarms: 0,
    tags: [],
  });
}

test("only what was estimated takes longer than estimated", () => {
  const now = BEGUN + 11_000;
  expect(timeLeftText(at({}), now)).toBe("50 s left");
  expect(timeLeftText(at({ etaMs: 2000 }), now)).toBe("longer than estimated");
  expect(timeLeftText(at({ etaMs: null }), now)).toBe("time left unknown yet");
  // All is done but the writing: nobody estimated how long that takes.
  expect(timeLeftText(at({ done: 10, etaMs: 0 }), now)).toBe("finishing");
  // An attempt before this one thought so.
  expect(timeLeftText(at({ timeMs: BEGUN - 60_000, etaMs: 2000 }), now)).toBe(
    "time left unknown yet",
  );
});

test("what has ended does not start any more", () => {
  const counted = { progress: null, totalSteps: null };
  expect(doneText({ ...at({}), ...counted })).toBe("starting");
  expect(doneText({ ...at({}), ...counted, status: "finished", endedAtMs: BEGUN })).toBe("–");
});

test("one step is no steps", () => {
  expect(doneText(at({ done: 1, total: 1 }))).toBe("1 of 1 step");
  expect(doneText(at({}))).toBe("4 of 10 steps");
});

test("an axis of nothing but zeros begins at zero and goes up", () => {
  const zeros = [{ id: "a", label: "a", x: [0, 1, 2], y: [0, 0, 0] }];
  for (const fromZero of [true, false]) {
    const { range, ticks } = scaleFor(zeros, {
      kind: "linear",
      fromZero,
      ticks: 2,
      format: String,
    });
    expect(range).toEqual({ min: 0, max: 1 });
    expect(ticks.every((tick) => tick >= 0)).toBe(true);
  }
  expect(widened({ min: 0, max: 0 })).toEqual({ min: 0, max: 1 });
  expect(widened({ min: -2, max: -2 })).toEqual({ min: -3, max: -1 });
});
