/** What grows with lengths and rows is bounded: shapes, programs, rows computed, places whose logits are made. */
import { describe, expect, test } from "vitest";
import { lengthBucket, placesBucket } from "#main/core/resources/length-buckets.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { KEPT_OPERATIONS } from "#main/core/resources/program-operations.ts";
import { RecentPrograms } from "#main/engine/runtime/tensorflow/recent-programs.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import {
  firstColumns,
  prefillParts,
  smallerRows,
  widerColumns,
} from "#main/core/resources/cache-shape.ts";
import { policyBatches } from "#main/engine/training/policy-batches.ts";
import { tinyConfig } from "../helpers/engine-model.ts";

const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 5);

describe("lengths", () => {
  test("up to 2,048 tokens come in 24 buckets, none longer by 16 tokens or by a quarter than what it holds", () => {
    const lengths = Array.from({ length: 2048 }, (_, i) => i + 1);
    const buckets = new Set(lengths.map(lengthBucket));
    // 16, 32 … 128 are 8; four to each doubling up to 2,048 are 16.
    expect(buckets.size).toBe(24);
    for (const length of lengths) {
      expect(lengthBucket(length)).toBeGreaterThanOrEqual(length);
      expect(lengthBucket(length)).toBeLessThan(Math.max(length + 16, 1.25 * length));
    }
  });

  test("logits are made for a half, a quarter … of all places where fewer are asked", () => {
    expect([1024, 513, 512, 100, 1].map((asked) => placesBucket(asked, 1024))).toEqual([
      1024, 1024, 512, 128, 16,
    ]);
    // An odd number cannot be halved.
    expect(placesBucket(3, 15)).toBe(15);
  });
});

describe("micro-batches of rollouts", () => {
  const config = tinyConfig("qwen2", { maxPositionEmbeddings: 4096 });
  const row = (prompt: number, completion: number) => ({
    promptIds: ids(prompt),
    completionIds: ids(completion),
  });

  test("hold the rows that are asked for and no others", () => {
    const rows = Array.from({ length: 64 }, () => row(10, 20));
    for (const count of [1, 4, 5, 37, 64]) {
      const batches = [
        ...policyBatches(
          config,
          rows,
          ids(count).map((i) => i - 5),
          { wanted: 64 },
        ),
      ];
      expect(batches.reduce((sum, batch) => sum + batch.ids.length / batch.columns, 0)).toBe(count);
      for (const batch of batches) expect([64, 16, 4, 1]).toContain(batch.rows.length);
    }
  });

  test("ask for logits of completion tokens alone: 48 of 2,048 places of a long prompt", () => {
    const [batch] = policyBatches(config, [row(2000, 48)], [0], { wanted: 8 });
    expect(batch?.columns).toBe(2049);
    expect(batch?.computed).toBe(64);
    // The first is predicted at the prompt's last token.
    expect([...(batch?.places ?? [])].slice(0, 48)).toEqual(
      Array.from({ length: 48 }, (_, i) => 1999 + i),
    );
  });

  test("go from the longest to the shortest, each row once", () => {
    const rows = [3, 200, 40, 90, 33, 700].map((length) => row(5, length));
    const batches = [...policyBatches(config, rows, [0, 1, 2, 3, 4, 5], { wanted: 4 })];
    expect(batches.flatMap(({ indices }) => indices)).toEqual([5, 1, 3, 2, 4, 0]);
    expect(batches.map(({ columns }) => columns)).toEqual([769, 49, 17]);
  });
});

describe("a sampler's cache", () => {
  test("begins with the columns of the prompts and some more, and grows by doubling to what there may be", () => {
    expect(firstColumns(64, 128)).toBe(128);
    expect(firstColumns(64, 2112)).toBe(256);
    expect(firstColumns(2048, 4096)).toBe(4096);
    expect([256, 512, 1024].map((columns) => widerColumns(columns, columns + 1, 2112))).toEqual([
      512, 1024, 2112,
    ]);
  });

  test("is left for one of fewer rows as soon as half of them are done, unless the rest is short", () => {
    expect([64, 33, 32, 5, 4, 1].map((active) => smallerRows(64, active, 500))).toEqual([
      64, 64, 32, 8, 4, 1,
    ]);
    expect(smallerRows(64, 1, 20)).toBe(64);
    expect(smallerRows(64, 0, 500)).toBe(64);
  });

  test("takes prompts that are computed together in counts of few programs, without padding rows, 4,096 tokens at most", () => {
    const parts = prefillParts([...Array.from({ length: 21 }, () => ids(30)), ids(3000), ids(900)]);
    expect(parts.map((part) => part.length)).toEqual([1, 4, 16, 1, 1]);
    expect(parts.flat()).toHaveLength(23);
  });
});

describe("programs", () => {
  test("that were used longest ago are let go, those that run are not", () => {
    const gone: string[] = [];
    const programs = new RecentPrograms<{ name: string; size: number; running: number }>(
      100,
      ({ name }) => gone.push(name),
    );
    const get = (name: string, size = 40, running = 0): void => {
      programs.get(name, () => ({ name, size, running }));
    };
    get("a");
    get("b", 40, 1);
    get("a");
    get("c");
    // b was used longest ago, but runs.
    expect(gone).toEqual(["a"]);
    get("d", 400);
    expect(gone).toEqual(["a", "c"]);
    expect(programs.count).toBe(2);
    programs.clear();
    expect(gone).toEqual(["a", "c", "b", "d"]);
  });

  test("of 40 lengths are not all kept, and give their tensors back", async () => {
    const runtime = await openRuntime({ choice: "tensorflow" });
    const before = runtime.tensorCount();
    const operations = 2000;
    const one = tf.scalar(1);
    const program = runtime.compile("long", (x) => {
      let sum = x ?? one;
      for (let i = 0; i < operations; i++) sum = tf.add(sum, one);
      return [sum];
    });
    for (let length = 1; length <= 40; length++) {
      const x = tf.zeros([length]);
      const [y] = program(x);
      expect(y?.dataSync()[length - 1]).toBe(operations);
      tf.dispose([x, ...(y === undefined ? [] : [y])]);
    }
    expect(program.programs()).toBeLessThanOrEqual(KEPT_OPERATIONS / operations);
    program.dispose();
    one.dispose();
    expect(runtime.tensorCount()).toBe(before);
  });
});
