/**
 * Draws problems of a task whose code runs elsewhere, ahead of their use. As with built-in tasks, the problem at a place
 * depends on the seed and the place alone: each place has a row of seeds of its own, and takes the first whose problem is
 * on the wanted side. How many are asked for at once changes nothing.
 */
import { AppError } from "#shared/errors.ts";
import type { OutsideSource } from "#shared/schema/stages/problem-data.ts";
import { hash32 } from "#main/platform/random.ts";
import { splitOf } from "../split-of.ts";
import type { Split } from "../split-of.ts";
import { outsideProblemId } from "./outside-task.ts";
import type { MadeProblem, OutsideTask } from "./outside-task.ts";

export type OutsideDraw = {
  readonly source: OutsideSource;
  readonly split: Split;
  readonly seed: number;
};

export type DrawnProblem = {
  readonly id: string;
  readonly difficulty: number | null;
  readonly made: MadeProblem;
};

/** So many refused draws of one place mean that there is nothing left to draw. */
const REFUSED_DRAWS = 1000;
/** One problem in eight is held out. */
const AT_ONCE: Readonly<Record<Split, number>> = { train: 2, test: 8 };
const MOST_AT_ONCE = 128;

type Place = {
  readonly place: number;
  /** On the wanted side, in the order of their seeds. */
  readonly found: DrawnProblem[];
  tried: number;
};

/**
 * The problems at places `first` to `first + count - 1`. With `seen`, none whose id is in it, and each is added to it.
 * Throws BAD_RECIPE where there are no more, and as `generate` of the task does.
 */
export async function drawOutside(
  task: OutsideTask,
  draw: OutsideDraw,
  { first, count }: { readonly first: number; readonly count: number },
  options: { readonly seen?: Set<string>; readonly signal?: AbortSignal | undefined } = {},
): Promise<DrawnProblem[]> {
  const { seen, signal } = options;
  const places = Array.from({ length: count }, (_, i): Place => {
    return { place: first + i, found: [], tried: 0 };
  });
  for (;;) {
    const pending = places.filter(({ found }) => found.length === 0);
    if (pending.length === 0) break;
    await lookFurther(task, draw, pending, signal);
  }
  const drawn: DrawnProblem[] = [];
  for (const one of places) {
    let next = one.found.find(({ id }) => seen?.has(id) !== true);
    while (next === undefined) {
      await lookFurther(task, draw, [one], signal);
      next = one.found.find(({ id }) => seen?.has(id) !== true);
    }
    seen?.add(next.id);
    drawn.push(next);
  }
  return drawn;
}

/** The next seeds of each place; the more of them the more were in vain. */
async function lookFurther(
  task: OutsideTask,
  { source, split, seed }: OutsideDraw,
  places: readonly Place[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const tries = places.flatMap((place) => {
    if (place.tried >= REFUSED_DRAWS)
      throw noMore(task.name, split, difficultyAt(source, place.place));
    const more = Math.min(MOST_AT_ONCE, Math.max(AT_ONCE[split], place.tried));
    return Array.from({ length: more }, (_, i) => ({ place, number: place.tried + i }));
  });
  const draws = tries.map(({ place: { place }, number }) => ({
    seed: hash32(seed, place, number),
    difficulty: difficultyAt(source, place),
  }));
  const problems = await task.generate(draws, signal);
  tries.forEach(({ place }, i) => {
    const [made, difficulty] = [problems[i], draws[i]?.difficulty ?? null];
    if (made === undefined)
      throw new Error(`${task.name} made fewer problems than it was asked for`);
    place.tried += 1;
    const id = outsideProblemId(task.name, made);
    if (splitOf(id) === split) place.found.push({ id, difficulty, made });
  });
}

function difficultyAt(source: OutsideSource, place: number): number | null {
  if (!("difficulties" in source)) return null;
  return source.difficulties[place % source.difficulties.length] ?? null;
}

function noMore(name: string, split: Split, difficulty: number | null): AppError {
  return new AppError(
    "BAD_RECIPE",
    `After ${REFUSED_DRAWS} seeds there is no other ${split} problem of ${name}${difficulty === null ? "" : ` with difficulty ${difficulty}`}.`,
    "Ask for fewer problems, or for harder ones.",
  );
}
