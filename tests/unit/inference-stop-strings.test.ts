import { expect, test } from "vitest";
import { StopStrings } from "#main/engine/inference/stop-strings.ts";

/** What is released piece by piece; the last entry is what the end gives where nothing stopped it. */
function run(
  stops: readonly string[],
  texts: readonly string[],
): { out: string[]; stopped: boolean } {
  const watcher = new StopStrings<{ text: string }>(stops);
  const out: string[] = [];
  for (const text of texts) {
    const { pieces, stopped } = watcher.push({ text });
    out.push(pieces.map((piece) => piece.text).join(""));
    if (stopped) return { out, stopped };
  }
  out.push(
    watcher
      .end()
      .map((piece) => piece.text)
      .join(""),
  );
  return { out, stopped: false };
}

test.each([
  ["nothing to stop at: all at once", [], ["a", "b"], ["a", "b", ""], false],
  ["a stop inside one piece: cut there", ["\n"], ["a", "b\nc"], ["a", "b"], true],
  ["a stop across pieces", ["END"], ["a", "E", "N", "D!"], ["a", "", "", ""], true],
  ["a beginning that comes to nothing", ["END"], ["a", "EN", "x"], ["a", "", "ENx", ""], false],
  ["a beginning at the very end", ["END"], ["a", "EN"], ["a", "", "EN"], false],
  ["the first of several", ["b", "a"], ["xab"], ["x"], true],
  ["a stop that repeats its beginning", ["aab"], ["a", "a", "a", "b"], ["", "", "a", ""], true],
  ["pieces without text pass in order", ["END"], ["", "E", "", "x"], ["", "", "", "Ex", ""], false],
])("%s", (_, stops, texts, out, stopped) => {
  expect(run(stops, texts)).toEqual({ out, stopped });
});
