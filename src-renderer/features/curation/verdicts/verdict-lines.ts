/** Verdicts on a text as lines: each has a name, a tone, and what was measured. Pure. */
import type { FormatProblem, RecordFacts, RecordId } from "#shared/schema/dataset.ts";
import { formatNumber, formatPercent, plural } from "#renderer/ui/format.ts";

export type VerdictTone = "pass" | "warn" | "fail" | "none";

export interface VerdictLine {
  readonly name: string;
  readonly tone: VerdictTone;
  readonly detail: string;
  /** A record that the line speaks of. */
  readonly record?: { readonly id: RecordId; readonly label: string };
}

/** Below these a person should look; the filters' quick terms use the same. */
const LANGUAGE_LIMIT = 0.9;
const REPETITION_LIMIT = 0.2;
/** Flesch's scale calls texts under 30 very difficult. */
const READABILITY_LIMIT = 30;

const PROBLEMS: Readonly<Record<FormatProblem, string>> = {
  "no-reasoning": "no reasoning",
  "no-answer": "no answer",
  "stray-think-tags": "a think tag inside the text",
  "other-think-tags": "reasoning between other tags than <think>",
  "answer-not-closed": "the answer is not closed",
  "several-answers": "several answers",
  "text-around-answer": "text around the answer",
  "no-assistant-turn": "does not end with the assistant's turn",
};

export function problemText(problem: FormatProblem): string {
  return PROBLEMS[problem];
}

function answerLine(facts: RecordFacts): VerdictLine {
  const tone = facts.verdict === "correct" ? "pass" : facts.verdict === "wrong" ? "fail" : "none";
  return { name: "Answer", tone, detail: facts.verdictDetail };
}

function duplicateLine(facts: RecordFacts): VerdictLine {
  const { exactDuplicate, nearDuplicate } = facts;
  if (exactDuplicate !== null) {
    const others = plural(exactDuplicate.size - 1, "other record", "other records");
    return {
      name: "Duplicate",
      tone: "warn",
      detail: `same words as ${others}, first of them`,
      record: { id: exactDuplicate.cluster, label: "the first" },
    };
  }
  if (nearDuplicate === null)
    return { name: "Duplicate", tone: "pass", detail: "no record is like it" };
  return {
    name: "Near duplicate",
    tone: "warn",
    detail: `${formatNumber(nearDuplicate.similarity, 2)} with`,
    record: {
      id: nearDuplicate.similarTo,
      label: formatNumber(nearDuplicate.similarToPosition),
    },
  };
}

function contaminationLine(facts: RecordFacts): VerdictLine {
  const found = facts.contamination;
  if (found === null)
    return { name: "Contamination", tone: "pass", detail: "nothing shared with a benchmark" };
  const what =
    found.kind === "same-problem" ? "the same problem as in" : `shares a ${found.kind} with`;
  return {
    name: "Contamination",
    tone: found.kind === "8-gram" ? "warn" : "fail",
    detail: `${what} ${found.benchmark}: “${found.text}”`,
  };
}

export function verdictLines(facts: RecordFacts): readonly VerdictLine[] {
  return [
    answerLine(facts),
    {
      name: "Form",
      tone: facts.format.length === 0 ? "pass" : "warn",
      detail:
        facts.format.length === 0
          ? "reasoning closed, one answer"
          : facts.format.map(problemText).join(", "),
    },
    facts.language === null
      ? { name: "Language", tone: "none", detail: "no words" }
      : {
          name: "Language",
          tone: facts.language < LANGUAGE_LIMIT ? "warn" : "pass",
          detail: `${formatPercent(facts.language)}% of words in the prompt's language`,
        },
    facts.readability === null
      ? { name: "Readability", tone: "none", detail: "too little text" }
      : {
          name: "Readability",
          tone: facts.readability < READABILITY_LIMIT ? "warn" : "pass",
          detail: `${formatNumber(facts.readability)} of 100, limit ${formatNumber(READABILITY_LIMIT)}`,
        },
    {
      name: "Repetition",
      tone: facts.repetition > REPETITION_LIMIT ? "warn" : "pass",
      detail: `${formatPercent(facts.repetition)}% of 4-grams repeated`,
    },
    {
      name: "Length",
      tone: "none",
      detail: `${plural(facts.words, "word")}, ${formatNumber(facts.reasoningWords)} of them reasoning`,
    },
    duplicateLine(facts),
    contaminationLine(facts),
  ];
}

/** "6 pass, 2 to look at". */
export function verdictSummary(lines: readonly VerdictLine[]): string {
  const passed = lines.filter(({ tone }) => tone === "pass").length;
  const look = lines.filter(({ tone }) => tone === "warn" || tone === "fail").length;
  return look === 0
    ? `${formatNumber(passed)} pass`
    : `${formatNumber(passed)} pass, ${formatNumber(look)} to look at`;
}
