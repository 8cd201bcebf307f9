/** reasoning-gym for what is tried or checked in the host: one process, ended when nobody has asked it for a while. */
import type { Gym } from "#main/core/gym-port.ts";
import type { GymProgress } from "#shared/schema/gym.ts";
import { GymProcess } from "#main/processes/gym/gym-process.ts";
import type { GymProgram } from "#main/processes/gym/gym-process.ts";
import { GymEnvironment } from "./gym-environment.ts";
import type { GymFacts } from "./gym-environment.ts";

const IDLE_MS = 120_000;

export class GymService {
  readonly environment: GymEnvironment;
  #process: { readonly python: string; readonly gym: GymProcess } | undefined;
  #idle: NodeJS.Timeout | undefined;
  #installing: { readonly facts: Promise<GymFacts>; readonly signal: AbortSignal } | undefined;

  /** @param workspace its folder */
  constructor(workspace: string) {
    this.environment = new GymEnvironment(workspace);
  }

  /** What runs it in a stage; undefined where it is not installed. */
  program(): GymProgram | undefined {
    return this.environment.facts() === null ? undefined : this.environment.program();
  }

  /** Throws as `GymEnvironment.program`. */
  gym(version?: string): Gym {
    const program = this.environment.program(version);
    if (this.#process?.python !== program.python) this.close();
    this.#process ??= { python: program.python, gym: new GymProcess(program) };
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), IDLE_MS).unref();
    return this.#process.gym;
  }

  /** A second call waits for the first, or where that was ended, begins when it has. Throws as `GymEnvironment.install`. */
  async install(
    onProgress: (progress: GymProgress) => void,
    signal: AbortSignal,
  ): Promise<GymFacts> {
    while (this.#installing?.signal.aborted === true)
      await this.#installing.facts.catch(() => undefined);
    this.close();
    this.#installing ??= {
      signal,
      facts: this.environment.install(onProgress, signal).finally(() => {
        this.#installing = undefined;
      }),
    };
    return this.#installing.facts;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#process?.gym.close();
    this.#process = undefined;
  }
}
