/** Whether the engine would find a GPU by way of WebGPU, and which; a process of its own looks. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { RuntimeState } from "#shared/schema/system.ts";
import { Child } from "../child.ts";

const WebgpuProbeAnswer = z.discriminatedUnion("found", [
  z.strictObject({ found: z.literal(true), name: z.string(), isSoftware: z.boolean() }),
  z.strictObject({ found: z.literal(false), message: z.string(), advice: z.string().nullable() }),
]);
export type WebgpuProbeAnswer = z.infer<typeof WebgpuProbeAnswer>;

const ENTRY = fileURLToPath(new URL("./webgpu-probe-process.ts", import.meta.url));
const LIMIT_MS = 20_000;

const FACTS = {
  choice: "webgpu",
  name: "TensorFlow.js WebGPU",
  version: null,
  path: null,
} as const;

/** Never fails: what is wrong is the answer, with what the graphics library said. */
export async function webgpuState(): Promise<RuntimeState> {
  const { answer, said } = await askProbe();
  if (answer === undefined) {
    return {
      ...FACTS,
      state: "missing",
      detail: withWords("Looking for a GPU ended without an answer.", said),
      advice: "The GPU's driver may be at fault: update it, or use the runtime `auto`.",
    };
  }
  if (!answer.found)
    return {
      ...FACTS,
      state: "missing",
      detail: withWords(answer.message, said),
      advice: answer.advice,
    };
  return {
    ...FACTS,
    state: answer.isSoftware ? "fallback" : "ready",
    detail: answer.isSoftware
      ? `Found ${answer.name}, a driver in software: it computes on the processor, very slowly.`
      : `Found ${answer.name}.`,
    advice: answer.isSoftware
      ? "Install the GPU's own driver, or use the runtime `auto`, which is faster on the processor."
      : null,
  };
}

function askProbe(): Promise<{ answer: WebgpuProbeAnswer | undefined; said: string }> {
  return new Promise((resolve) => {
    let answer: WebgpuProbeAnswer | undefined;
    const child = new Child<never, WebgpuProbeAnswer>(
      { entry: ENTRY, messages: WebgpuProbeAnswer, prints: "kept" },
      {
        message: (found) => {
          answer = found;
        },
        unreadable: () => undefined,
        exit: ({ said, startError }) => {
          resolve({ answer, said: startError === null ? said : `${said}${startError}` });
        },
      },
    );
    child.endWithin(LIMIT_MS);
  });
}

/** Dawn's warnings, each once and without the line of its sources that they come from. */
function withWords(detail: string, said: string): string {
  const lines = said.split("\n").filter((line) => line.startsWith("Warning: "));
  const words = [...new Set(lines.map((line) => line.replace("Warning: ", "").trim()))];
  return words.length === 0 ? detail : `${detail} The driver said: ${words.join("; ")}.`;
}
