import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../../src-main/host/cli/main.ts", import.meta.url));

/** The command line as a user starts it, in a process of its own. */
function gradus(home: string, ...args: string[]) {
  return spawnSync(process.execPath, [MAIN, "problems", ...args], {
    env: { ...process.env, GRADUS_HOME: home },
    encoding: "utf8",
  });
}

test("problems come in by the command line, which says all that it left out, and completions are judged", () => {
  const home = temporaryFolder();
  const file = join(home, "My Sums.jsonl");
  writeFileSync(file, '{"q":"1+1?","a":2}\nno json\n{"q":"1+1?","a":2}\n{"q":"2+2?","a":4}\n');
  const map = ["--map", "prompt=q", "answer=a", "--json"];
  const bad = [{ line: 2, reason: expect.stringMatching(/^is not JSON/u) }];

  const refused = gradus(home, "import", file, ...map);
  expect(refused.status).toBe(1);
  expect(JSON.parse(refused.stdout)).toEqual({
    set: "my-sums",
    version: null,
    problems: 0,
    splits: { train: 0, test: 0 },
    bad,
    duplicates: 1,
    goldRejected: [],
  });

  const taken = gradus(home, "import", file, ...map, "--skip-bad", "--test-share", "1");
  expect(taken.status).toBe(0);
  expect(JSON.parse(taken.stdout)).toEqual({
    set: "my-sums",
    version: 1,
    problems: 2,
    splits: { train: 0, test: 2 },
    bad,
    duplicates: 1,
    goldRejected: [],
  });

  const completions = join(home, "completions.jsonl");
  writeFileSync(completions, '{"id":"4","completion":"It is 4."}\n{"id":1,"completion":"3"}\n');
  const out = join(home, "verdicts.jsonl");
  const judged = gradus(home, "verify", "my-sums", "--completions", completions, "--out", out);
  expect(judged.status).toBe(0);
  const lines = readFileSync(out, "utf8").trim().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { id: "4", correct: true, score: 1, detail: expect.any(String) },
    { id: "1", correct: false, score: 0, detail: expect.any(String) },
  ]);
});
