/** The runtime itself: tracing, XLA and its fallback, variables, captured tensors, errors. */
import { describe, expect, test } from "vitest";
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

  test("gives the same numbers through XLA as without it", () => {
    const body = (...args: readonly Tensor[]): Tensor[] => {
      const x = itemAt(args, 0);
      return [tf.softmax(tf.matMul(x, x, false, true))];
    };
    const plain = runtime.compile("plain", body);
    const fast = runtime.compile("fast", body, { xla: true });
    const x = tf.tensor2d([0.1, 0.4, -0.3, 0.7, 0.2, 0.9], [3, 2]);
    const expected = valuesOf(plain(x));
    valuesOf(fast(x)).forEach((value, i) => expect(value).toBeCloseTo(itemAt(expected, i), 6));
    plain.dispose();
    fast.dispose();
    x.dispose();
  });

  test("that XLA refuses runs without it, with a warning that names the function and the reason", () => {
    // Morphological dilation has no XLA kernel.
    const dilate = runtime.compile(
      "dilate",
      (x) => [tf.dilation2d((x ?? tf.scalar(0)).as4D(1, 2, 2, 1), tf.zeros([2, 2, 1]), 1, "valid")],
      { xla: true },
    );
    const x = tf.tensor1d([1, 5, 2, 3]);
    const before = runtime.warnings.length;
    expect(valuesOf(dilate(x))).toEqual([5]);
    expect(valuesOf(dilate(x))).toEqual([5]);
    const warnings = runtime.warnings.slice(before);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^XLA refused dilate, .*Dilation2D/);
    dilate.dispose();
    x.dispose();
  });

  test("with a loop that XLA refuses still updates slices and loops", () => {
    const fill = runtime.compile(
      "fill",
      (zero) => {
        const start = [tf.scalar(0, "int32"), tf.zeros([2, 3, 1]), tf.zeros([3, 1, 2])];
        const [, columns, rows] = runtime.whileLoop(
          (i) => tf.less(i ?? tf.scalar(0), tf.scalar(3, "int32")),
          (...carried) => {
            const [i, x, y] = [itemAt(carried, 0), itemAt(carried, 1), itemAt(carried, 2)];
            const value = tf.add(tf.cast(i, "float32"), 1);
            return [
              tf.add(i, tf.scalar(1, "int32")),
              runtime.updateColumn(x, tf.mul(tf.ones([2, 1, 1]), value), i),
              runtime.updateRow(y, tf.mul(tf.ones([1, 1, 2]), value), i),
            ];
          },
          start,
          3,
        );
        const none = tf.dilation2d(
          tf.mul(tf.ones([4]), zero ?? tf.scalar(0)).as4D(1, 2, 2, 1),
          tf.zeros([2, 2, 1]),
          1,
          "valid",
        );
        const flat = [columns, rows].map((x) => tf.reshape(x ?? tf.scalar(0), [-1]));
        return [tf.add(tf.concat(flat), tf.sum(none))];
      },
      { xla: true },
    );
    const zero = tf.scalar(0);
    expect(valuesOf(fill(zero))).toEqual([1, 2, 3, 1, 2, 3, 1, 1, 2, 2, 3, 3]);
    expect(runtime.warnings.at(-1)).toMatch(/^XLA refused fill/);
    fill.dispose();
    zero.dispose();
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
