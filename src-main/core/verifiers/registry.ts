/** Verifiers by name. A task's own rule is the task's (`answer-rule.ts`). */
import { choiceVerifier } from "./choice-verifier.ts";
import { mathsVerifier } from "./maths-verifier.ts";
import { numberVerifier } from "./number-verifier.ts";
import { regexVerifier } from "./regex-verifier.ts";
import { textVerifier } from "./text-verifier.ts";
import type { Verifier } from "./verifier.ts";

const VERIFIERS: readonly Verifier[] = [
  mathsVerifier,
  numberVerifier,
  textVerifier,
  choiceVerifier,
  regexVerifier,
];
const BY_NAME: ReadonlyMap<string, Verifier> = new Map(VERIFIERS.map((one) => [one.name, one]));

/** undefined where no verifier has the name. */
export function verifierByName(name: string): Verifier | undefined {
  return BY_NAME.get(name);
}

export function listVerifiers(): readonly Verifier[] {
  return VERIFIERS;
}
