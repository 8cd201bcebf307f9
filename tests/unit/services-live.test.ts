import { expect, test } from "vitest";
import { LiveEvents } from "#main/services/workspace/live-events.ts";
import type { Numbered } from "#main/services/workspace/live-events.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import { RunId } from "#shared/schema/run.ts";

const runId = RunId.parse("p1-grpo");

function rollouts(step: number): LiveEvent {
  return { type: "rollouts", runId, step };
}

/** Steps only; the snapshot is -1. */
function watch(live: LiveEvents, lastEventId?: string, signal?: AbortSignal) {
  return live.watch<{ step: number }>({
    snapshot: () => ({ step: -1 }),
    select: (event) => (event.type === "rollouts" ? { step: event.step } : undefined),
    lastEventId,
    signal,
  });
}

async function take<T>(stream: AsyncGenerator<Numbered<T>>, count: number): Promise<Numbered<T>[]> {
  const items: Numbered<T>[] = [];
  while (items.length < count) {
    const next = await stream.next();
    if (next.done === true) break;
    items.push(next.value);
  }
  return items;
}

test("a stream begins with a snapshot and goes on with what is selected", async () => {
  const live = new LiveEvents("a");
  live.publish([rollouts(1)]);
  const stream = watch(live);
  const [first] = await take(stream, 1);
  expect(first?.event).toEqual({ step: -1 });
  live.publish([{ type: "settings" }, rollouts(2), rollouts(3)]);
  expect((await take(stream, 2)).map(({ event }) => event.step)).toEqual([2, 3]);
});

test("a stream that was cut goes on after the last event it saw, without a snapshot", async () => {
  const live = new LiveEvents("a");
  const stream = watch(live);
  await take(stream, 1);
  live.publish([rollouts(1), rollouts(2), rollouts(3)]);
  const [one] = await take(stream, 1);
  await stream.return(undefined);
  live.publish([rollouts(4)]);
  const again = watch(live, one?.id);
  expect((await take(again, 3)).map(({ event }) => event.step)).toEqual([2, 3, 4]);
});

test("a stream cut right after its snapshot goes on too", async () => {
  const live = new LiveEvents("a");
  const [snapshot] = await take(watch(live), 1);
  live.publish([rollouts(1)]);
  expect((await take(watch(live, snapshot?.id), 1)).map(({ event }) => event.step)).toEqual([1]);
});

test("another host's event ids mean a new snapshot", async () => {
  const before = new LiveEvents("a");
  const [seen] = await take(watch(before), 1);
  const after = new LiveEvents("b");
  expect((await take(watch(after, seen?.id), 1))[0]?.event).toEqual({ step: -1 });
});

test("a reader that falls far behind starts over with a snapshot instead of filling the memory", async () => {
  const live = new LiveEvents("a");
  const stream = watch(live);
  await take(stream, 1);
  // The generator listens from its first value on; nothing is read while these pile up.
  live.publish(Array.from({ length: 6000 }, (_, step) => rollouts(step)));
  const [next] = await take(stream, 1);
  expect(next?.event).toEqual({ step: -1 });
  live.publish([rollouts(7000)]);
  expect((await take(stream, 1))[0]?.event).toEqual({ step: 7000 });
});

test("the signal ends a stream that waits", async () => {
  const live = new LiveEvents("a");
  const abort = new AbortController();
  const stream = watch(live, undefined, abort.signal);
  await take(stream, 1);
  const waiting = stream.next();
  abort.abort();
  expect((await waiting).done).toBe(true);
});
