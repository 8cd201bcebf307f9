/** The WebGPU backend by a Vulkan driver in software: reading, repaired kernels, and the same invariants as on TensorFlow. */
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { checkInvariants, checkKernels } from "../helpers/backend-checks.ts";
import { useSoftwareGpu } from "../helpers/software-gpu.ts";
import { lacking } from "../helpers/need.ts";

const GpuMemory = z.object({ numBytesAllocatedInGPU: z.number() });

const gpu = useSoftwareGpu();
const runtime = await openRuntime({ choice: gpu.met ? "webgpu" : "wasm" });

describe.skipIf(!gpu.met)(`WebGPU${lacking(gpu)}`, () => {
  test("says which adapter computes, and that a software driver is slow", () => {
    expect(runtime.kind).toBe("webgpu");
    expect(runtime.device).toMatch(/^swiftshader.*SwiftShader driver/);
    expect(runtime.warnings).toEqual([expect.stringMatching(/SwiftShader.*not on a GPU.*slow/)]);
  });

  test("a value is read as soon as it is asked for, of each type and of any size", () => {
    for (const size of [1, 3, 4096, 300_001]) {
      const x = tf.range(0, size, 1, "float32");
      const float = tf.add(x, 0.5);
      const int = tf.cast(float, "int32");
      const bool = tf.greater(float, 1);
      expect(float.dataSync()[size - 1]).toBe(size - 0.5);
      expect(int.dataSync()).toEqual(Int32Array.from({ length: size }, (_, i) => i));
      expect(bool.dataSync()).toEqual(Uint8Array.from({ length: size }, (_, i) => Number(i > 0)));
      tf.dispose([x, float, int, bool]);
    }
  });

  test("what others put off until later still comes in their order, and not while a value is read", async () => {
    const order: string[] = [];
    const later = promisify(setImmediate);
    const both = [later().then(() => order.push("a")), later().then(() => order.push("b"))];
    const x = tf.add(tf.ones([2000]), 1);
    expect(x.dataSync()[0]).toBe(2);
    order.push("read");
    await Promise.all(both);
    expect(order).toEqual(["read", "a", "b"]);
    const values = await x.data();
    expect(values[0]).toBe(2);
    x.dispose();
  });

  test("more terms are added up than a shader may have buffers", () => {
    const untouched = runtime.tensorCount();
    const terms = Array.from({ length: 40 }, (_, i) => tf.fill([1200], i));
    const sum = tf.addN(terms);
    // 0 + 1 + … + 39
    expect(sum.dataSync()).toEqual(new Float32Array(1200).fill(780));
    tf.dispose([...terms, sum]);
    expect(runtime.tensorCount()).toBe(untouched);
  });

  checkKernels();
  checkInvariants("webgpu", runtime, 2);

  test("buffers of shapes that are gone do not fill the memory", () => {
    for (let i = 0; i < 16; i++) {
      const x = tf.fill([25_000_000 + 1000 * i], i);
      expect(tf.slice(x, 0, 1).dataSync()[0]).toBe(i);
      x.dispose();
    }
    // Sixteen of 100 MB were made; a GiB of free ones is kept, and what was taken last.
    const { numBytesAllocatedInGPU: bytes } = GpuMemory.parse(tf.memory());
    expect(bytes).toBeGreaterThan(2 ** 30 - 1e8);
    expect(bytes).toBeLessThan(2 ** 30 + 2e8);
  });

  test("what WebGPU refused is an error where a value is read, and stays one", () => {
    const tooLarge = tf.fill([2 ** 28 + 1], 1);
    const other = tf.add(tf.ones([2000]), 1);
    for (const x of [tooLarge, other]) expect(() => x.dataSync()).toThrow(/^WebGPU: .*size/s);
  });
});
