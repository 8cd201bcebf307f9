/** A sandbox for one test, and programs that define `run`. */
import { onTestFinished } from "vitest";
import type { SandboxLanguage, SandboxLimits, SandboxOutcome } from "#main/core/sandbox-port.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";

const HARNESS: Readonly<Record<SandboxLanguage, string>> = {
  javascript: `
const { parse, stringify } = JSON;
export async function main(text) {
  const { run } = await import("program");
  return stringify({ __proto__: null, value: await run(parse(text)) }.value);
}`,
  python: `
from json import dumps, loads

def main(text, files, dumps=dumps):
    given = loads(text)
    program = {"__name__": "program"}
    exec(compile(files["program"], "program", "exec"), program)
    run = program["run"]
    return dumps(run(given) if run.__code__.co_argcount else run())
`,
};

export function testSandbox(workers = 1): SandboxPool {
  const pool = new SandboxPool({ workers });
  onTestFinished(() => {
    pool.close();
  });
  return pool;
}

export async function runProgram(
  pool: SandboxPool,
  language: SandboxLanguage,
  program: string,
  limits: Partial<SandboxLimits> = {},
): Promise<SandboxOutcome> {
  const harness = HARNESS[language];
  return pool.run({ language, harness, files: { program }, input: { n: 3 }, limits });
}
