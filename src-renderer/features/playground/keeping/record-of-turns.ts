/** A conversation up to one answer, as a dataset's record has it: reasoning and answer apart. Pure. */
import type { RecordMessages } from "#shared/schema/dataset.ts";
import { thinkParts } from "../reading/tokens/think-parts.ts";
import type { Turn } from "../trial/trial.ts";

export function messagesUpTo(system: string, turns: readonly Turn[], answer: Turn): RecordMessages {
  const until = turns.slice(0, turns.indexOf(answer) + 1);
  const said = until.filter(({ role, content }) => role !== "assistant" || content !== "");
  const messages: RecordMessages = said.map(({ role, content }) =>
    role === "assistant" ? { role, ...divided(content) } : { role, content, reasoning: null },
  );
  return system.trim() === ""
    ? messages
    : [{ role: "system", content: system, reasoning: null }, ...messages];
}

/** Reasoning and answer, without the tags between them. */
function divided(content: string): { readonly content: string; readonly reasoning: string | null } {
  // Characters, so that the border is exact.
  const pieces = Array.from(content, (text) => ({ text }));
  const { reasoning, rest } = thinkParts(pieces);
  if (reasoning.length === 0) return { content, reasoning: null };
  const inside = reasoning.map(({ text }) => text).join("");
  return {
    reasoning: inside.replace(/^\s*<think>\n?/u, "").replace(/\n?<\/think>$/u, ""),
    content: rest
      .map(({ text }) => text)
      .join("")
      .trimStart(),
  };
}
