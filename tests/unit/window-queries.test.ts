/** When the window asks the host again: after events, after a broken line, and never twice at once. */
import { QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { askAgain, invalidate, invalidateAll, queryClient } from "#renderer/bridge/query-client.ts";

interface Call {
  readonly answer: (value: string) => void;
  readonly fail: (error: Error) => void;
  readonly signal: AbortSignal;
}

type Watcher = QueryObserver<string, Error, string, string, string[]>;

/** A question whose answers the test gives, watched as a region watches it. */
function question(
  key: string,
  topics: readonly string[] = [],
): { readonly calls: Call[]; readonly watch: () => Watcher } {
  const calls: Call[] = [];
  const ask = ({ signal }: { readonly signal: AbortSignal }): Promise<string> =>
    new Promise((answer, fail) => calls.push({ answer, fail, signal }));
  const watch = (): Watcher =>
    new QueryObserver(queryClient, { queryKey: [key], queryFn: ask, meta: { topics } });
  return { calls, watch };
}

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  queryClient.clear();
  vi.useRealTimers();
});

describe("an event", () => {
  test("of an answer's topic asks again, of another topic does not", async () => {
    const { calls, watch } = question("runs", ["pipelines"]);
    watch().subscribe(() => undefined);
    calls[0]?.answer("one");
    await settle(1000);
    invalidate(["cost"]);
    await settle(1000);
    expect(calls).toHaveLength(1);
    invalidate(["cost", "pipelines"]);
    await settle();
    expect(calls).toHaveLength(2);
  });

  test("while an answer is on its way asks once more after it, and does not cut it short", async () => {
    const { calls, watch } = question("runs", ["pipelines"]);
    watch().subscribe(() => undefined);
    for (let told = 0; told < 5; told += 1) invalidate(["pipelines"]);
    await settle(1000);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.signal.aborted).toBe(false);
    calls[0]?.answer("old");
    await settle(299);
    expect(queryClient.getQueryData(["runs"])).toBe("old");
    expect(calls).toHaveLength(1);
    await settle(1);
    expect(calls).toHaveLength(2);
    calls[1]?.answer("new");
    await settle(1000);
    expect(calls).toHaveLength(2);
    expect(queryClient.getQueryData(["runs"])).toBe("new");
  });

  test("asks once in 300 ms however many come", async () => {
    const { calls, watch } = question("runs", ["pipelines"]);
    watch().subscribe(() => undefined);
    calls[0]?.answer("one");
    await settle(1000);
    // The first is answered at once; eight more in the 270 ms after it make one question.
    for (let told = 0; told < 9; told += 1) {
      invalidate(["pipelines"]);
      await settle();
      calls[1]?.answer("two");
      await settle(30);
    }
    expect(calls).toHaveLength(2);
    await settle(1000);
    expect(calls).toHaveLength(3);
  });

  test("after the last watcher went asks nothing, and the call under way is ended", async () => {
    const { calls, watch } = question("runs", ["pipelines"]);
    const stop = watch().subscribe(() => undefined);
    invalidate(["pipelines"]);
    stop();
    await settle(1000);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.signal.aborted).toBe(true);
  });
});

test("a region that turns to another question is answered however many answers are kept", async () => {
  const { watch } = question("before");
  for (let asked = 0; asked < 100; asked += 1) queryClient.setQueryData([`kept ${asked}`], "old");
  const observer = watch();
  observer.subscribe(() => undefined);
  const after = question("after");
  observer.setOptions(after.watch().options);
  after.calls[0]?.answer("new");
  await settle(5000);
  // A component reads the cache: an answer that only its observer has is never shown.
  expect(queryClient.getQueryData(["after"])).toBe("new");
  expect(after.calls).toHaveLength(1);
});

test("a second watcher takes the answer that is there; one that comes back later asks", async () => {
  const { calls, watch } = question("info");
  const first = watch().subscribe(() => undefined);
  calls[0]?.answer("one");
  await settle();
  const second = watch().subscribe(() => undefined);
  await settle();
  expect(calls).toHaveLength(1);
  first();
  second();
  const observer = watch();
  observer.subscribe(() => undefined);
  expect(calls).toHaveLength(2);
  expect(observer.getCurrentResult().data).toBe("one");
});

test("a failure leaves the older answer in place, and asking again takes the failure away", async () => {
  const { calls, watch } = question("info");
  const observer = watch();
  observer.subscribe(() => undefined);
  calls[0]?.answer("one");
  await settle(1000);
  void askAgain("info");
  await settle();
  calls[1]?.fail(new Error("no"));
  await settle();
  expect(observer.getCurrentResult()).toMatchObject({ data: "one", error: new Error("no") });
  expect(calls).toHaveLength(2);
  void askAgain("info");
  await settle(300);
  calls[2]?.answer("two");
  await settle();
  expect(observer.getCurrentResult()).toMatchObject({ data: "two", error: null });
});

test("a stream that begins anew asks what is watched and forgets what is not", async () => {
  const seen = question("seen", []);
  const left = question("left", []);
  seen.watch().subscribe(() => undefined);
  const leave = left.watch().subscribe(() => undefined);
  seen.calls[0]?.answer("seen");
  left.calls[0]?.answer("left");
  await settle(1000);
  leave();
  invalidateAll();
  await settle();
  expect(seen.calls).toHaveLength(2);
  expect(queryClient.getQueryData(["seen"])).toBe("seen");
  expect(queryClient.getQueryData(["left"])).toBeUndefined();
});

test("of the answers that nobody watches, the sixty newest are kept", async () => {
  for (let index = 0; index < 63; index += 1) {
    const { calls, watch } = question(`page ${String(index)}`);
    const stop = watch().subscribe(() => undefined);
    calls[0]?.answer("rows");
    await settle(1);
    stop();
  }
  await settle(1000);
  const kept = queryClient.getQueryCache().getAll();
  expect(kept.map(({ queryKey }) => queryKey[0])).toEqual(
    Array.from({ length: 60 }, (_, index) => `page ${String(index + 3)}`),
  );
});
