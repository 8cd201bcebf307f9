import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SampledLine } from "#main/core/sampled-answers.ts";
import { SampledAnswers } from "#main/core/sampled-answers.ts";
import { problemsAtOnce } from "#main/core/resources/cache-shape.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const USAGE = {
  wallMs: 1,
  cpuSeconds: 1,
  gpuSeconds: 0,
  tokensSampled: 3,
  tokensTrained: 0,
  flops: 1,
  energyJ: null,
  peakMemoryBytes: 1,
};

/** A chunk of two problems with one completion each. */
function chunk(first: number): SampledLine {
  const completions = [0, 1].map((i) => [
    { ids: [first + i, 7, 1], finishReason: "stop" as const },
  ]);
  return { first, prompts: `prompts ${first}`, timeMs: 1000 + first, usage: USAGE, completions };
}

function opened(path: string, config = "a"): SampledAnswers {
  const answers = SampledAnswers.open(path, config);
  onTestFinished(() => answers.close());
  return answers;
}

/** Everything that is kept. */
function keptOf(path: string, config = "a"): SampledLine[] {
  const answers = opened(path, config);
  const kept: SampledLine[] = [];
  for (let line = answers.next(() => true); line !== null; line = answers.next(() => true))
    kept.push(line);
  return kept;
}

function written(...chunks: readonly SampledLine[]): string {
  const path = join(temporaryFolder(), "answers.jsonl");
  const answers = opened(path);
  expect(answers.next(() => true)).toBe(null);
  for (const one of chunks) answers.add(one);
  return path;
}

test("what was added is read back in order, and more is added behind it", () => {
  const path = written(chunk(0), chunk(2));
  const again = opened(path);
  expect([again.next(() => true), again.next(() => true), again.next(() => true)]).toEqual([
    chunk(0),
    chunk(2),
    null,
  ]);
  again.add(chunk(4));
  expect(keptOf(path)).toEqual([chunk(0), chunk(2), chunk(4)]);
});

test("a line that a kill cut off in the middle is taken away, wherever it was cut", () => {
  const whole = readFileSync(written(chunk(0)));
  const path = written(chunk(0), chunk(2));
  const full = readFileSync(path);
  for (const cut of [full.length - 1, full.length - 20, whole.length + 1]) {
    writeFileSync(path, full);
    truncateSync(path, cut);
    expect(keptOf(path)).toEqual([chunk(0)]);
    expect(readFileSync(path)).toEqual(whole);
  }
});

test("a header that a kill cut off in the middle is written anew", () => {
  const path = written();
  const header = readFileSync(path);
  truncateSync(path, 5);
  expect(keptOf(path)).toEqual([]);
  expect(readFileSync(path)).toEqual(header);
});

test("answers of other options are not this stage's", () => {
  const path = written(chunk(0));
  expect(keptOf(path, "b")).toEqual([]);
  expect(keptOf(path, "a")).toEqual([]);
});

test("nothing is read past a gap, or past what does not fit", () => {
  const gap = written(chunk(0), chunk(4));
  expect(keptOf(gap)).toEqual([chunk(0)]);
  const path = written(chunk(0), chunk(2));
  const answers = opened(path);
  expect(answers.next(({ prompts }) => prompts === "prompts 0")).toEqual(chunk(0));
  expect(answers.next(({ prompts }) => prompts === "prompts 0")).toBe(null);
  answers.add({ ...chunk(2), timeMs: 5 });
  expect(keptOf(path)).toEqual([chunk(0), { ...chunk(2), timeMs: 5 }]);
});

test("what follows a damaged line is left out too", () => {
  const path = written(chunk(0));
  appendFileSync(path, `{"first": 2, "nonsense": true}\n${JSON.stringify(chunk(2))}\n`);
  expect(keptOf(path)).toEqual([chunk(0)]);
});

test("a large model on a processor samples fewer problems together: less is lost where the machine ends", () => {
  expect(problemsAtOnce(600e6, 4, false)).toBe(32);
  expect(problemsAtOnce(600e6, 1000, false)).toBe(1);
  expect(problemsAtOnce(600e6, 4, true)).toBe(128);
  expect(problemsAtOnce(1e6, 4, false)).toBe(128);
});
