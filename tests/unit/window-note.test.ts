/** A note that is typed while it changes elsewhere: nothing typed is lost, nothing is overwritten unasked. */
import { expect, onTestFinished, test, vi } from "vitest";
import { NoteDraft } from "#renderer/features/run/notes/note-draft.ts";
import { RunId } from "#shared/schema/run.ts";
import type { RunNote } from "#shared/schema/run.ts";

const runId = RunId.parse("p1-train");

/** A host of one note that refuses what has not seen the newest, as the real one does. */
function opened(first: RunNote = { text: "", changedAtMs: null }) {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  let note = first;
  let down = false;
  const elsewhere = (text: string): RunNote => {
    note = { text, changedAtMs: (note.changedAtMs ?? 0) + 1 };
    return note;
  };
  const draft = new NoteDraft(runId, first, {
    note: async () => {
      if (down) throw new Error("down");
      return note;
    },
    setNote: async ({ text, changedAtMs }) => {
      if (down) throw new Error("down");
      if (changedAtMs !== note.changedAtMs) throw new Error("conflict");
      return elsewhere(text);
    },
  });
  return {
    draft,
    elsewhere,
    host: () => note.text,
    setDown: (on: boolean) => {
      down = on;
    },
  };
}

test("what is typed is saved after a rest, and what was undone meanwhile comes in", async () => {
  const { draft, elsewhere, host } = opened();
  draft.edit("a");
  draft.edit("ab");
  expect(host()).toBe("");
  await vi.advanceTimersByTimeAsync(600);
  expect(host()).toBe("ab");
  draft.heard(elsewhere(""));
  expect(draft.state()).toMatchObject({ text: "", other: undefined });
});

test("an answer older than the last save changes nothing", async () => {
  const { draft } = opened();
  draft.edit("ab");
  await draft.flush();
  draft.heard({ text: "", changedAtMs: null });
  expect(draft.state().text).toBe("ab");
});

test("a change that comes while something is typed is a question; each answer is taken", async () => {
  for (const keep of [true, false]) {
    const { draft, elsewhere, host } = opened({ text: "old", changedAtMs: 1 });
    draft.edit("mine");
    draft.heard(elsewhere("theirs"));
    draft.edit("mine, on");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(draft.state()).toMatchObject({ text: "mine, on", other: { text: "theirs" } });
    expect(host()).toBe("theirs");
    await expect(draft.flush()).rejects.toThrow("which of the two");
    if (keep) draft.keepMine();
    else draft.takeOther();
    await vi.advanceTimersByTimeAsync(600);
    const text = keep ? "mine, on" : "theirs";
    expect(draft.state()).toMatchObject({ text, other: undefined, failure: undefined });
    expect(host()).toBe(text);
  }
});

test("a change that is met only at the save is the same question", async () => {
  const { draft, elsewhere, host } = opened({ text: "old", changedAtMs: 1 });
  elsewhere("theirs");
  draft.edit("mine");
  await vi.advanceTimersByTimeAsync(600);
  expect(draft.state()).toMatchObject({ text: "mine", other: { text: "theirs" } });
  expect(host()).toBe("theirs");
});

test("what could not be sent is kept, said, and sent by itself later", async () => {
  const { draft, host, setDown } = opened();
  setDown(true);
  draft.edit("a");
  await vi.advanceTimersByTimeAsync(600);
  expect(draft.state()).toMatchObject({ text: "a", failure: { message: "down" } });
  setDown(false);
  await vi.advanceTimersByTimeAsync(2000);
  expect(host()).toBe("a");
  expect(draft.state().failure).toBeUndefined();
});
