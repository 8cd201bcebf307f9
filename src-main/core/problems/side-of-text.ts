/**
 * Which side a problem of a set is on, by what it asks alone: equal problems, whatever their case, spaces and
 * punctuation, are never on both, and a problem keeps its side in every version of the set.
 */
import { createHash } from "node:crypto";
import type { ProblemMessage, ProblemSplit } from "#shared/schema/problem.ts";
import { tokensOf } from "../curation/words.ts";

/** @param testShare of all problems, 0 to 1, on average */
export function sideOfText(messages: readonly ProblemMessage[], testShare: number): ProblemSplit {
  const text = messages.map(({ content }) => content).join("\n");
  const tokens = tokensOf(text);
  const normalised = tokens.length === 0 ? text.trim() : tokens.join(" ");
  const digest = createHash("sha256").update(normalised).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < testShare ? "test" : "train";
}
