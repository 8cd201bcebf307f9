/** What the `problems` commands have in common: a set by name and version. */
import { AppError } from "#shared/errors.ts";
import { ProblemSetName } from "#shared/schema/problem.ts";

/** `NAME` or `NAME@VERSION`; without one the version is null. Throws BAD_INPUT. */
export function versionOf(text: string): { set: ProblemSetName; version: number | null } {
  const [, name = text, version] = /^(.+)@(\d{1,9})$/u.exec(text) ?? [];
  return { set: setName(name), version: version === undefined ? null : Number(version) };
}

/** Throws BAD_INPUT where no set can have the name. */
export function setName(text: string): ProblemSetName {
  const name = ProblemSetName.safeParse(text);
  if (name.success) return name.data;
  throw new AppError(
    "BAD_INPUT",
    `"${text}" is no name of a problem set.`,
    "Lower-case letters, digits, dots, dashes and underscores; at most 64, a letter or digit first.",
  );
}
