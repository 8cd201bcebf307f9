/** Texts with people's ratings: rows of {prompt, completion, rating} of a file, or a dataset's records that somebody rated. */
import { AppError } from "#shared/errors.ts";
import type { DatasetRatings, Ratings } from "#shared/schema/judge.ts";
import { finalTurn, promptOf, withKnownTags } from "#shared/schema/record-text.ts";
import type { QuestionedText } from "#main/core/rewards/judges/judge-prompt.ts";
import { rawNumberText } from "#main/platform/exact-json.ts";
import { fileBytes, formatOf, readRows } from "#main/processes/reading/read-rows.ts";
import type { Store } from "#main/store/store.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import type { Uploads } from "../datasets/uploads.ts";

export interface RatedText extends QuestionedText {
  /** A person's, on the judge's scale. */
  readonly rating: number;
}

export interface RatedTexts {
  readonly texts: readonly RatedText[];
  /** Records that nobody rated, or that end with no answer. */
  readonly leftOut: number;
}

/**
 * @param scale the judge's: an accepted record counts as its best, a rejected one as its worst, where decisions are asked for
 * @throws AppError NOT_FOUND, BAD_INPUT with the line, or where nothing is rated
 */
export async function readRatedTexts(
  { store, uploads }: { readonly store: Store; readonly uploads: Uploads },
  ratings: Ratings,
  scale: readonly [number, number],
): Promise<RatedTexts> {
  if (typeof ratings === "string") return { texts: await textsOfFile(ratings), leftOut: 0 };
  if ("uploadId" in ratings) {
    const { uploadId } = ratings;
    return {
      texts: await textsOfFile(uploads.pathOf(uploadId), uploads.nameOf(uploadId)),
      leftOut: 0,
    };
  }
  return textsOfDataset(store, ratings, scale);
}

async function textsOfFile(file: string, name = file): Promise<RatedText[]> {
  fileBytes(file);
  const texts: RatedText[] = [];
  for await (const row of readRows(file, formatOf(file)).rows) {
    const refuse = (why: string): AppError =>
      new AppError(
        "BAD_INPUT",
        `Line ${row.line} of ${name} ${why}.`,
        'Write one JSON object a line: {"prompt": "…", "completion": "…", "rating": 7}.',
      );
    if ("bad" in row) throw refuse(row.bad);
    const { prompt, completion, rating, rubric, gold } = row.value;
    if (typeof prompt !== "string") throw refuse("has no prompt");
    if (typeof completion !== "string") throw refuse("has no completion");
    const number = numberOf(rating);
    if (number === null) throw refuse("has no rating, a number");
    texts.push({
      problemId: `line ${row.line}`,
      prompt,
      completion,
      rating: number,
      rubric: textOrNull(rubric),
      gold: textOrNull(gold),
    });
  }
  return texts;
}

function textsOfDataset(
  store: Store,
  { datasetId, field }: DatasetRatings,
  scale: readonly [number, number],
): RatedTexts {
  const decided = new Map<number, number>(
    field === "status"
      ? [
          ...store.records
            .ids(datasetId, [{ field: "status", values: ["accepted"] }])
            .map((id): [number, number] => [id, scale[1]]),
          ...store.records
            .ids(datasetId, [{ field: "status", values: ["rejected"] }])
            .map((id): [number, number] => [id, scale[0]]),
        ]
      : [],
  );
  const texts: RatedText[] = [];
  let leftOut = 0;
  for (const record of store.records.texts(datasetId, [])) {
    const rating =
      field === "status" ? (decided.get(record.id) ?? null) : numberOf(record.metadata[field]);
    const turn = finalTurn(record.messages);
    if (rating === null || turn === undefined) leftOut += 1;
    else texts.push({ ...questionOf(record), completion: withKnownTags(turn), rating });
  }
  if (texts.length > 0) return { texts, leftOut };
  throw new AppError(
    "BAD_INPUT",
    field === "status"
      ? "No record of the dataset is accepted or rejected."
      : `No record of the dataset has a number as its metadata "${field}".`,
    "Rate records in Curation: a number in their metadata, or accept and reject them.",
  );
}

function questionOf({
  id,
  messages,
  metadata,
  reference,
}: RecordText): Pick<RatedText, "problemId" | "prompt" | "rubric" | "gold"> {
  return {
    problemId: `record ${id}`,
    prompt: promptOf(messages),
    rubric: textOrNull(metadata["rubric"]),
    gold: reference.gold,
  };
}

/** Of a table's cell or a record's metadata; null where it is none. */
function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  const text = typeof value === "string" ? value.trim() : rawNumberText(value);
  if (text === undefined || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
