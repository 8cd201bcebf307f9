/** Work within a time: what counts is what was computed, not how long the processor was with others. */
import { expect, test } from "vitest";
import { OutOfTime, withinTime } from "#main/core/text/bounded-work.ts";

test("gives what the work gives, and lets through what it throws", () => {
  expect(withinTime(1000, () => 7)).toBe(7);
  expect(() =>
    withinTime(1000, () => {
      throw new RangeError("mine");
    }),
  ).toThrow(new RangeError("mine"));
});

test("work that never ends is ended", () => {
  expect(() =>
    withinTime(50, () => {
      for (;;);
    }),
  ).toThrow(OutOfTime);
  expect(() => withinTime(50, () => /^(?:a+)+$/u.test(`${"a".repeat(40)}!`))).toThrow(OutOfTime);
});

test("work that waits without computing, as on a busy machine, is begun again and waited for", () => {
  const place = new Int32Array(new SharedArrayBuffer(4));
  let begun = 0;
  const waited = withinTime(300, () => {
    begun += 1;
    return Atomics.wait(place, 0, 0, 500);
  });
  expect(waited).toBe("timed-out");
  expect(begun).toBeGreaterThan(1);
});
