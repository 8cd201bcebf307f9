import { expect, test } from "vitest";
import { RateMeter } from "#main/engine/stages/session/rate-meter.ts";

/** A meter on a clock that is moved by hand. */
function meter(): { rate: RateMeter; after: (seconds: number) => void } {
  let ms = 0;
  const rate = new RateMeter(() => ms);
  return {
    rate,
    after: (seconds) => {
      ms += 1000 * seconds;
    },
  };
}

test("steps that sample before they train show the tokens of a step over its whole time", () => {
  const { rate, after } = meter();
  const seen: (number | null)[] = [];
  rate.add(0, null);
  for (let step = 0; step < 40; step++) {
    after(1);
    rate.add(step, null);
    after(19);
    rate.add(step, null);
    after(5);
    rate.add(step + 1, 3000 * (step + 1));
    seen.push(rate.tokensPerSecond());
  }
  expect(seen).toStrictEqual([null, ...Array<number>(39).fill(3000 / 25)]);
});

test("nothing is said of tokens before two counts", () => {
  const { rate, after } = meter();
  rate.add(0, null);
  after(10);
  rate.add(0, null);
  expect(rate.tokensPerSecond()).toBeNull();
  after(10);
  rate.add(1, 500);
  expect(rate.tokensPerSecond()).toBeNull();
  after(10);
  rate.add(2, 1000);
  expect(rate.tokensPerSecond()).toBe(50);
});

test("long steps of uneven length have a time left that does not jump", () => {
  const { rate, after } = meter();
  const shares: number[] = [];
  rate.add(0, 0);
  for (let step = 1; step <= 40; step++) {
    after(step % 2 === 0 ? 10 : 40);
    rate.add(step, 100 * step);
    // A step takes 25 s in the mean; of the last step alone it would be 10 or 40.
    shares.push((rate.etaMs(40) ?? Number.NaN) / (25_000 * (40 - step)));
  }
  const settled = shares.slice(8, 38);
  expect(Math.min(...settled)).toBeGreaterThan(0.8);
  expect(Math.max(...settled)).toBeLessThan(1.25);
  expect(rate.etaMs(40)).toBe(0);
});

test("quick steps are seen over the last 20 seconds, not over all", () => {
  const { rate, after } = meter();
  rate.add(0, 0);
  for (let step = 1; step <= 100; step++) {
    after(1);
    rate.add(step, 10 * step);
  }
  for (let step = 101; step <= 200; step++) {
    after(0.5);
    rate.add(step, 10 * step);
  }
  expect(rate.tokensPerSecond()).toBeCloseTo(20, 0);
  expect(rate.etaMs(300)).toBeCloseTo(50_000, -3);
});

test("another kind of work begins anew", () => {
  const { rate, after } = meter();
  rate.add(0, 1_000_000);
  after(1);
  rate.reset();
  rate.add(0, null);
  after(1);
  rate.add(1, 10);
  after(1);
  rate.add(2, 20);
  expect(rate.tokensPerSecond()).toBe(10);
});
