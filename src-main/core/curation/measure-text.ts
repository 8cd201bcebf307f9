/** Everything that is measured on one text alone. */
import { countWords } from "#shared/count-words.ts";
import type { RecordMessage, RecordReference, TextFacts } from "#shared/schema/dataset.ts";
import { finalTurn, promptOf } from "#shared/schema/record-text.ts";
import { languageShare } from "./foreign-lines.ts";
import { formatProblems } from "./format.ts";
import { readability } from "./readability.ts";
import { repetition } from "./repetition.ts";
import { verdictOf } from "./verdict.ts";

export function measureText(
  messages: readonly RecordMessage[],
  reference: RecordReference,
): TextFacts {
  const turn = finalTurn(messages);
  const reasoning = turn?.reasoning ?? "";
  const answer = turn?.content.replaceAll(/<\/?answer>/g, " ").trim() ?? "";
  const written = `${reasoning}\n${answer}`.trim();
  const prompt = promptOf(messages);
  const { verdict, detail } = verdictOf(messages, reference);
  return {
    verdict,
    verdictDetail: detail,
    format: formatProblems(messages),
    readability: readability(written),
    language: languageShare(prompt, written),
    repetition: repetition(written),
    characters: prompt.length + written.length,
    words: countWords(written),
    reasoningWords: countWords(reasoning),
  };
}
