/**
 * The problems of a source whose task runs elsewhere. They are made ahead, since a problem is taken without waiting; and
 * kept in files where a run has a folder for them, so that it goes on with the same ones, whatever became of the task.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import type { Problem } from "../problem.ts";
import { formatSolution } from "../task.ts";
import type { WorkedSolution } from "../task.ts";
import { drawOutside } from "./draw-outside.ts";
import type { DrawnProblem, OutsideDraw } from "./draw-outside.ts";
import { MadeProblem } from "./outside-task.ts";
import type { OutsideTask } from "./outside-task.ts";

/** In a run's folder: what was made for it. */
export const MADE_PROBLEMS = "made-problems";
/** Problems made and kept together. */
const CHUNK = 256;

const KeptProblem = z.strictObject({
  id: z.string(),
  /** 0 in what was made before a problem could be without. */
  difficulty: z
    .int()
    .nullable()
    .transform((difficulty) => (difficulty === 0 ? null : difficulty)),
  made: MadeProblem,
  /** The assistant's turn of a worked example; null where there is none, or none was asked for. */
  solution: z.string().nullable(),
});
type KeptProblem = z.infer<typeof KeptProblem>;

export type Preparing = {
  /** Are worked examples asked for? */
  readonly solutions?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

export class OutsideProblems {
  readonly #task: OutsideTask;
  readonly #draw: OutsideDraw;
  readonly #folder: string | undefined;
  readonly #stream = new Map<number, Problem>();
  #distinct: readonly Problem[] = [];

  /** @param folder where what was made is kept */
  constructor(task: OutsideTask, draw: OutsideDraw, folder: string | undefined) {
    this.#task = task;
    this.#draw = draw;
    this.#folder = folder;
  }

  /** The problem at a place of an endless stream. It was prepared, or there is a bug. */
  at(place: number): Problem {
    const found = this.#stream.get(place);
    if (found === undefined)
      throw new Error(`problem ${place} of ${this.#task.name} was not prepared`);
    return found;
  }

  /** The first `count` different problems. They were prepared, or there is a bug. */
  distinct(count: number): readonly Problem[] {
    if (this.#distinct.length < count)
      throw new Error(`${count} problems of ${this.#task.name} were not prepared`);
    return this.#distinct.slice(0, count);
  }

  /** Makes the stream's problems from place `from` to before `to`. Throws as the task does. */
  async prepareStream(from: number, to: number, how: Preparing = {}): Promise<void> {
    for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < to; chunk++) {
      const first = chunk * CHUNK;
      // A look at a few problems need not make a whole chunk where nothing is kept.
      const [begin, end] =
        this.#folder === undefined
          ? [Math.max(from, first), Math.min(to, first + CHUNK)]
          : [first, first + CHUNK];
      if (this.#hasStream(begin, end)) continue;
      const problems = await this.#kept(`stream-${chunk}`, how, () =>
        drawOutside(this.#task, this.#draw, { first: begin, count: end - begin }, how),
      );
      problems.forEach((one, i) => this.#stream.set(begin + i, one));
      how.onProgress?.(Math.min(end, to) - from, to - from);
    }
  }

  #hasStream(from: number, to: number): boolean {
    for (let place = from; place < to; place++) if (!this.#stream.has(place)) return false;
    return true;
  }

  /** Makes the first `count` different problems. Throws as the task does. */
  async prepareDistinct(count: number, how: Preparing = {}): Promise<void> {
    const seen = new Set<string>();
    const problems: Problem[] = [];
    const solved = how.solutions === true ? "-solved" : "";
    for (let first = 0; first < count; first += CHUNK) {
      const wanted = Math.min(CHUNK, count - first);
      const made = await this.#kept(`distinct-${first}-${wanted}${solved}`, how, () =>
        drawOutside(this.#task, this.#draw, { first, count: wanted }, { ...how, seen }),
      );
      for (const { id } of made) seen.add(id);
      problems.push(...made);
      how.onProgress?.(problems.length, count);
    }
    this.#distinct = problems;
  }

  async #kept(
    name: string,
    how: Preparing,
    draw: () => Promise<DrawnProblem[]>,
  ): Promise<Problem[]> {
    const file = this.#fileOf(name);
    if (file !== undefined && existsSync(file))
      return readKept(file).map((one) => this.#asked(one));
    const drawn = await draw();
    const solutions =
      how.solutions === true
        ? await this.#task.solve(
            drawn.map(({ made }) => made),
            how.signal,
          )
        : null;
    const problems = drawn.map((one, i): KeptProblem => ({
      ...one,
      solution: turnOf(solutions?.[i]),
    }));
    if (file !== undefined) writeTextAtomically(file, problems.map(lineOf).join(""));
    return problems.map((one) => this.#asked(one));
  }

  #fileOf(name: string): string | undefined {
    if (this.#folder === undefined) return undefined;
    const { source, split, seed } = this.#draw;
    const { weight: _, ...asked } = source;
    const key = createHash("sha256")
      .update(JSON.stringify([asked, split, seed]))
      .digest("hex");
    mkdirSync(this.#folder, { recursive: true });
    return join(this.#folder, `${key.slice(0, 12)}-${name}.jsonl`);
  }

  #asked({ id, difficulty, made, solution }: KeptProblem): Problem {
    const { prompt, gold, data } = made;
    return {
      id,
      source: this.#task.name,
      difficulty,
      messages: [{ role: "user", content: prompt }],
      prompt,
      gold,
      verifier: this.#task.verifier,
      data,
      columns: {},
      solution: () => solution,
    };
  }
}

/** Throws where the file is not what was written: that is a bug. */
function readKept(file: string): KeptProblem[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => KeptProblem.parse(JSON.parse(line)));
}

function lineOf(problem: KeptProblem): string {
  return `${JSON.stringify(problem)}\n`;
}

function turnOf(solution: WorkedSolution | undefined): string | null {
  return solution === undefined ? null : formatSolution(solution);
}
