/** Whether two models mean the same by a token's id: what is learnt of one's distribution holds for the other alone then. */
import { AppError } from "#shared/errors.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** How two vocabularies differ, in words; null where every id stands for the same token. Names of tokenizers say nothing. */
export function tokenDifference(student: Tokenizer, teacher: Tokenizer): string | null {
  const size = Math.max(student.vocabSize, teacher.vocabSize);
  let different = 0;
  let first: number | undefined;
  for (let id = 0; id < size; id++) {
    if (student.tokenOf(id) === teacher.tokenOf(id)) continue;
    different++;
    first ??= id;
  }
  if (first === undefined) return null;
  const word = (tokenizer: Tokenizer): string => {
    const token = tokenizer.tokenOf(first);
    return token === undefined ? "no token" : JSON.stringify(token);
  };
  return `${different} of ${size} ids stand for another token: ${first} is ${word(teacher)} to the teacher and ${word(student)} to the student`;
}

/** @throws AppError BAD_RECIPE where they are not of one vocabulary */
export function requireSameTokens(student: Tokenizer, teacher: Tokenizer): void {
  const difference = tokenDifference(student, teacher);
  if (difference === null) return;
  throw new AppError("BAD_RECIPE", otherTokens(difference), OTHER_TOKENS_ADVICE);
}

export function otherTokens(difference: string): string {
  return `the teacher has another tokenizer than the student: ${difference}`;
}

export const OTHER_TOKENS_ADVICE =
  "Take a teacher of the student's family, or method sft, which learns from texts.";
