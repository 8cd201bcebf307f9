/** Rewards in a Python of the user's own: only with the user's word for the text, and with what that Python has. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AppError } from "#shared/errors.ts";
import { FileReward } from "#shared/schema/reward.ts";
import { fileReward } from "#main/core/rewards/files/file-reward.ts";
import { hasBubblewrap } from "#main/processes/sandbox/own-python.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { RewardFiles } from "#main/services/recipes/reward-files.ts";
import { inputWith, problemWith } from "../helpers/problem-with.ts";

const PYTHON = "python3";
const missing = spawnSync(PYTHON, ["--version"]).status !== 0;
const folder = mkdtempSync(join(tmpdir(), "gradus-own-python-"));
const sandbox = new SandboxPool({ workers: 1 });
afterAll(() => {
  sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const PROBLEM = problemWith({ id: "mine/7", prompt: "What is 6 times 7?", gold: "42" });
const INPUTS = ["one", "three", "eleven!"].map((text) => inputWith(PROBLEM, text));

async function outcome(text: string, python = PYTHON): Promise<unknown> {
  return fileReward(sandbox, { file: "own.py", text, python }, INPUTS).catch((error: unknown) =>
    error instanceof AppError ? error.message : error,
  );
}

test("only the text that was allowed runs, in the Python for which it was", () => {
  const text = "def reward(completions, **columns):\n    return [1.0] * len(completions)\n";
  const sha256 = createHash("sha256").update(text).digest("hex");
  const file = join(folder, "own.py");
  writeFileSync(file, text);
  const of = (python: string | undefined): string =>
    new RewardFiles(join(folder, "kept"), () => [
      { sha256, python: PYTHON, file, allowedAtMs: 0 },
    ]).runnable(FileReward.parse({ file, python }), folder);
  expect(of(PYTHON)).toBe(text);
  expect(of(undefined)).toBe(text);
  expect(() => of("python3.9")).toThrow(/nobody has allowed this text there/u);
  writeFileSync(file, `${text}# changed\n`);
  expect(() => of(PYTHON)).toThrow(/nobody has allowed this text there/u);
  const script = join(folder, "own.js");
  writeFileSync(script, "export const reward = () => 1;");
  expect(() =>
    new RewardFiles(join(folder, "kept"), () => []).runnable(
      FileReward.parse({ file: script, python: PYTHON }),
      folder,
    ),
  ).toThrow(/no Python file/u);
});

describe.skipIf(missing)(
  `in the installed Python${missing ? " (SKIPPED: install Python 3)" : ""}`,
  () => {
    test("what the sandbox has not is there, and what was loaded once stays loaded", async () => {
      const text = `
import ctypes, os
loads = []
loads.append(1)
def reward(completions, **columns):
    loads.append(1)
    return [float(len(loads) + 0 * len(c)) for c in completions]
`;
      expect(await outcome(text)).toEqual([2, 2, 2]);
      expect(await outcome(text)).toEqual([3, 3, 3]);
    });

    test("faults have their line and their completion", async () => {
      const text =
        'def reward(completions, **columns):\n    if "three" in completions:\n        raise ValueError("odd")\n    return [1.0] * len(completions)\n';
      expect(await outcome(text)).toBe(
        'The reward own.py, line 3: ValueError: odd. The completion was "three", of the problem mine/7.',
      );
    });

    test("one that ends its process, prints without end or is not to be had is said in words", async () => {
      const ends = "import os\ndef reward(completions, **columns):\n    os._exit(3)\n";
      expect(await outcome(ends)).toContain("the process that ran it ended with exit code 3");
      const floods =
        "def reward(completions, **columns):\n    while True:\n        print('x' * 10000)\n";
      expect(await outcome(floods)).toContain("it printed more than 64 KiB");
      expect(await outcome("x = 1", "no-such-python")).toContain('The Python "no-such-python"');
    });

    test("no key of the environment is handed over", async () => {
      process.env["OWN_PYTHON_TEST_KEY"] = "secret";
      const text =
        "import os\ndef reward(completions, **columns):\n    return [float('OWN_PYTHON_TEST_KEY' in os.environ)] * len(completions)\n";
      expect(await outcome(text)).toEqual([0, 0, 0]);
    });

    test.skipIf(!hasBubblewrap())(
      `in bubblewrap it writes nothing and reaches no network${hasBubblewrap() ? "" : " (SKIPPED: install bubblewrap)"}`,
      async () => {
        const place = join(folder, "written");
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const address = server.address();
        const port = typeof address === "object" ? address?.port : undefined;
        const text = `
import socket
def reward(completions, **columns):
    faults = 0
    try:
        open(${JSON.stringify(place)}, "w").write("x")
    except OSError:
        faults += 1
    try:
        socket.create_connection(("127.0.0.1", ${String(port)}), timeout=1)
    except OSError:
        faults += 1
    return [float(faults)] * len(completions)
`;
        expect(await outcome(text)).toEqual([2, 2, 2]);
        expect(existsSync(place)).toBe(false);
        server.close();
      },
    );
  },
);
