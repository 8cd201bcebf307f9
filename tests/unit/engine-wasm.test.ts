/** The WebAssembly backend: the fallback, its repaired and added kernels, and the same invariants as on TensorFlow. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { checkInvariants, checkKernels } from "../helpers/backend-checks.ts";

const emptyHome = mkdtempSync(join(tmpdir(), "gradus-no-runtime-"));
afterAll(() => rmSync(emptyHome, { recursive: true }));

/** Opens the runtime as on a machine that has neither TensorFlow nor Python. */
async function openWithoutTensorFlow(): Promise<Runtime> {
  const kept = { ...process.env };
  delete process.env["GRADUS_TENSORFLOW"];
  process.env["GRADUS_HOME"] = emptyHome;
  process.env["PATH"] = "";
  try {
    return await openRuntime({ choice: "auto" });
  } finally {
    Object.assign(process.env, kept);
  }
}

const runtime = await openWithoutTensorFlow();

test("where TensorFlow cannot be had, the choice `auto` opens wasm and says how much slower it is", () => {
  expect(runtime.kind).toBe("wasm");
  expect(runtime.warnings).toHaveLength(1);
  expect(runtime.warnings[0]).toMatch(/TensorFlow is not available \(.+\).*WebAssembly.*slower/);
});

checkKernels();
checkInvariants("wasm", runtime);
