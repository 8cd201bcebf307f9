/**
 * The problems of a stage's `data`: one source or several with weights, each a task or a problem set. The problem at a
 * place depends on the seed and the place alone, so that a resumed run goes on at its position. Problems of tasks that run
 * elsewhere are prepared before they are taken.
 */
import { AppError } from "#shared/errors.ts";
import type { MeasuredSetProblem } from "#shared/schema/problem.ts";
import type {
  DataSource,
  ProblemData,
  ProblemSource,
  TaskSource,
} from "#shared/schema/stages/problem-data.ts";
import { deriveSeed, hash32, Random } from "#main/platform/random.ts";
import { difficultyAt, drawProblems, problemStream } from "./draw-problems.ts";
import { easyToHard, hardnessIn } from "./easy-to-hard.ts";
import { OutsideProblems } from "./outside/outside-problems.ts";
import type { Preparing } from "./outside/outside-problems.ts";
import { assertDifficulties, outsideSource } from "./outside/outside-task.ts";
import type { OutsideTasks } from "./outside/outside-task.ts";
import { problemOfSet } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { SourceTurns } from "./source-turns.ts";
import type { Split } from "./split-of.ts";

/** The problems that a source of a problem set names, by its version, split and filter, in the set's order. */
export type SetReader = (source: ProblemSource) => readonly MeasuredSetProblem[];

/** Where problems are found that no built-in task makes. */
export type ProblemSources = {
  readonly sets: SetReader;
  /** Where `prepare…` finds tasks that run elsewhere. */
  readonly outside: OutsideTasks;
};

export type SupplyOptions = ProblemSources & {
  /** Which side of tasks is drawn from; a problem set's side is named by its source. */
  readonly split: Split;
  readonly seed: number;
  /** Where problems of such tasks are kept once they are made. */
  readonly keptIn?: string | undefined;
  /** So many places of the stream, from the first on, go from easy to hard; by default none. */
  readonly ordered?: number | undefined;
};

/** Where the problems of one source come from. */
type SourceDraw = {
  /** The problem at a place of an endless stream. */
  at(place: number): Problem;
  /** How hard that problem is, by a measure of this source's own. */
  hardness(place: number): number;
  /** `count` different problems; fewer where a set has no more. */
  distinct(count: number): readonly Problem[];
};

/** A source or a list of them, as a list. */
export function sourcesOf(data: ProblemData): readonly DataSource[] {
  return Array.isArray(data) ? data : [data];
}

/** The name in `NAME` or `NAME@VERSION`. */
export function setNameOf(ref: string): string {
  return ref.split("@", 1)[0] ?? ref;
}

export class ProblemSupply {
  readonly #draws: SourceDraw[];
  readonly #turns: SourceTurns;
  readonly #ordered: number;
  /** By source, once it is asked. */
  readonly #orders = new Map<number, readonly number[]>();
  /** Of sources whose tasks run elsewhere, by their place among the sources. */
  readonly #outside = new Map<number, () => Promise<OutsideProblems>>();

  /** Throws BAD_RECIPE where a source names no problem. */
  constructor(data: ProblemData, options: SupplyOptions) {
    const sources = sourcesOf(data);
    const { split, sets, outside, keptIn } = options;
    this.#draws = sources.map((source, index) => {
      const seed = index === 0 ? options.seed : deriveSeed(options.seed, `source ${index}`);
      const elsewhere = outsideSource(source);
      if (elsewhere !== undefined) {
        let opened: Promise<OutsideProblems> | undefined;
        const open = async (): Promise<OutsideProblems> => {
          const task = await outside.ofSource(elsewhere);
          assertDifficulties(task, elsewhere);
          const problems = new OutsideProblems(task, { source: elsewhere, split, seed }, keptIn);
          this.#draws[index] = {
            at: (place) => problems.at(place),
            // As in sets: what has no difficulty comes first.
            hardness: (place) => problems.at(place).difficulty ?? 0,
            distinct: (count) => problems.distinct(count),
          };
          return problems;
        };
        this.#outside.set(index, () => (opened ??= open()));
        return UNPREPARED;
      }
      if ("problems" in source) return setDraw(source, seed, sets);
      return "config" in source ? UNPREPARED : taskDraw(source, split, seed);
    });
    this.#ordered = options.ordered ?? 0;
    this.#turns = new SourceTurns(sources.map(({ weight }) => weight ?? 1));
  }

  /** Before `at` of the places from `from` to before `to`. Throws as the sources' tasks do, the signal's reason. */
  async prepareStream(from: number, to: number, how: Preparing = {}): Promise<void> {
    for (const [index, open] of this.#outside) {
      // A place in the order may be any place of the stream.
      const isOrdered = from < this.#ordered;
      const places = this.#placesOf(
        index,
        isOrdered ? 0 : from,
        isOrdered ? Math.max(to, this.#ordered) : to,
      );
      const [first, last] = [places[0], places.at(-1)];
      if (first === undefined || last === undefined) continue;
      await (await open()).prepareStream(first, last + 1, how);
    }
  }

  /** Before `distinct`. Throws as the sources' tasks do, the signal's reason. */
  async prepareDistinct(count: number, how: Preparing = {}): Promise<void> {
    for (const [index, open] of this.#outside)
      await (await open()).prepareDistinct(this.#placesOf(index, 0, count).length, how);
  }

  #placesOf(source: number, from: number, to: number): number[] {
    return Array.from({ length: to - from }, (_, i) => this.#turns.at(from + i))
      .filter((turn) => turn.source === source)
      .map(({ place }) => place);
  }

  /** The problem at a place of an endless stream. A set's problems all come once, in an order of the seed's, before one comes again. */
  at(index: number): Problem {
    const { source, place } = this.#turns.at(index);
    const draw = this.#draws[source];
    if (draw === undefined) throw new RangeError(`there is no source ${source}`);
    return draw.at(index < this.#ordered ? (this.#orderOf(source, draw)[place] ?? place) : place);
  }

  #orderOf(source: number, draw: SourceDraw): readonly number[] {
    const known = this.#orders.get(source);
    if (known !== undefined) return known;
    const count = this.#placesOf(source, 0, this.#ordered).length;
    const order = easyToHard(count, (place) => draw.hardness(place));
    this.#orders.set(source, order);
    return order;
  }

  /**
   * `count` different problems, in the sources' shares; fewer where problem sets have no more. A smaller count is a
   * prefix of a larger one. Throws BAD_RECIPE where a task has no more.
   */
  distinct(count: number): Problem[] {
    const turns = Array.from({ length: count }, (_, index) => this.#turns.at(index));
    const drawn = this.#draws.map((draw, source) =>
      draw.distinct(turns.filter((turn) => turn.source === source).length),
    );
    return turns.flatMap(({ source, place }) => drawn[source]?.[place] ?? []);
  }
}

const UNPREPARED: SourceDraw = {
  at: () => unprepared(),
  hardness: () => unprepared(),
  distinct: () => unprepared(),
};

function unprepared(): never {
  throw new Error("the problems of a task that runs elsewhere were not prepared");
}

function taskDraw(source: TaskSource, split: Split, seed: number): SourceDraw {
  return {
    at: (index) => problemStream({ source, split, seed, index }),
    hardness: (index) => difficultyAt(source, index),
    distinct: (count) => drawProblems({ source, split, seed, count }),
  };
}

function setDraw(source: ProblemSource, seed: number, sets: SetReader): SourceDraw {
  const stored = sets(source);
  if (stored.length === 0) throw noProblems(source);
  const name = setNameOf(source.problems);
  const hard = hardnessIn(stored);
  const orders = new Map<number, readonly MeasuredSetProblem[]>();
  const ordered = (epoch: number): readonly MeasuredSetProblem[] => {
    const known = orders.get(epoch);
    if (known !== undefined) return known;
    const order = new Random(hash32(seed, epoch)).shuffle([...stored]);
    // A stream moves on: the orders before the last one are not asked for again, or are made again.
    orders.clear();
    orders.set(epoch, order);
    return order;
  };
  const storedAt = (place: number): MeasuredSetProblem => {
    const found = ordered(Math.floor(place / stored.length))[place % stored.length];
    if (found === undefined) throw noProblems(source);
    return found;
  };
  return {
    at: (place) => problemOfSet(name, storedAt(place)),
    hardness: (place) => hard(storedAt(place)),
    distinct: (count) =>
      ordered(0)
        .slice(0, count)
        .map((found) => problemOfSet(name, found)),
  };
}

function noProblems({ problems, split, where }: ProblemSource): AppError {
  const filter = where === undefined ? "" : ` that "${where}" finds`;
  return new AppError(
    "BAD_RECIPE",
    `The problem set ${problems} has no problem on its ${split} side${filter}.`,
    where === undefined
      ? "Choose the other side, or import the set with a split."
      : "Widen the filter; `gradus problems show` lists what the set has.",
  );
}
