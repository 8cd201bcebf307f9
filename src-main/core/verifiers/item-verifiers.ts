/** Verifiers of one answer, which are also those of a list's or a set's items. */
import { choiceVerifier } from "./choice-verifier.ts";
import { jsonVerifier } from "./json-verifier.ts";
import { mathsVerifier } from "./maths-verifier.ts";
import { numberVerifier } from "./number-verifier.ts";
import { regexVerifier } from "./regex-verifier.ts";
import { textVerifier } from "./text-verifier.ts";
import type { Verifier } from "./verifier.ts";

export const ITEM_VERIFIERS: readonly Verifier[] = [
  mathsVerifier,
  numberVerifier,
  textVerifier,
  choiceVerifier,
  regexVerifier,
  jsonVerifier,
];
