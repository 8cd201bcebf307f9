import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Sections under "What to touch": the words of an example, and the files that its list names. */
const sections = read("CONTRIBUTING.md")
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [name = "", ...lines] = text.split("\n");
    const quoted = (line: string): string[] =>
      [...line.matchAll(/`([^`]+)`/g)].map(([, one = ""]) => one);
    const isFile = (one: string): boolean => one.includes("/");
    const example = lines.find((line) => line.startsWith("As "));
    const listed = lines.filter((line) => line.startsWith("- "));
    return {
      name,
      words: quoted(example ?? "").slice(0, wordsOf(example ?? "")),
      // Up to the colon stand the files that name the example; behind it may stand others, for orientation.
      listed: listed.flatMap((line) => quoted(line.split(":")[0] ?? "")).filter(isFile),
      mentioned: quoted(text).filter(isFile),
    };
  });

/** The example's words are those before the first comma that no word follows. */
function wordsOf(line: string): number {
  return /^As ((?:`[^`]+`(?:, )?)+)/.exec(line)?.[1]?.match(/`[^`]+`/g)?.length ?? 0;
}

const sources = globSync("src-{main,shared,renderer}/**/*.{ts,tsx}", { cwd: ROOT }).map((file) =>
  file.replaceAll("\\", "/"),
);

function namesOneOf(file: string, words: readonly string[]): boolean {
  const text = `${file}\n${read(file)}`;
  return words.some((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text));
}

test("there is a list for each thing that is added often", () => {
  expect(sections.map(({ name }) => name)).toEqual([
    "A task",
    "A reward",
    "An objective",
    "A stage option",
    "A screen",
    "A migration",
  ]);
});

describe.each(sections)("$name", ({ words, listed, mentioned }) => {
  test("every file that is named is there", () => {
    expect(words.length).toBeGreaterThan(0);
    expect(mentioned.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test("its list is the files that name the example, all and no other", () => {
    const naming = sources.filter((file) => namesOneOf(file, words)).toSorted();
    expect(listed.filter((file) => file.startsWith("src-")).toSorted()).toEqual(naming);
  });

  test("a test is among them, and takes the example", () => {
    const own = listed.filter((file) => file.startsWith("tests/"));
    const plain = words.flatMap((word) => [word, word.split("-")[0] ?? word]);
    expect(
      own.filter((file) =>
        plain.some(
          (word) =>
            `${file}\n${read(file)}`.includes(word.replace("_", "-")) || read(file).includes(word),
        ),
      ),
    ).toEqual(own);
    expect(own.length).toBeGreaterThan(0);
  });
});
