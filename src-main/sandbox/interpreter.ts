/** What a language is to the worker process that runs programs in it. */
import type { SandboxLimit, SandboxLimits } from "#main/core/sandbox-port.ts";

export interface Program {
  readonly harness: string;
  readonly files: Readonly<Record<string, string>>;
  /** JSON. */
  readonly input: string;
  readonly limits: SandboxLimits;
}

/** As SandboxOutcome, with the value as JSON. */
export type Outcome =
  | { readonly ended: "returned"; readonly value: string; readonly printed: string }
  | { readonly ended: "threw"; readonly message: string; readonly printed: string }
  | { readonly ended: "limit"; readonly limit: SandboxLimit; readonly printed: string }
  | { readonly ended: "died"; readonly message: string; readonly printed: string };

export interface Interpreter {
  /** Ends at the limits where the language lets it; the worker's watch ends what does not. */
  run(program: Program): Promise<Outcome>;
  /** Something ended in a way after which it must not run again. */
  readonly spent: boolean;
}

/** Printed text up to a limit. */
export class Printed {
  readonly #limitBytes: number;
  #text = "";
  #bytes = 0;
  #over = false;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(text: string): void {
    const room = this.#limitBytes - this.#bytes;
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > this.#limitBytes) this.#over = true;
    if (room > 0) this.#text += this.#over ? text.slice(0, room) : text;
  }

  get text(): string {
    return this.#text;
  }

  get over(): boolean {
    return this.#over;
  }
}
