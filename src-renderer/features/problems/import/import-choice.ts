/** What a person says of a file before its problems come in, and the request that it becomes. Pure. */
import type { ProblemMapping, ProblemMappingParts } from "#shared/schema/problem-import.ts";
import { ProblemSetName } from "#shared/schema/problem.ts";
import type { VerifierName } from "#shared/schema/problem.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** Where the file is read otherwise than it was found to be. */
export interface ReadAs {
  readonly format?: DatasetFormat;
  readonly mapping?: ProblemMappingParts;
  readonly verifier?: VerifierName;
}

export type HeldOut = "nothing" | "share" | "column";

export interface ImportChoice {
  /** The set's name. */
  readonly into: string;
  readonly readAs: ReadAs;
  /** Undefined: by the column that was found, else nothing. */
  readonly heldOut: HeldOut | undefined;
  /** As typed, in percent. */
  readonly share: string;
  readonly licence: string;
  readonly source: string;
  readonly instruction: string;
  /** Bad lines are left out; else one of them keeps the whole file out. */
  readonly skipBad: boolean;
}

export const FIRST_CHOICE: ImportChoice = {
  into: "",
  readAs: {},
  heldOut: undefined,
  share: "10",
  licence: "",
  source: "",
  instruction: "",
  skipBad: false,
};

/** A set's name from its file's. */
export function nameFrom(file: string): string {
  const last = (file.split(/[\\/]/u).at(-1) ?? file).replace(/\.[a-z0-9]+$/iu, "");
  return last
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/gu, "-")
    .replace(/^[^a-z0-9]+/u, "")
    .slice(0, 64);
}

export function isName(name: string): boolean {
  return ProblemSetName.safeParse(name).success;
}

/** The share in 0–1; undefined where what was typed is none. */
export function shareOf(text: string): number | undefined {
  const percent = text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
  return percent >= 0 && percent <= 100 ? percent / 100 : undefined;
}

export function heldOutOf({ heldOut }: ImportChoice, mapping: ProblemMapping): HeldOut {
  return heldOut ?? (mapping.split === null ? "nothing" : "column");
}

/** Why the import cannot start; undefined where it can. */
export function whyNot(choice: ImportChoice, mapping: ProblemMapping): string | undefined {
  if (!isName(choice.into))
    return "The set’s name is made of lower-case letters, digits, dots and dashes.";
  if (mapping.prompt === null && mapping.messages === null)
    return "Say which column is the prompt, or the messages.";
  const heldOut = heldOutOf(choice, mapping);
  if (heldOut === "share" && shareOf(choice.share) === undefined)
    return "The share is a number of percent from 0 to 100.";
  if (heldOut === "column" && mapping.split === null) return "Say which column names the side.";
  return undefined;
}

/** @param mapping as it was found, with what the person changed */
export function requestOf(choice: ImportChoice, mapping: ProblemMapping) {
  const { into, readAs, licence, source, instruction, skipBad } = choice;
  const heldOut = heldOutOf(choice, mapping);
  const testShare = heldOut === "share" ? shareOf(choice.share) : undefined;
  const parts: ProblemMappingParts = {
    ...readAs.mapping,
    split: heldOut === "column" ? mapping.split : null,
  };
  return {
    ...readAs,
    mapping: parts,
    into,
    skipBad,
    ...(testShare === undefined ? {} : { testShare }),
    ...(licence.trim() === "" ? {} : { licence: licence.trim() }),
    ...(source.trim() === "" ? {} : { source: source.trim() }),
    ...(instruction.trim() === "" ? {} : { instruction: instruction.trim() }),
  };
}
