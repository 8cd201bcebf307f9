/**
 * A shortest way between two places of a map with roads of different lengths. Any way of the least length is right. The
 * working is Dijkstra's: the nearest place that is not settled yet is settled next.
 */
import type { JsonValue } from "#shared/schema/json-value.ts";
import { hash32 } from "#main/platform/random.ts";
import type { Random } from "#main/platform/random.ts";
import { fieldOf, stringOf, stringsOf } from "./forms/read-data.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

type Road = { readonly ends: readonly [string, string]; readonly length: number };
type RoadMap = { readonly roads: readonly Road[]; readonly from: string; readonly to: string };

const PLACES = "ABCDEFGH".split("");
const LONGEST = 9;
const ROAD = /^([A-H])([A-H])(\d)$/;
const ID = /^[A-H]{2}\d(?:,[A-H]{2}\d)*:[A-H]>[A-H]$/;

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(graphPath, difficulty);
  for (;;) {
    const places = PLACES.slice(0, difficulty);
    const roads = drawRoads(random, places);
    const [from = "A", to = "B"] = random.shuffle(places);
    const map = { roads, from, to };
    const way = settle(map).way;
    if (way.length < 3) continue;
    const words = roads.map(({ ends: [a, b], length }) => `${a}-${b} ${length}`);
    return {
      id: `graph-path/${roads.map(encode).join(",")}:${from}>${to}`,
      task: "graph-path",
      difficulty,
      prompt: `Roads and their lengths: ${words.join(", ")}. What is a shortest way from ${from} to ${to}? Answer with the places on it, such as ${from}-…-${to}.`,
      gold: way.join("-"),
      data: { roads: roads.map(encode), from, to },
    };
  }
}

/** A road from each place to an earlier one, so that all are joined, and as many more as there are places, less two. */
function drawRoads(random: Random, places: readonly string[]): Road[] {
  const joined = places
    .slice(1)
    .map((place, i) => pair(place, random.choice(places.slice(0, i + 1))));
  const others = random
    .shuffle(places.flatMap((a, i) => places.slice(i + 1).map((b) => pair(a, b))))
    .filter((ends) => !joined.some((one) => one.join("") === ends.join("")));
  return [...joined, ...others.slice(0, places.length - 2)]
    .toSorted((a, b) => (a.join("") < b.join("") ? -1 : 1))
    .map((ends) => ({ ends, length: random.int(1, LONGEST) }));
}

function pair(a: string, b: string): readonly [string, string] {
  return a < b ? [a, b] : [b, a];
}

function encode({ ends, length }: Road): string {
  return `${ends.join("")}${length}`;
}

function decode(text: string): Road {
  const [, a, b, length] = ROAD.exec(text) ?? [];
  if (a === undefined || b === undefined) throw new Error("no road of a map");
  return { ends: [a, b], length: Number(length) };
}

function mapOf(data: JsonValue): RoadMap {
  return {
    roads: stringsOf(fieldOf(data, "roads")).map(decode),
    from: stringOf(fieldOf(data, "from")),
    to: stringOf(fieldOf(data, "to")),
  };
}

function neighbours(roads: readonly Road[], place: string): { place: string; length: number }[] {
  return roads.flatMap(({ ends: [a, b], length }) =>
    a === place ? [{ place: b, length }] : b === place ? [{ place: a, length }] : [],
  );
}

/** Dijkstra, ties by the alphabet; the way found, and a line for each place that is settled. */
function settle({ roads, from, to }: RoadMap): {
  readonly way: string[];
  readonly lines: string[];
} {
  const best = new Map([[from, { length: 0, way: [from] }]]);
  const settled = new Set<string>();
  const lines: string[] = [];
  for (;;) {
    const [nearest] = [...best]
      .filter(([place]) => !settled.has(place))
      .toSorted(([a, x], [b, y]) => x.length - y.length || (a < b ? -1 : 1));
    if (nearest === undefined) return { way: [], lines };
    const [place, { length, way }] = nearest;
    settled.add(place);
    if (place === to)
      return { way, lines: [...lines, `${place} is ${length} away: ${way.join("-")}.`] };
    const reached = neighbours(roads, place).filter((next) => !settled.has(next.place));
    for (const next of reached) {
      const known = best.get(next.place);
      if (known !== undefined && known.length <= length + next.length) continue;
      best.set(next.place, { length: length + next.length, way: [...way, next.place] });
    }
    const seen = reached.map(
      (next) => `${next.place} ${length}+${next.length}=${length + next.length}`,
    );
    lines.push(
      `${place} is ${length} away.${seen.length === 0 ? "" : ` From it: ${seen.join(", ")}.`}`,
    );
  }
}

function solve(problem: TaskProblem): WorkedSolution {
  const { way, lines } = settle(mapOf(problem.data));
  return { think: lines.join("\n"), answer: way.join("-") };
}

/** The places in order, or null where the text is no way. */
function readWay(answer: string): string[] | null {
  if (answer.length > 100) return null;
  const places = answer
    .trim()
    .replace(/\.$/, "")
    .split(/\s*(?:->|→|,|-)\s*/);
  return places.every((place) => PLACES.includes(place)) ? places : null;
}

function lengthOf(roads: readonly Road[], way: readonly string[]): number {
  return way
    .slice(1)
    .map((place, i) => neighbours(roads, way[i] ?? "").find((next) => next.place === place))
    .reduce((sum, road) => sum + (road?.length ?? Infinity), 0);
}

function verify(problem: TaskProblem, answer: string): boolean {
  const way = readWay(answer);
  if (way === null) return false;
  const { roads, from, to } = mapOf(problem.data);
  const gold = readWay(problem.gold) ?? [];
  return way[0] === from && way.at(-1) === to && lengthOf(roads, way) === lengthOf(roads, gold);
}

/**
 * Equal for maps that differ in the places' names and in the direction: each place's colour is made anew from those of
 * its neighbours, as often as there are places (Weisfeiler and Leman). Maps that are not the same may share it, too;
 * then they are on one side of the split together.
 */
function canonical(text: string): string {
  if (!ID.test(text)) return text;
  const [listed = "", ends = ""] = text.split(":");
  const roads = listed.split(",").map(decode);
  const places = [...new Set(roads.flatMap((road) => road.ends))];
  let colours = new Map(places.map((place) => [place, ends.includes(place) ? 1 : 2]));
  for (let round = 0; round < places.length; round++) {
    colours = new Map(
      places.map((place) => {
        const around = neighbours(roads, place)
          .map((next) => hash32(next.length, colours.get(next.place) ?? 0))
          .toSorted((a, b) => a - b);
        return [place, hash32(colours.get(place) ?? 0, ...around)];
      }),
    );
  }
  const sorted = [...colours.values()].toSorted((a, b) => a - b);
  return hash32(places.length, ...sorted).toString(16);
}

/** The last run of places with strokes, arrows or commas between them. */
function extractLenient(text: string): string | null {
  let last: string | null = null;
  const runs = /\b[A-H](?:[ \t]{0,3}(?:->|→|,|-)[ \t]{0,3}[A-H]\b)+/g;
  for (const [run] of text.matchAll(runs)) last = run;
  return last;
}

export const graphPath: RuledTask = {
  name: "graph-path",
  version: "1",
  title: "Shortest ways",
  description: "A map of 5 to 8 places with roads of different lengths: which way is shortest?",
  difficultyUnit: "places",
  difficulties: [5, 6, 7, 8],
  generate,
  canonical,
  solve,
  verify,
  extractLenient,
  answerKey: (answer) => readWay(answer)?.join("-") ?? answer.trim(),
};
