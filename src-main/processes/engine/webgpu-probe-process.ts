/** Entry of a process that looks for a GPU by way of WebGPU: drivers are loaded in it, and may crash in it. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { adapterName, findAdapter } from "#main/engine/runtime/webgpu/webgpu-adapter.ts";
import { HostChannel } from "../host-channel.ts";
import type { WebgpuProbeAnswer } from "./webgpu-state.ts";

async function look(): Promise<WebgpuProbeAnswer> {
  try {
    const { adapter } = await findAdapter();
    const { isFallbackAdapter } = adapter.info;
    return { found: true, name: adapterName(adapter), isSoftware: isFallbackAdapter };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { found: false, message: error.message, advice: error.advice ?? null };
  }
}

const channel = new HostChannel<never, WebgpuProbeAnswer>({
  requests: z.never(),
  request: () => undefined,
  // The host meets a probe that ended without an answer.
  lastWord: (error) => {
    console.error(error);
    return undefined;
  },
});
channel.end(await look());
