/** What a person says of a file before its records come in. Pure. */
import type { ImportMapping } from "#shared/schema/dataset.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** Where the file is read otherwise than it was found to be. */
export interface ReadAs {
  readonly format?: DatasetFormat;
  readonly mapping?: ImportMapping;
}

export interface ImportChoice {
  /** Of the new dataset. */
  readonly name: string;
  readonly readAs: ReadAs;
  /** Bad lines are left out; else one of them keeps the whole file out. */
  readonly skipBad: boolean;
}

export const FIRST_CHOICE: ImportChoice = { name: "", readAs: {}, skipBad: false };

/** A dataset's name from its file's. */
export function nameFrom(file: string): string {
  const last = file.split(/[\\/]/u).at(-1) ?? file;
  return last.replace(/\.[a-z0-9]+$/iu, "") || last;
}

/** Whether the mapping says where the text is. */
export function isMapped(mapping: ImportMapping | undefined): boolean {
  if (mapping === undefined) return false;
  const { shape, conversation, prompt } = mapping;
  const talks = shape === "messages" || shape === "sharegpt";
  return talks ? conversation !== null : prompt !== null;
}
