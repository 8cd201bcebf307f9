/** Where a text stops being JSON, and why. The engine's parser says it in some of its messages and not in others. */

export interface JsonFault {
  /** UTF-16 units before the fault; the text's length where it ends too early. */
  readonly offset: number;
  /** In words, without a place. */
  readonly reason: string;
}

/** Looking for a place in longer texts would take too long. */
const SEARCHED = 2 ** 22;

/**
 * Undefined where the text is JSON.
 * @param text what `JSON.parse` refused
 */
export function jsonFault(text: string): JsonFault | undefined {
  const message = refusal(text);
  if (message === undefined) return undefined;
  return { offset: offsetOf(text, message), reason: reasonOf(message) };
}

function refusal(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function offsetOf(text: string, message: string): number {
  const said = saidPlace(message);
  if (said !== undefined) return said;
  if (text.length > SEARCHED || isCut(text, message)) return text.length;
  // A beginning of the text that is wrong stays wrong however it goes on: the shortest such beginning ends with the fault.
  let [right, wrong] = [0, text.length];
  while (wrong - right > 1) {
    const middle = (right + wrong) >>> 1;
    const begun = text.slice(0, middle);
    const refused = refusal(begun);
    if (refused === undefined || isCut(begun, refused)) right = middle;
    else wrong = middle;
  }
  return wrong - 1;
}

function saidPlace(message: string): number | undefined {
  const found = /at position (\d+)/u.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Whether a text only ends too early. */
function isCut(text: string, message: string): boolean {
  return (
    message.startsWith("Unexpected end") ||
    message.startsWith("Unterminated string") ||
    saidPlace(message) === text.length
  );
}

/** The parser's own words, without its place. */
function reasonOf(message: string): string {
  return message
    .replace(/(?: in JSON)? at position \d+(?: \(line \d+ column \d+\))?/u, "")
    .replace(/ is not valid JSON$/u, "")
    .replace(/ JSON input$/u, " the text");
}
