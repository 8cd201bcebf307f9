/**
 * The problems of a stage's `data`: one source or several with weights, each a task or a problem set. The problem at a
 * place depends on the seed and the place alone, so that a resumed run goes on at its position.
 */
import { AppError } from "#shared/errors.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import type { DataSource, ProblemData, ProblemSource, TaskSource } from "#shared/schema/recipe.ts";
import { deriveSeed, hash32, Random } from "#main/platform/random.ts";
import { drawProblems, problemStream } from "./draw-problems.ts";
import { problemOfSet } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { SourceTurns } from "./source-turns.ts";
import type { Split } from "./split-of.ts";

/** The problems that a source of a problem set names, by its version, split and filter, in the set's order. */
export type SetReader = (source: ProblemSource) => readonly SetProblem[];

export type SupplyOptions = {
  /** Which side of tasks is drawn from; a problem set's side is named by its source. */
  readonly split: Split;
  readonly seed: number;
  readonly sets: SetReader;
};

/** Where the problems of one source come from. */
type SourceDraw = {
  /** The problem at a place of an endless stream. */
  at(place: number): Problem;
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
  readonly #draws: readonly SourceDraw[];
  readonly #turns: SourceTurns;

  /** Throws BAD_RECIPE where a source names no problem. */
  constructor(data: ProblemData, options: SupplyOptions) {
    const sources = sourcesOf(data);
    this.#draws = sources.map((source, index) => {
      const seed = index === 0 ? options.seed : deriveSeed(options.seed, `source ${index}`);
      return "task" in source
        ? taskDraw(source, options.split, seed)
        : setDraw(source, seed, options.sets);
    });
    this.#turns = new SourceTurns(sources.map(({ weight }) => weight ?? 1));
  }

  /** The problem at a place of an endless stream. A set's problems all come once, in an order of the seed's, before one comes again. */
  at(index: number): Problem {
    const { source, place } = this.#turns.at(index);
    const draw = this.#draws[source];
    if (draw === undefined) throw new RangeError(`there is no source ${source}`);
    return draw.at(place);
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

function taskDraw(source: TaskSource, split: Split, seed: number): SourceDraw {
  return {
    at: (index) => problemStream({ source, split, seed, index }),
    distinct: (count) => drawProblems({ source, split, seed, count }),
  };
}

function setDraw(source: ProblemSource, seed: number, sets: SetReader): SourceDraw {
  const stored = sets(source);
  if (stored.length === 0) throw noProblems(source);
  const name = setNameOf(source.problems);
  const orders = new Map<number, readonly SetProblem[]>();
  const ordered = (epoch: number): readonly SetProblem[] => {
    const known = orders.get(epoch);
    if (known !== undefined) return known;
    const order = new Random(hash32(seed, epoch)).shuffle([...stored]);
    // A stream moves on: the orders before the last one are not asked for again, or are made again.
    orders.clear();
    orders.set(epoch, order);
    return order;
  };
  return {
    at: (place) => {
      const found = ordered(Math.floor(place / stored.length))[place % stored.length];
      if (found === undefined) throw noProblems(source);
      return problemOfSet(name, found);
    },
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
