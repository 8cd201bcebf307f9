/** The verifiers that go along in exports, in Python, on the cases that were worked out by hand. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import { verifierByName } from "#main/core/verifiers/registry.ts";
import { VERIFIERS_IN_PYTHON } from "#main/services/exports/rewards-python.ts";
import { lacking } from "../helpers/need.ts";

const PYTHON = {
  met: spawnSync("python3", ["--version"]).status === 0,
  how: "install Python 3 as python3",
};
const Case = z.object({
  gold: z.string().nullable(),
  options: z.record(z.string(), JsonValue).default({}),
  answer: z.string(),
  repeat: z.int().default(1),
  completion: z.literal(true).optional(),
  correct: z.boolean(),
});
const SCRIPT = `
import json, sys
import verifiers
print(json.dumps([verifiers.verify(*case) for case in json.load(sys.stdin)]))
`;

/** Those that our verifier can judge: an export's set has no others. */
function casesOf(name: string): z.infer<typeof Case>[] {
  const file = fileURLToPath(new URL(`../fixtures/verifiers/${name}.jsonl`, import.meta.url));
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Case.parse(JSON.parse(line)))
    .filter(({ completion }) => completion === undefined)
    .filter(({ gold, options }) => verifierByName(name)?.refusal({ gold, options }) === null);
}

/** Of mathematics math-verify judges, which has a mind of its own. */
test.skipIf(!PYTHON.met).each(VERIFIERS_IN_PYTHON.filter((name) => name !== "maths"))(
  `in Python %s judges as was worked out by hand${lacking(PYTHON)}`,
  (name) => {
    const cases = casesOf(name);
    expect(cases.length).toBeGreaterThan(20);
    const { stdout, stderr } = spawnSync("python3", ["-c", SCRIPT], {
      cwd: fileURLToPath(new URL("../../assets/exports/", import.meta.url)),
      encoding: "utf8",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
      input: JSON.stringify(
        cases.map(({ gold, options, answer, repeat }) => [
          name,
          options,
          gold,
          answer.repeat(repeat),
        ]),
      ),
    });
    expect(stderr).toBe("");
    const verdicts = z.array(z.boolean().nullable()).parse(JSON.parse(stdout));
    const wrong = cases.flatMap((one, at) =>
      verdicts[at] === one.correct || verdicts[at] === null
        ? []
        : [{ ...one, given: verdicts[at] }],
    );
    expect(wrong).toEqual([]);
    // What has no counterpart without other packages is not judged: maths in lists, schemas, patterns that need RE2.
    const unjudged = verdicts.filter((verdict) => verdict === null).length;
    expect(unjudged).toBeLessThan(cases.length / 2);
  },
);
