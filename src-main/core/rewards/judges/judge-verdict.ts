/**
 * What a judge answered: read whatever stands around it, and taken only where it is one score on the scale. Never throws;
 * time is linear in the text.
 */
import { z } from "zod";
import type { JudgeReward } from "#shared/schema/reward.ts";

export type JudgeVerdict =
  | { readonly score: number; readonly reason: string }
  /** Why it cannot be used. */
  | { readonly fault: string };

/** A verdict stands at the end of an answer. */
const MOST_CHARACTERS = 10_000;
const MOST_OBJECTS = 16;
const MOST_REASON = 1000;

const Answer = z.object({
  score: z.union([
    z.number(),
    z
      .string()
      .regex(/^\s*-?\d{1,9}(?:\.\d{1,9})?\s*$/)
      .transform(Number),
  ]),
  reason: z.string().catch(""),
});

export function readVerdict(answer: string, scale: JudgeReward["scale"]): JudgeVerdict {
  const [low, high] = scale;
  const said = answer.slice(answer.lastIndexOf("</think>") + 1).slice(-MOST_CHARACTERS);
  const found = objectsIn(said).flatMap((text) => {
    const parsed = Answer.safeParse(valueOf(text));
    return parsed.success ? [parsed.data] : [];
  });
  const last = found.at(-1);
  if (last === undefined) return { fault: "it holds no JSON object with a number as its score" };
  if (found.some(({ score }) => score !== last.score))
    return { fault: "it names several scores that differ" };
  const { score, reason } = last;
  if (!(score >= low && score <= high))
    return { fault: `the score ${score} is not between ${low} and ${high}` };
  return { score, reason: reason.slice(0, MOST_REASON) };
}

/** A score as a reward, from 0 to 1. */
export function rewardOfScore(score: number, [low, high]: JudgeReward["scale"]): number {
  return (score - low) / (high - low);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The outermost objects of a text, whatever stands between them. */
function objectsIn(text: string): string[] {
  const objects: string[] = [];
  let from = text.indexOf("{");
  for (let tries = 0; from !== -1 && tries < MOST_OBJECTS; tries += 1) {
    const end = endOfObject(text, from);
    if (end === -1) from = text.indexOf("{", from + 1);
    else {
      objects.push(text.slice(from, end));
      from = text.indexOf("{", end);
    }
  }
  return objects;
}

/** After the brace that closes the one at `from`; -1 where none does. */
function endOfObject(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
