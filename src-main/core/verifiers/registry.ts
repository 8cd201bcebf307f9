/** Verifiers by name. A task's own rule is the task's (`answer-rule.ts`). */
import { ITEM_VERIFIERS } from "./item-verifiers.ts";
import { listVerifier } from "./list-verifier.ts";
import { setVerifier } from "./set-verifier.ts";
import type { Verifier } from "./verifier.ts";

const VERIFIERS: readonly Verifier[] = [...ITEM_VERIFIERS, listVerifier, setVerifier];
const BY_NAME: ReadonlyMap<string, Verifier> = new Map(VERIFIERS.map((one) => [one.name, one]));

/** undefined where no verifier has the name. */
export function verifierByName(name: string): Verifier | undefined {
  return BY_NAME.get(name);
}

export function listVerifiers(): readonly Verifier[] {
  return VERIFIERS;
}
