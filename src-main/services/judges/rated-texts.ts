/** Texts with people's ratings: JSONL of {prompt, completion, rating}, or a dataset's records with a rating in their metadata. */
import { AppError } from "#shared/errors.ts";
import { fileBytes, readRows } from "#main/processes/reading/read-rows.ts";
import type { RatedText } from "./agree.ts";

/** Throws NOT_FOUND, BAD_INPUT with the line. */
export async function readRatedTexts(file: string): Promise<RatedText[]> {
  fileBytes(file);
  const texts: RatedText[] = [];
  for await (const row of readRows(file, "jsonl").rows) {
    const refuse = (why: string): AppError =>
      new AppError(
        "BAD_INPUT",
        `Line ${row.line} of ${file} ${why}.`,
        'Write one JSON object a line: {"prompt": "…", "completion": "…", "rating": 7}.',
      );
    if ("bad" in row) throw refuse(row.bad);
    const { prompt, completion, rating, rubric, gold } = row.value;
    if (typeof prompt !== "string") throw refuse("has no prompt");
    if (typeof completion !== "string") throw refuse("has no completion");
    if (typeof rating !== "number") throw refuse("has no rating, a number");
    texts.push({
      problemId: `line ${row.line}`,
      prompt,
      completion,
      rating,
      rubric: typeof rubric === "string" ? rubric : null,
      gold: typeof gold === "string" ? gold : null,
    });
  }
  return texts;
}
