/** The programs of tests/fixtures/hostile, and whether each ends as it says it has to. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assertNever } from "#shared/errors.ts";
import type { SandboxLanguage, SandboxOutcome } from "#main/core/sandbox-port.ts";
import type { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { runProgram } from "./sandbox-runs.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/hostile/", import.meta.url));

interface HostileProgram {
  readonly name: string;
  readonly source: string;
  /** E.g. `time` or `threw TEXT`; one of them. */
  readonly ends: readonly string[];
}

function hostilePrograms(language: SandboxLanguage): HostileProgram[] {
  const folder = `${FOLDER}${language}/`;
  return readdirSync(folder).map((name) => {
    const source = readFileSync(folder + name, "utf8");
    const ends = /^(?:\/\/|#) ends: (.+)$/m.exec(source)?.[1];
    if (ends === undefined) throw new Error(`${name} does not say how it has to end`);
    return { name, source, ends: ends.split(" or ") };
  });
}

/** The ending that the outcome is, of those that the program names; otherwise what happened instead. */
function endingOf(outcome: SandboxOutcome, ends: readonly string[]): string {
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
      default:
        return assertNever(outcome);
    }
  });
  return found ?? JSON.stringify(outcome).slice(0, 500);
}

const LIMITS = { timeMs: 800, memoryBytes: 64 * 2 ** 20 };

/**
 * Runs each, and gives what did not end as it has to, within its limit and a second. A worker that the one before has
 * used up is started anew, by `harmless`, before the clock runs.
 */
export async function unexpectedEndings(
  pool: SandboxPool,
  language: SandboxLanguage,
  harmless: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const { name, source, ends } of hostilePrograms(language)) {
    const first = await runProgram(pool, language, harmless);
    if (endingOf(first, ["returned 1"]) !== "returned 1") found.push(`before ${name}: harmed`);
    const startedMs = performance.now();
    const ending = endingOf(await runProgram(pool, language, source, LIMITS), ends);
    const tookMs = Math.round(performance.now() - startedMs);
    if (!ends.includes(ending)) found.push(`${name}: ${ending}`);
    if (tookMs > LIMITS.timeMs + 1000) found.push(`${name}: took ${tookMs} ms`);
  }
  return found;
}
