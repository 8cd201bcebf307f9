/** The program in a completion. */
import type { SandboxLanguage } from "../../sandbox-port.ts";

const FENCE_NAMES: Readonly<Record<SandboxLanguage, ReadonlySet<string>>> = {
  python: new Set(["", "python", "py", "python3"]),
  javascript: new Set(["", "javascript", "js", "mjs", "node"]),
};

/**
 * The last fenced block in the language, or in none that is named, after the thinking; the whole text where there is no
 * block. A block that is never closed ends with the text.
 */
export function takeCode(completion: string, language: SandboxLanguage): string {
  const spoken = afterThinking(completion);
  let block: string[] | undefined;
  let found: string | undefined;
  let wanted = false;
  for (const line of spoken.split("\n")) {
    const fence = /^\s*```([^\s`]*)[^`]*$/u.exec(line);
    if (fence === null) block?.push(line);
    else if (block === undefined) {
      block = [];
      wanted = FENCE_NAMES[language].has((fence[1] ?? "").toLowerCase());
    } else {
      if (wanted) found = block.join("\n");
      block = undefined;
    }
  }
  if (block !== undefined && wanted) found = block.join("\n");
  return found ?? spoken;
}

function afterThinking(text: string): string {
  const end = text.lastIndexOf("</think>");
  return end === -1 ? text : text.slice(end + "</think>".length);
}

/**
 * The whole program: what the prompt begins, and the code that goes on with it or defines the function anew. A prompt in
 * Python that ends with a docstring is a whole function by itself, so it may stand before either.
 */
export function joinPrompt(
  { prompt, entryPoint }: { readonly prompt: string; readonly entryPoint: string | null },
  code: string,
  language: SandboxLanguage,
): string {
  if (prompt === "") return code;
  if (language === "python") return `${prompt}${prompt.endsWith("\n") ? "" : "\n"}${code}`;
  const defines =
    entryPoint !== null &&
    [...code.matchAll(/\b(?:function|const|let|var)\s+([\w$]+)/gu)].some(
      ([, n]) => n === entryPoint,
    );
  return defines ? code : `${prompt}${code}`;
}
