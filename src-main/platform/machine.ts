/** Facts about this machine that every run's environment records. */
import { readdirSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism, cpus, freemem, release, totalmem, type } from "node:os";
import { z } from "zod";

const Package = z.object({ version: z.string() });

export interface MachineFacts {
  readonly cpuModel: string;
  /** Logical cores this process may use. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly gpus: readonly string[];
  readonly os: string;
  readonly arch: string;
  readonly node: string;
}

export function machineFacts(): MachineFacts {
  return {
    cpuModel: cpus()[0]?.model.trim() ?? "unknown",
    cpuCores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    gpus: nvidiaGpus(),
    os: `${type()} ${release()}`,
    arch: process.arch,
    node: process.version,
  };
}

/** Sets what a stage may take, e.g. "6GiB" or a number of bytes. */
export const MEMORY_LIMIT_VARIABLE = "GRADUS_MEMORY_LIMIT";
const UNITS: Readonly<Record<string, number>> = { "": 1, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Bytes that a stage may take: what GRADUS_MEMORY_LIMIT says, else the container's limit, else the machine's memory. */
export function memoryLimitBytes(): number {
  const told = /^(\d+(?:\.\d+)?)\s*(MiB|GiB|)$/u.exec(process.env[MEMORY_LIMIT_VARIABLE] ?? "");
  if (told !== null) return Number(told[1]) * (UNITS[told[2] ?? ""] ?? 1);
  const container = process.constrainedMemory();
  return container > 0 ? Math.min(container, totalmem()) : totalmem();
}

/** Processes that Linux has ended for want of memory since it started; null where it does not tell. */
export function oomKills(): number | null {
  try {
    const count = /^oom_kill (\d+)$/mu.exec(readFileSync("/proc/vmstat", "utf8"))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}

export function appVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return Package.parse(JSON.parse(text)).version;
}

export function diskSpace(folder: string): { freeBytes: number; totalBytes: number } {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Whether the processor multiplies bfloat16 itself; null where that cannot be asked (other systems than Linux). */
export function hasBfloat16Instructions(): boolean | null {
  try {
    return /\b(avx512_bf16|amx_bf16|bf16)\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return null;
  }
}

/** Names of NVIDIA GPUs as the Linux driver lists them; empty where there is none or it cannot be asked. */
function nvidiaGpus(): string[] {
  try {
    const root = "/proc/driver/nvidia/gpus";
    return readdirSync(root).map((gpu) => {
      const text = readFileSync(`${root}/${gpu}/information`, "utf8");
      return /Model:\s*(.+)/.exec(text)?.[1] ?? "NVIDIA GPU";
    });
  } catch {
    return [];
  }
}
