/** The programs of tests/fixtures/hostile, and whether one ended as it says it has to. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SandboxLanguage, SandboxOutcome } from "#main/core/sandbox-port.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/hostile/", import.meta.url));

export interface HostileProgram {
  readonly name: string;
  readonly source: string;
  /** E.g. `time` or `threw TEXT`; one of them. */
  readonly ends: readonly string[];
}

export function hostilePrograms(language: SandboxLanguage): HostileProgram[] {
  const folder = `${FOLDER}${language}/`;
  return readdirSync(folder).map((name) => {
    const source = readFileSync(folder + name, "utf8");
    const ends = /^(?:\/\/|#) ends: (.+)$/m.exec(source)?.[1];
    if (ends === undefined) throw new Error(`${name} does not say how it has to end`);
    return { name, source, ends: ends.split(" or ") };
  });
}

/** The ending that the outcome is, of those that the program names; otherwise what happened instead. */
export function endingOf(outcome: SandboxOutcome, ends: readonly string[]): string {
  const found = ends.find((end) => {
    const [word = "", ...rest] = end.split(" ");
    const text = rest.join(" ");
    switch (outcome.ended) {
      case "limit":
        return end === outcome.limit;
      case "threw":
        return word === "threw" && outcome.message.includes(text);
      case "died":
        return word === "died" && outcome.message.includes(text);
      case "returned":
        return word === "returned" && JSON.stringify(outcome.value) === text;
    }
  });
  return found ?? JSON.stringify(outcome).slice(0, 500);
}
