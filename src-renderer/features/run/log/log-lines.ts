/** A log as lines that can be shown: terminal codes away, what would act on the display as signs, no line endless. Pure. */
import { visibleText } from "#renderer/ui/text/visible-text.ts";

/** Characters of a line that are shown. */
const LONGEST = 4000;

// ECMA-48: CSI sequences with parameters and a final byte, OSC strings up to their end, and two-character escapes.
// oxlint-disable-next-line no-control-regex
const CODES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\^_=>])/gu;

export function withoutCodes(text: string): string {
  return text.replaceAll(CODES, "");
}

function shownLine(line: string): string {
  // A line that was written over and over, as progress bars do, ends as its last state.
  const last = line.replace(/\r+$/u, "").split("\r").at(-1) ?? "";
  const cut = last.length - LONGEST;
  return cut > 0
    ? `${visibleText(last.slice(0, LONGEST))} … ${cut.toLocaleString("en-US")} more characters`
    : visibleText(last);
}

/** The lines, or those that hold `find`, capitals ignored. */
export function logLines(text: string, find: string): readonly string[] {
  if (text === "") return [];
  const lines = withoutCodes(text).replace(/\n$/u, "").split("\n");
  const wanted = find.toLowerCase();
  const kept = wanted === "" ? lines : lines.filter((line) => line.toLowerCase().includes(wanted));
  return kept.map(shownLine);
}
