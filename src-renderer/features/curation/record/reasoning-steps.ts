/**
 * Divides reasoning into the steps that are numbered and folded on screen: paragraphs, with displayed formulas, code and
 * lists kept with the sentence that leads to them. Pure.
 */
import { countWords } from "#shared/count-words.ts";

export interface Step {
  /** Offsets in the reasoning; from the end of one step to the start of the next is white space only. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly words: number;
}

interface Block {
  start: number;
  end: number;
  /** Lines that belong to what stands before: a formula, code, an item of a list, an indented line. */
  readonly leans: boolean;
}

const LEANS = /^(?:\$\$|\\\[|```|~~~|[-*+] |\d{1,3}[.)] | {4}|\t|\||>)/u;
/** A block that is a heading and no more. */
const HEADING = /^(?:#{1,6} [^\n]*|\*\*[^*\n]+\*\*:?\s*)$/u;

/** Where a line opens or closes something that blank lines do not divide. */
function fenceAfter(line: string, open: string | undefined): string | undefined {
  const trimmed = line.trim();
  if (open === "$$") return trimmed.endsWith("$$") ? undefined : open;
  if (open === "\\[") return trimmed.endsWith("\\]") ? undefined : open;
  if (open !== undefined) return trimmed.startsWith(open) ? undefined : open;
  if (trimmed.startsWith("```")) return "```";
  if (trimmed.startsWith("~~~")) return "~~~";
  if (trimmed.startsWith("$$") && !(trimmed.length > 2 && trimmed.endsWith("$$"))) return "$$";
  return trimmed.startsWith("\\[") && !trimmed.endsWith("\\]") ? "\\[" : undefined;
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: string | undefined;
  let current: Block | undefined;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    if (line.trim() === "" && open === undefined) current = undefined;
    else {
      if (current === undefined) {
        current = { start: at, end, leans: LEANS.test(line) };
        blocks.push(current);
      }
      current.end = end;
      open = fenceAfter(line, open);
    }
    at = end + 1;
  }
  return blocks;
}

export function reasoningSteps(reasoning: string): readonly Step[] {
  const joined: Block[] = [];
  for (const block of blocksOf(reasoning)) {
    const before = joined.at(-1);
    const headed = before !== undefined && HEADING.test(reasoning.slice(before.start, before.end));
    if (before !== undefined && (block.leans || headed)) before.end = block.end;
    else joined.push({ ...block });
  }
  return joined.map(({ start, end }) => {
    const text = reasoning.slice(start, end);
    return { start, end, text, words: countWords(text) };
  });
}
