/**
 * Code that is not ours (rewards, tests, tasks, completions) runs behind this port: in WebAssembly, in a process of its
 * own, within limits. processes/sandbox implements it; a stage gets it from its process (stage-context.ts).
 */
import { z } from "zod";
import { assertNever } from "#shared/errors.ts";
import type { JsonValue } from "#shared/schema/json-value.ts";

export const SandboxLanguage = z.enum(["javascript", "python"]);
export type SandboxLanguage = z.infer<typeof SandboxLanguage>;

export const SandboxLimits = z.strictObject({
  /** From the program's first instruction to its answer. */
  timeMs: z.number().positive(),
  /** Of the program's own memory; the interpreter's 20 MB are not counted. */
  memoryBytes: z.number().positive(),
  /** Of what it prints. */
  outputBytes: z.number().positive(),
  /** Of its answer as JSON. */
  resultBytes: z.number().positive(),
});
export type SandboxLimits = z.infer<typeof SandboxLimits>;

export const DEFAULT_SANDBOX_LIMITS: SandboxLimits = {
  timeMs: 5000,
  memoryBytes: 512 * 2 ** 20,
  outputBytes: 64 * 2 ** 10,
  resultBytes: 2 ** 20,
};

export interface SandboxProgram {
  readonly language: SandboxLanguage;
  /**
   * For Python: the interpreter of the user's own that runs it, outside of WebAssembly and with what it has loaded before.
   * Only with the user's word for each of the files.
   */
  readonly python?: string | undefined;
  /**
   * Ours: a module that defines `main`, which takes JSON and gives JSON, so that it reads and writes it by functions that
   * it took hold of before any other code ran. JavaScript imports the files by their names, and its `main` may be
   * asynchronous; Python's `main(text, files)` gets their texts by name.
   */
  readonly harness: string;
  /** Not ours. */
  readonly files: Readonly<Record<string, string>>;
  readonly input: JsonValue;
  readonly limits?: Partial<SandboxLimits>;
}

export const SandboxLimit = z.enum(["time", "memory", "output", "result", "stack"]);
export type SandboxLimit = z.infer<typeof SandboxLimit>;

/** How a program ended. What it printed is cut at the limit. */
export type SandboxOutcome =
  | { readonly ended: "returned"; readonly value: JsonValue; readonly printed: string }
  /** An exception that the harness let through. */
  | { readonly ended: "threw"; readonly message: string; readonly printed: string }
  | {
      readonly ended: "limit";
      readonly limit: SandboxLimit;
      readonly message: string;
      readonly printed: string;
    }
  /** It ended its interpreter (`os._exit`), or the interpreter broke. */
  | { readonly ended: "died"; readonly message: string; readonly printed: string };

export interface Sandbox {
  /**
   * Every call has an interpreter in which nothing ran before. It resolves whatever the program does.
   * @throws the signal's reason; AppError ENGINE_CRASHED where no interpreter can be started
   */
  run(
    program: SandboxProgram,
    options?: { readonly signal?: AbortSignal },
  ): Promise<SandboxOutcome>;
  close(): void;
}

/** A limit in words, e.g. `it ran for more than 5 s`. */
export function describeLimit(limit: SandboxLimit, limits: SandboxLimits): string {
  switch (limit) {
    case "time":
      return `it ran for more than ${limits.timeMs / 1000} s`;
    case "memory":
      return `it took more than ${Math.round(limits.memoryBytes / 2 ** 20)} MiB of memory`;
    case "output":
      return `it printed more than ${Math.round(limits.outputBytes / 2 ** 10)} KiB`;
    case "result":
      return `its answer is longer than ${Math.round(limits.resultBytes / 2 ** 10)} KiB`;
    case "stack":
      return "it called itself too deep";
    default:
      return assertNever(limit);
  }
}
