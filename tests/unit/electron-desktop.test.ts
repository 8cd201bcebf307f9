import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WindowMessages } from "#main/host/electron/window-messages.ts";
import { keepAwakeWhileWorking } from "#main/host/electron/keep-awake.ts";
import type { SleepBlocker } from "#main/host/electron/keep-awake.ts";
import { recipeArgument, recipeMessage } from "#main/host/electron/recipe-files.ts";
import { writeWindowState, readWindowState } from "#main/host/electron/window-state.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import { PipelineId, PipelineSummary } from "#shared/schema/run.ts";

describe("the window's place", () => {
  const display = { x: 0, y: 0, width: 1920, height: 1040 };
  const state = { bounds: { x: 100, y: 50, width: 1200, height: 800 }, maximized: true };
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gradus-place-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("is found again", () => {
    writeWindowState(folder, state);
    expect(readWindowState(folder, [display])).toEqual(state);
  });

  test.each([
    ["on a display that is gone", { ...state.bounds, x: 2500 }],
    ["above every display", { ...state.bounds, y: -400 }],
    ["with too little of it in view", { ...state.bounds, x: 1900 }],
  ])("is not used %s", (_where, bounds) => {
    writeWindowState(folder, { bounds, maximized: false });
    expect(readWindowState(folder, [display])).toBeUndefined();
  });

  test("is not read from a damaged file, and a folder that is gone is no error", () => {
    writeFileSync(join(folder, "window.json"), "{");
    expect(readWindowState(folder, [display])).toBeUndefined();
    writeWindowState(join(folder, "gone"), state);
    expect(readWindowState(join(folder, "gone"), [display])).toBeUndefined();
  });
});

describe("the machine is kept awake", () => {
  function blocker(): SleepBlocker & { readonly held: () => number } {
    const held = new Set<number>();
    let next = 0;
    return {
      start: () => {
        next += 1;
        held.add(next);
        return next;
      },
      stop: (id) => held.delete(id),
      held: () => held.size,
    };
  }

  function changed(id: string, status: string): LiveEvent {
    const pipeline = PipelineSummary.parse({
      id,
      name: id,
      origin: "recipe",
      seed: 0,
      status,
      statusReason: null,
      createdAtMs: 0,
      startedAtMs: null,
      endedAtMs: null,
      activeMs: 0,
      readAtMs: 0,
      costUsd: null,
      runs: [],
    });
    return { type: "pipeline", pipeline };
  }

  test("from the first pipeline at work to the end of the last, once", () => {
    const sleep = blocker();
    let tell: ((event: LiveEvent) => void) | undefined;
    const end = keepAwakeWhileWorking(sleep, {
      running: [],
      listen: (listener) => {
        tell = listener;
        return () => (tell = undefined);
      },
    });
    const held = (event: LiveEvent): number => {
      tell?.(event);
      return sleep.held();
    };
    expect(held(changed("p1", "queued"))).toBe(0);
    expect(held(changed("p1", "running"))).toBe(1);
    expect(held(changed("p2", "running"))).toBe(1);
    expect(held(changed("p1", "finished"))).toBe(1);
    expect(held({ type: "models" })).toBe(1);
    expect(held(changed("p2", "failed"))).toBe(0);
    expect(held(changed("p3", "running"))).toBe(1);
    expect(held({ type: "pipeline-deleted", pipelineId: PipelineId.parse("p3") })).toBe(0);
    end();
    expect(tell).toBeUndefined();
  });

  test("where something runs already, and lets it sleep at the end of the host", () => {
    const sleep = blocker();
    const end = keepAwakeWhileWorking(sleep, {
      running: [PipelineId.parse("p1")],
      listen: () => () => undefined,
    });
    expect(sleep.held()).toBe(1);
    end();
    expect(sleep.held()).toBe(0);
  });
});

test.each([
  [["gradus", "--flag", "mine.gradus"], "mine.gradus"],
  [["electron", "out/app", "a.yaml", "b.YML"], "b.YML"],
  [["gradus"], undefined],
  [["gradus.yaml"], undefined],
  [["gradus", "--x=a.yaml"], undefined],
  [["gradus", "notes.txt"], undefined],
])("of the arguments %j the recipe is %s", (argv, expected) => {
  expect(recipeArgument(argv, "/home/me")).toBe(
    expected === undefined ? undefined : resolve("/home/me", expected),
  );
});

test("a recipe's path is asked of the window as an address, whatever is in its name", () => {
  expect(recipeMessage("/a b/ü&x=1#.gradus")).toEqual({
    type: "gradus:go",
    href: "#/recipes?file=%2Fa+b%2F%C3%BC%26x%3D1%23.gradus",
  });
});

test("what is asked before the page listens waits, in order; after the page is gone it waits for the next", () => {
  const sent: string[] = [];
  const asked = new WindowMessages<string>((page, message) => {
    sent.push(`${page}:${message.type === "gradus:go" ? message.href : message.id}`);
  });
  const go = (href: string): void => asked.tell({ type: "gradus:go", href });
  go("#/1");
  go("#/2");
  asked.open("a");
  go("#/3");
  asked.close("other");
  go("#/4");
  asked.close("a");
  go("#/5");
  asked.open("b");
  expect(sent).toEqual(["a:#/1", "a:#/2", "a:#/3", "a:#/4", "b:#/5"]);
});
