/**
 * Datasets: records of conversations with a reasoning part and an answer part, their immutable
 * revisions, what is known about each text, and published versions. Times are Unix milliseconds.
 */
import { z } from "zod";
import { TaskName } from "./stages/problem-data.ts";
import { RunId } from "./run.ts";

/** "d1", "d2" …; never given twice. */
export const DatasetId = z.string().min(1).max(64).brand<"DatasetId">();
export type DatasetId = z.infer<typeof DatasetId>;
/** Unique in the workspace, for good. */
export const RecordId = z.int().min(1).brand<"RecordId">();
export type RecordId = z.infer<typeof RecordId>;

export const RecordStatus = z.enum(["pending", "accepted", "rejected", "flagged"]);
export type RecordStatus = z.infer<typeof RecordStatus>;

/** The longest text of one record, in characters. */
export const MAX_RECORD_CHARACTERS = 8_000_000;

/** Fields of a turn that hold its reasoning, in the order they are looked for. */
export const REASONING_FIELDS = ["reasoning_content", "reasoning", "thinking"] as const;

/** How a turn was written in its file, where that is not the usual way; what an export needs to write it so again. */
export const WrittenForm = z.strictObject({
  /** What stood before the reasoning; usually "<think>" and a line end. */
  open: z.string().max(10_000).optional(),
  /** What stood between the reasoning and the answer. */
  close: z.string().max(10_000).optional(),
  /** What stood after the answer. */
  after: z.string().max(10_000).optional(),
  /** The reasoning stood in a field of the turn, or in a column of its own. */
  field: z.enum([...REASONING_FIELDS, "column"]).optional(),
  /** The name of its role in `role` and in ShareGPT's `from`. */
  role: z.string().max(100).optional(),
  from: z.string().max(100).optional(),
  /** The prompt was a list of turns, though it has but one. */
  list: z.literal(true).optional(),
  /** Alpaca's instruction: the beginning of the text, its input follows. */
  instruction: z.string().max(MAX_RECORD_CHARACTERS).optional(),
  /** After a blank line; records of before have a line end there. */
  apart: z.literal(true).optional(),
});

/**
 * One turn. An assistant's turn is divided: `reasoning` is what stood between <think> and </think>,
 * `content` the answer after it, as written (with <answer> tags where the text has them).
 */
export const RecordMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().max(MAX_RECORD_CHARACTERS),
  reasoning: z.string().max(MAX_RECORD_CHARACTERS).nullable(),
  written: WrittenForm.optional(),
  /** The turn's other fields, as they were (`name`, `tool_call_id`); `weight: 0`: not trained on. */
  extra: z.record(z.string(), z.unknown()).optional(),
});
export type RecordMessage = z.infer<typeof RecordMessage>;

export const RecordMessages = z.array(RecordMessage).min(1).max(1000);
export type RecordMessages = z.infer<typeof RecordMessages>;

/** Where a record came from. Null: not known. */
export const RecordSource = z.strictObject({
  kind: z.enum(["import", "generated", "run", "playground", "written"]),
  file: z.string().nullable(),
  /** Line of a JSONL file, row of the others; from 1. */
  line: z.int().nullable(),
  teacher: z.string().nullable(),
  runId: RunId.nullable(),
  /** Sampling options, e.g. {"temperature": 0.6, "seed": 7, "sample": 3}. */
  sampling: z.record(z.string(), z.union([z.number(), z.string()])).nullable(),
  costUsd: z.number().nullable(),
});
export type RecordSource = z.infer<typeof RecordSource>;

/** What a verifier needs: a problem of a task, or only the right answer. */
export const RecordReference = z.strictObject({
  task: TaskName.nullable(),
  problemId: z.string().nullable(),
  difficulty: z.int().nullable(),
  gold: z.string().nullable(),
  /** The task's own data of the problem. */
  data: z.unknown().nullable(),
});
export type RecordReference = z.infer<typeof RecordReference>;

/** none: no verifier and no right answer to compare with. */
export const Verdict = z.enum(["correct", "wrong", "none"]);
export type Verdict = z.infer<typeof Verdict>;

export const FormatProblem = z.enum([
  /** A last assistant turn without any reasoning. */
  "no-reasoning",
  "no-answer",
  /** <think> or </think> left inside the reasoning or the answer. */
  "stray-think-tags",
  "answer-not-closed",
  "several-answers",
  /** Text around the one <answer>…</answer>. */
  "text-around-answer",
  /** The record does not end with the assistant's turn. */
  "no-assistant-turn",
  /** Reasoning between other tags than <think> and </think>, which no reward here knows. */
  "other-think-tags",
]);
export type FormatProblem = z.infer<typeof FormatProblem>;

/** same-problem: the record is about a problem that a benchmark or a task's test split holds. */
export const ContaminationKind = z.enum(["same-problem", "13-gram", "8-gram"]);
export type ContaminationKind = z.infer<typeof ContaminationKind>;

export const Contamination = z.strictObject({
  kind: ContaminationKind,
  /** e.g. "test split of countdown", or a benchmark's name. */
  benchmark: z.string(),
  problemId: z.string(),
  /** The words both have. */
  text: z.string(),
});
export type Contamination = z.infer<typeof Contamination>;

/** What is measured on one revision's text; core/curation says how, with sources. */
export const TextFacts = z.strictObject({
  verdict: Verdict,
  /** In words, e.g. "73, as it should be". */
  verdictDetail: z.string(),
  /** Empty: the text has the form it should have. */
  format: z.array(FormatProblem),
  /** 0 (hard) to 100 (easy); null where there is too little text. */
  readability: z.number().nullable(),
  /** Share of words in the prompt's language, 0 to 1; null where there are no words. */
  language: z.number().nullable(),
  /** Share of repeated word 4-grams, 0 to 1. */
  repetition: z.number(),
  characters: z.int(),
  words: z.int(),
  reasoningWords: z.int(),
});
export type TextFacts = z.infer<typeof TextFacts>;

/** What is known about a revision beside the others of its dataset and the benchmarks. */
export const RecordFacts = z.strictObject({
  ...TextFacts.shape,
  /** Records with the same words; the cluster is named after its first record. */
  exactDuplicate: z.strictObject({ cluster: RecordId, size: z.int() }).nullable(),
  /** Estimated from MinHash signatures; `similarTo` is the most similar other record. */
  nearDuplicate: z
    .strictObject({
      cluster: RecordId,
      size: z.int(),
      similarTo: RecordId,
      similarToPosition: z.int(),
      similarity: z.number(),
    })
    .nullable(),
  contamination: Contamination.nullable(),
});
export type RecordFacts = z.infer<typeof RecordFacts>;

/** A record in a list. */
export const RecordRow = z.strictObject({
  id: RecordId,
  /** Its place in the dataset, from 1; stays when others are deleted. */
  position: z.int(),
  status: RecordStatus,
  /** The revision in force; 0 is the original. */
  revision: z.int(),
  tags: z.array(z.string()),
  /** The beginning of the first user turn. */
  prompt: z.string(),
  verdict: Verdict,
  formatOk: z.boolean(),
  readability: z.number().nullable(),
  language: z.number().nullable(),
  repetition: z.number(),
  words: z.int(),
  duplicate: z.enum(["exact", "near"]).nullable(),
  contamination: ContaminationKind.nullable(),
});
export type RecordRow = z.infer<typeof RecordRow>;

export const Revision = z.strictObject({
  number: z.int(),
  /** The revision it was made from; null for the original. */
  parent: z.int().nullable(),
  /** Who or what wrote it, e.g. "import", "format repair", a reviewer. */
  author: z.string(),
  createdAtMs: z.number(),
  messages: RecordMessages,
});
export type Revision = z.infer<typeof Revision>;

/** A record in full, at the revision in force. */
export const DatasetRecord = z.strictObject({
  ...RecordRow.pick({ id: true, position: true, status: true, revision: true, tags: true }).shape,
  datasetId: DatasetId,
  messages: RecordMessages,
  /** The model's own text, revision 0. */
  original: RecordMessages,
  revisions: z.array(Revision.omit({ messages: true })),
  metadata: z.record(z.string(), z.unknown()),
  source: RecordSource,
  reference: RecordReference,
  facts: RecordFacts,
});
export type DatasetRecord = z.infer<typeof DatasetRecord>;

export const StatusCounts = z.strictObject({
  pending: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  flagged: z.int(),
});
export type StatusCounts = z.infer<typeof StatusCounts>;

/** Five-number summary of one measure over a version or a selection. */
export const Spread = z.strictObject({
  n: z.int(),
  min: z.number(),
  p10: z.number(),
  median: z.number(),
  p90: z.number(),
  max: z.number(),
});
export type Spread = z.infer<typeof Spread>;

export const DatasetStatistics = z.strictObject({
  records: z.int(),
  status: StatusCounts,
  verdict: z.strictObject({ correct: z.int(), wrong: z.int(), none: z.int() }),
  edited: z.int(),
  formatProblems: z.partialRecord(FormatProblem, z.int()),
  exactDuplicates: z.int(),
  nearDuplicates: z.int(),
  contamination: z.partialRecord(ContaminationKind, z.int()),
  readability: Spread.nullable(),
  language: Spread.nullable(),
  repetition: Spread.nullable(),
  words: Spread.nullable(),
  tags: z.record(z.string(), z.int()),
  tasks: z.record(z.string(), z.int()),
});
export type DatasetStatistics = z.infer<typeof DatasetStatistics>;

export const DatasetSummary = z.strictObject({
  id: DatasetId,
  /** Unique among the datasets that are there. */
  name: z.string(),
  createdAtMs: z.number(),
  changedAtMs: z.number(),
  records: z.int(),
  status: StatusCounts,
  /** The last published version; null: none yet. */
  latestVersion: z.int().nullable(),
  /** Records of that version, whatever came to the dataset or left it since. */
  latestVersionRecords: z.int().nullable(),
  /** Records checked against fewer benchmarks than the store holds now: `datasets.refresh` checks them again. */
  stale: z.int(),
});
export type DatasetSummary = z.infer<typeof DatasetSummary>;

/** An immutable selection of revisions. A recipe names it `d1@2`. */
export const DatasetVersion = z.strictObject({
  datasetId: DatasetId,
  version: z.int().min(1),
  /** `d1@2`. */
  ref: z.string(),
  note: z.string(),
  publishedAtMs: z.number(),
  /** Of the training text: equal versions have equal hashes. */
  sha256: z.string(),
  records: z.int(),
  /** The filter that chose the records, as text. */
  filter: z.string(),
  statistics: DatasetStatistics,
  /** Runs that trained on it. */
  runs: z.array(RunId),
});
export type DatasetVersion = z.infer<typeof DatasetVersion>;

/** How a row holds a conversation. */
export const DatasetShape = z.enum(["messages", "sharegpt", "alpaca", "prompt-completion"]);
export type DatasetShape = z.infer<typeof DatasetShape>;

/** How an export writes reasoning: each as it came (new ones in tags), all in tags inside the text, or all in a field of their own. */
export const ReasoningForm = z.enum(["as-is", "inline", "field"]);
export type ReasoningForm = z.infer<typeof ReasoningForm>;

/** Which columns of a row become which part of a record; null: none. */
export const ImportMapping = z.strictObject({
  shape: DatasetShape,
  /** messages, sharegpt: the list of turns. */
  conversation: z.string().nullable(),
  system: z.string().nullable(),
  /** alpaca: the instruction. */
  prompt: z.string().nullable(),
  /** alpaca: put under the prompt, after a blank line, where it is not empty. */
  input: z.string().nullable(),
  completion: z.string().nullable(),
  /** Reasoning in a column of its own; else it is looked for between <think> tags. */
  reasoning: z.string().nullable(),
  gold: z.string().nullable(),
  task: z.string().nullable(),
});
export type ImportMapping = z.infer<typeof ImportMapping>;

/** A row that cannot come in. */
export const BadRow = z.strictObject({ line: z.int(), reason: z.string() });
export type BadRow = z.infer<typeof BadRow>;

/** How long work on a whole dataset is. */
export const DatasetJob = z.strictObject({
  id: z.string(),
  kind: z.enum(["import", "refresh", "generate"]),
  datasetId: DatasetId.nullable(),
  state: z.enum(["running", "finished", "failed", "cancelled"]),
  /** What it works on, e.g. a file's name or a teacher. */
  title: z.string(),
  /** "reading", "checking", "sampling" … */
  phase: z.string(),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** Import: rows that came in and rows that did not. */
  added: z.int(),
  bad: z.int(),
  /** Generate: what was sampled, what the verifier accepted, and what it cost. */
  sampled: z.int(),
  accepted: z.int(),
  costUsd: z.number().nullable(),
  /** Of an endpoint without prices. */
  unpricedTokens: z.int().default(0),
  error: z.strictObject({ message: z.string(), advice: z.string().nullable() }).nullable(),
});
export type DatasetJob = z.infer<typeof DatasetJob>;
