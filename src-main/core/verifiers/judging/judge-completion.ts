/** Judges a whole completion of a model that may have been told any form for its answer, or none. */
import { afterThinking } from "../answers/answer-format.ts";
import { lastBoxed } from "../maths/extraction/boxes.ts";
import { ownTurn } from "./score-text.ts";
import { quoted, wrong } from "../verdict.ts";
import type { Judged, Verdict, Verifier } from "../verifier.ts";

const THINK_START = "<think>";
const THINK_END = "</think>";
const ANSWER_START = "<answer>";
const ANSWER_END = "</answer>";

/**
 * The answer is what stands between answer tags; else what follows `#### ` at a line's start; else what the last box
 * holds; else what the verifier reads out of the model's own turn after its thinking. Never throws.
 */
export function judgeCompletion(verifier: Verifier, judged: Judged, completion: string): Verdict {
  const turn = ownTurn(completion);
  const tagged = betweenTags(turn);
  if (tagged !== null) return verifier.verify(judged, tagged);
  if (turn.includes(THINK_START) && !turn.includes(THINK_END))
    return wrong("The thinking never ends, so there is no answer.");
  const text = afterThinking(turn);
  const marked = afterMark(text);
  if (marked !== null) return verifier.verify(judged, marked);
  // Mathematics reads boxes together with the text around them.
  if (verifier.name === "maths") return judgeText(verifier, judged, text);
  const boxed = lastBoxed(text);
  return boxed === null ? judgeText(verifier, judged, text) : verifier.verify(judged, boxed);
}

function judgeText(verifier: Verifier, judged: Judged, text: string): Verdict {
  if (verifier.verifyText !== undefined) return verifier.verifyText(judged, text);
  const whole = verifier.verify(judged, text);
  if (whole.correct) return whole;
  const answer = verifier.extractLenient(text);
  if (answer === null) return wrong(`No answer can be read in ${quoted(text)}.`);
  return verifier.verify(judged, answer);
}

/** Inside the last complete tags; after the thinking where there is some. */
function betweenTags(text: string): string | null {
  const end = text.lastIndexOf(ANSWER_END);
  if (end === -1) return null;
  const start = text.lastIndexOf(ANSWER_START, end);
  if (start === -1 || start < text.indexOf(THINK_END)) return null;
  return text.slice(start + ANSWER_START.length, end).trim();
}

const MARK = "#### ";
const HEADING = /^(?:the\s)?(?:final\s)?(?:answer|result|solution|conclusion)\s*:?\s*$/iu;

/** GSM8K's form, which is also a heading of Markdown: one that a box follows, or that says "Answer", is such. */
function afterMark(text: string): string | null {
  const place =
    text.startsWith(MARK) && !text.includes(`\n${MARK}`) ? 0 : text.lastIndexOf(`\n${MARK}`) + 1;
  if (!text.startsWith(MARK, place)) return null;
  const rest = text.slice(place + MARK.length);
  if (rest.includes(String.raw`\boxed`)) return null;
  const lineEnd = rest.indexOf("\n");
  const line = (lineEnd === -1 ? rest : rest.slice(0, lineEnd)).trim();
  const heading = line.slice(0, 40).replaceAll("*", "");
  if (lineEnd === -1 || (line !== "" && !HEADING.test(heading))) return line === "" ? null : line;
  const following = rest.slice(lineEnd).trim();
  return following === "" ? null : following;
}
