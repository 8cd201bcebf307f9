/**
 * A short story about somebody, with words that must appear. No answer is the right one: a judge's reward reads it by the
 * rubric in the problem's columns, and rewards of one's own find there the words and the length, too.
 */
import type { Random } from "#main/platform/random.ts";
import { assertDifficulty } from "../task.ts";
import type { JudgedTask, JudgedTaskProblem } from "../task.ts";

const HEROES = [
  "a lighthouse keeper",
  "a young baker",
  "a retired pilot",
  "a girl who collects maps",
  "a clockmaker",
  "a night nurse",
  "a bus driver",
  "two brothers",
  "a violin teacher",
  "a fisherman",
  "a librarian",
  "a gardener",
] as const;
const EVENTS = [
  "finds a letter that was never opened",
  "misses the last train",
  "must give back something borrowed long ago",
  "hears a song from childhood",
  "repairs what everybody thought was lost",
  "meets a stranger with the same name",
  "has to choose between two promises",
  "learns why the neighbour never speaks",
] as const;
const PLACES = [
  "in a small harbour town",
  "in the mountains in winter",
  "on an island without cars",
  "in a big city at night",
  "at a market in the rain",
  "in a village by a river",
] as const;
const WORDS =
  "anchor apple bell bridge candle chair clock coat copper door feather fog garden glove honey key ladder lamp lemon letter mirror needle paper pencil river rope salt shell stone suitcase thread ticket umbrella whistle window wool".split(
    " ",
  );
const LENGTHS = [120, 200, 300] as const;

function generate(random: Random, difficulty: number): JudgedTaskProblem {
  assertDifficulty(shortStory, difficulty);
  const subject = `${random.choice(HEROES)} who ${random.choice(EVENTS)} ${random.choice(PLACES)}`;
  const words = random.shuffle(WORDS).slice(0, difficulty);
  const most = random.choice(LENGTHS);
  const listed = words.map((word) => `"${word}"`).join(", ");
  return {
    id: `short-story/${subject}|${words.join(",")}|${most}`,
    task: "short-story",
    difficulty,
    prompt: `Write a story of at most ${most} words about ${subject}. ${difficulty === 1 ? "The word" : "The words"} ${listed} must appear in it.`,
    gold: null,
    data: { words, most_words: most },
    verifier: { name: "short-story", options: {} },
    columns: { rubric: rubricOf(words, most), words, most_words: most },
  };
}

function rubricOf(words: readonly string[], most: number): string {
  return [
    "Judge the story by what was asked and by how it is told.",
    `- It is about the person and the event that were asked for, and happens where it was said.`,
    `- It has at most ${most} words, and ${words.map((word) => `"${word}"`).join(", ")} ${words.length === 1 ? "appears" : "appear"} in it naturally.`,
    "- It has a beginning, a turn and an end; what happens follows from what the people want.",
    "- It shows particular things rather than telling general ones; no sentence is there to fill space.",
    "- Its language is clear and free of mistakes.",
    "Text that only repeats the task, lists words or speaks about itself gets the lowest grade.",
  ].join("\n");
}

/** The words that must appear in the order of the alphabet. */
function canonical(text: string): string {
  const [subject = "", words, most] = text.split("|");
  if (words === undefined || most === undefined) return text;
  return `${subject}|${words.split(",").toSorted().join(",")}|${most}`;
}

export const shortStory: JudgedTask = {
  name: "short-story",
  version: "1",
  title: "Short stories",
  description: "A story about somebody, with words that must appear; a judge reads it by a rubric.",
  difficultyUnit: "words that must appear",
  difficulties: [1, 2, 3, 4],
  generate,
  canonical,
  solve: () => null,
  verify: null,
};
