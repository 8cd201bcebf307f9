/** The runtime itself: tracing, lanes, variables, captured tensors, errors. */
import { describe, expect, test } from "vitest";
import { matMul, withPrecision } from "#main/engine/runtime/matmul.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { itemAt } from "../helpers/engine-model.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

/** The values of a compiled function's first output; all its outputs are freed. */
function valuesOf(outputs: readonly Tensor[]): number[] {
  const values = Array.from(itemAt(outputs, 0).dataSync());
  for (const output of outputs) output.dispose();
  return values;
}

/** Calls `body` and returns how many tensors it left behind. */
function leftBehind(body: () => void): number {
  const before = runtime.tensorCount();
  body();
  return runtime.tensorCount() - before;
}

describe("a compiled function", () => {
  test("is traced once for each combination of input shapes", () => {
    let traced = 0;
    const double = runtime.compile("double", (x) => {
      traced++;
      return [tf.mul(x ?? tf.scalar(0), 2)];
    });
    const short = tf.tensor1d([1, 2]);
    const long = tf.tensor1d([1, 2, 3]);
    expect(valuesOf(double(short))).toEqual([2, 4]);
    expect(valuesOf(double(long))).toEqual([2, 4, 6]);
    expect(valuesOf(double(short))).toEqual([2, 4]);
    expect(traced).toBe(2);
    expect(double.programs()).toBe(2);
    double.dispose();
    tf.dispose([short, long]);
  });

  test("keeps what it captured until it is disposed of, and no longer", () => {
    const left = leftBehind(() => {
      const captured = tf.tensor1d([3, 4]);
      const add = runtime.compile("captured", (x) => [tf.add(x ?? tf.scalar(0), captured)]);
      const again = runtime.compile("captured", (x) => [tf.sub(x ?? tf.scalar(0), captured)]);
      const x = tf.tensor1d([1, 1]);
      expect(valuesOf(add(x))).toEqual([4, 5]);
      expect(valuesOf(again(x))).toEqual([-2, -3]);
      captured.dispose();
      expect(valuesOf(add(x))).toEqual([4, 5]);
      add.dispose();
      expect(valuesOf(again(x))).toEqual([-2, -3]);
      again.dispose();
      x.dispose();
    });
    expect(left).toBe(0);
  });

  test("may use a tensor whose values were given before any trace used it, in every trace and outside", () => {
    const left = leftBehind(() => {
      const shared = tf.tensor1d([1, 2]);
      const one = runtime.compile("one", () => [tf.add(shared, 1)]);
      const two = runtime.compile("two", () => [tf.mul(shared, 5)]);
      expect(valuesOf(one())).toEqual([2, 3]);
      expect(valuesOf(two())).toEqual([5, 10]);
      expect(valuesOf([tf.sub(shared, 1)])).toEqual([0, 1]);
      tf.dispose(shared);
      one.dispose();
      two.dispose();
    });
    expect(left).toBe(0);
  });

  test("refuses to let a value be read while it is traced", () => {
    const reads = runtime.compile("reads", (x) => [tf.scalar(itemAt(x?.dataSync() ?? [], 0))]);
    const x = tf.tensor1d([1]);
    expect(() => reads(x)).toThrow(/read while tracing a compiled function/);
    reads.dispose();
    x.dispose();
  });

  test("refuses a tensor that was made inside another one", () => {
    let escaped: Tensor | null = null;
    const inner = runtime.compile("inner", (x) => {
      escaped = tf.keep(tf.add(x ?? tf.scalar(0), 1));
      return [escaped];
    });
    const x = tf.scalar(1);
    expect(valuesOf(inner(x))).toEqual([2]);
    const outer = runtime.compile("outer", () => [tf.add(escaped ?? tf.scalar(0), 1)]);
    expect(() => outer()).toThrow(/made inside one compiled function was used in another/);
    expect(() => tf.add(escaped ?? tf.scalar(0), 1)).toThrow(
      /a tensor of a finished trace was used outside it/,
    );
    tf.dispose([escaped ?? [], x]);
    inner.dispose();
    outer.dispose();
  });

  test("leaves nothing behind when tracing it fails", () => {
    const left = leftBehind(() => {
      const fails = runtime.compile("fails", () => {
        tf.tensor1d([1, 2, 3]);
        throw new Error("no such luck");
      });
      expect(() => fails()).toThrow("no such luck");
      fails.dispose();
    });
    expect(left).toBe(0);
    // The next trace starts clean.
    const after = runtime.compile("after", () => [tf.scalar(7)]);
    expect(valuesOf(after())).toEqual([7]);
    after.dispose();
  });
});

describe("an error of TensorFlow", () => {
  test("names the op and the shapes of its inputs", () => {
    const a = tf.ones([2, 3]);
    const b = tf.ones([4, 5]);
    // TensorFlow.js checks most shapes itself; a segment sum goes through to the kernel.
    const ids = tf.tensor1d([0, 1, 9], "int32");
    expect(() => tf.unsortedSegmentSum(a, ids, 2)).toThrow(/UnsortedSegmentSum\(\[2, 3\], \[3\]/);
    tf.dispose([a, b, ids]);
  });

  test("met while tracing names them too", () => {
    const sums = runtime.compile("sums", (...args) => [
      tf.unsortedSegmentSum(itemAt(args, 0), tf.tensor1d([0, 1, 2], "int32"), 2),
    ]);
    const a = tf.ones([2, 3]);
    expect(() => sums(a)).toThrow(/UnsortedSegmentSum\(\[2, 3\], \[3\]/);
    sums.dispose();
    a.dispose();
  });
});

describe("a variable", () => {
  test("is read back as it was assigned, inside and outside of compiled functions", () => {
    const left = leftBehind(() => {
      const variable = runtime.variable("v", [2], Float32Array.of(1, 2));
      const step = runtime.compile("step", () => {
        const before = variable.read();
        variable.assign(tf.mul(before, 10));
        // A read after a write sees the write; the earlier read keeps its value.
        return [tf.concat([before, variable.read()])];
      });
      expect(valuesOf(step())).toEqual([1, 2, 10, 20]);
      expect(valuesOf(step())).toEqual([10, 20, 100, 200]);
      expect(Array.from(variable.data())).toEqual([100, 200]);
      step.dispose();
      variable.dispose();
    });
    expect(left).toBe(0);
  });

  test("is written in rows, and only there", () => {
    const variable = runtime.variable("rows", [3, 2], Float32Array.of(1, 1, 2, 2, 3, 3));
    const write = runtime.compile("write", () => {
      variable.scatterRows(tf.tensor1d([2, 0], "int32"), tf.tensor2d([7, 8, 9, 10], [2, 2]));
      return [variable.read()];
    });
    expect(valuesOf(write())).toEqual([9, 10, 2, 2, 7, 8]);
    const indices = tf.tensor1d([1], "int32");
    const row = tf.tensor2d([5, 6], [1, 2]);
    variable.scatterRows(indices, row);
    expect(Array.from(variable.data())).toEqual([9, 10, 5, 6, 7, 8]);
    write.dispose();
    variable.dispose();
    tf.dispose([indices, row]);
  });

  test("refuses a value of another shape, naming both", () => {
    const variable = runtime.variable("weights", [2], Float32Array.of(1, 2));
    const wrong = tf.ones([3]);
    expect(() => variable.assign(wrong)).toThrow(
      "variable weights has shape [2], the new value [3]",
    );
    variable.dispose();
    wrong.dispose();
  });
});

describe("a lane", () => {
  const { lane } = runtime;

  test("is there on a machine of few cores, with variables and functions of its own", () => {
    expect(runtime.lanes).toBe(runtime.threads <= 4 ? runtime.threads : 1);
    const variable = lane.variable("lane", [2], Float32Array.of(1, 2));
    const scale = lane.compile("scale", (x) => [tf.mul(variable.read(), x ?? tf.scalar(0))]);
    const x = tf.scalar(3);
    expect(valuesOf(scale(x))).toEqual([3, 6]);
    // What a lane gives is a tensor like any other.
    const given = itemAt(scale(x), 0);
    const more = tf.add(given, x);
    expect(Array.from(more.dataSync())).toEqual([6, 9]);
    tf.dispose([given, more, x]);
    scale.dispose();
    variable.dispose();
  });

  test("runs calls side by side that each change their own variable, whatever becomes of their inputs", async () => {
    const calls = Array.from({ length: 4 }, (_, i) => {
      const sum = lane.variable(`sum${i}`, [64, 64], new Float32Array(64 * 64));
      const add = lane.compile("add", (x) => {
        const product = tf.matMul(x ?? tf.scalar(0), x ?? tf.scalar(0));
        sum.assign(tf.add(sum.read(), product));
        return [tf.sum(sum.read())];
      });
      return { sum, add };
    });
    const sums = await Promise.all(
      calls.map(async ({ add }, i) => {
        let last = 0;
        for (let n = 0; n < 20; n++) {
          const x = tf.fill([64, 64], i + 1);
          const running = add.aside(x);
          x.dispose();
          last = itemAt(valuesOf(await running), 0);
        }
        return last;
      }),
    );
    expect(sums).toEqual([1, 4, 9, 16].map((square) => 20 * square * 64 ** 3));
    for (const { sum, add } of calls) {
      add.dispose();
      sum.dispose();
    }
  });

  test("says what failed in a call that ran aside", async () => {
    const empty = lane.emptyVariable("empty", [2], "float32");
    const read = lane.compile("read", () => [tf.mul(empty.read(), 2)]);
    await expect(read.aside()).rejects.toThrow(/TensorFlow: read_\d+: /);
    const value = tf.tensor1d([4, 5]);
    empty.assign(value);
    expect(valuesOf(await read.aside())).toEqual([8, 10]);
    read.dispose();
    empty.dispose();
    value.dispose();
  });
});

test("a variable counts its changes, those by compiled functions included", async () => {
  const variable = runtime.variable("counted", [2], Float32Array.of(1, 2));
  const before = variable.changes;
  const double = runtime.compile("double", () => {
    variable.assign(tf.mul(variable.read(), 2));
    return [tf.scalar(0)];
  });
  const look = runtime.compile("look", () => [tf.neg(variable.read())]);
  valuesOf(double());
  valuesOf(await double.aside());
  expect(variable.changes).toBe(before + 2);
  expect(valuesOf(look())).toEqual([-4, -8]);
  expect(variable.changes).toBe(before + 2);
  double.dispose();
  look.dispose();
  variable.dispose();
});

test("columns and rows are written in place, rounded where the variable is", () => {
  for (const precision of ["float32", "bfloat16"] as const) {
    const variable = runtime.emptyVariable("columns", [2, 3, 2], precision);
    const zeros = tf.zeros([2, 3, 2]);
    variable.assign(zeros);
    const write = runtime.compile("write", (at, update) => {
      variable.writeColumn(at ?? zeros, update ?? zeros);
      const asked = tf.ones([2, 1, 3]);
      return [withPrecision(precision, () => matMul(asked, variable.read()))];
    });
    const at = tf.scalar(1, "int32");
    const update = tf.tensor3d([1.0001, 2, 3, 4], [2, 1, 2]);
    const first = precision === "float32" ? Math.fround(1.0001) : 1;
    expect(valuesOf(write(at, update))).toEqual([first, 2, 3, 4]);
    const row = tf.tensor3d([5, 6, 5, 6, 5, 6], [1, 3, 2]);
    const index = tf.tensor1d([1], "int32");
    variable.scatterRows(index, row);
    expect(valuesOf(write(at, update))).toEqual([first, 2, 13, 16]);
    write.dispose();
    variable.dispose();
    tf.dispose([zeros, at, update, row, index]);
  }
});
