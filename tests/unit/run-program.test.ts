/** Programs that the host runs to their end: pip, and what makes a Python of its own. */
import { afterEach, expect, test, vi } from "vitest";
import { runProgram } from "#main/platform/run-program.ts";
import { DownloadUnavailable, runPip } from "#main/platform/tensorflow/pip.ts";
import { GymService } from "#main/services/gym/gym-service.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Starts another of its kind, tells that one's id, and waits. */
const PARENT = `
const { spawn } = require("node:child_process");
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
console.log(child.pid);
setInterval(() => {}, 1000);
`;

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a program that is ended ends with what it has started", async () => {
  const abort = new AbortController();
  const said = Promise.withResolvers<string>();
  const run = runProgram(process.execPath, ["-e", PARENT], {
    onOutput: said.resolve,
    signal: abort.signal,
  });
  const pid = Number(await said.promise);
  expect(isThere(pid)).toBe(true);
  abort.abort(new Error("no more"));
  await expect(run).rejects.toThrow("no more");
  await vi.waitFor(() => expect(isThere(pid)).toBe(false), { timeout: 5000 });
});

test("a program's end says its code and its last words, and one that is not there is an error", async () => {
  const code = 'process.stdout.write("out"); process.stderr.write("words"); process.exitCode = 3';
  let out = "";
  const end = await runProgram(process.execPath, ["-e", code], {
    onOutput: (text) => (out += text),
  });
  expect([end, out]).toEqual([{ code: 3, errors: "words" }, "out"]);
  await expect(runProgram("/nowhere/program", [], {})).rejects.toThrow("ENOENT");
});

test("where no index answers, pip's own reason is said, in no colours", async () => {
  vi.stubEnv("FORCE_COLOR", "1");
  vi.stubEnv("PIP_CONFIG_FILE", process.platform === "win32" ? "nul" : "/dev/null");
  vi.stubEnv("PIP_FIND_LINKS", "");
  vi.stubEnv("PIP_EXTRA_INDEX_URL", "");
  // Nothing listens there.
  vi.stubEnv("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
  vi.stubEnv("PIP_RETRIES", "1");
  const folder = temporaryFolder();
  const asked = runPip("python3", ["download", "--dest", folder, "gradus-no-such==1"], {
    temporary: folder,
    onOutput: () => undefined,
  });
  await expect(asked).rejects.toThrow(
    new DownloadUnavailable("pip could not reach its index: Connection refused"),
  );
});

test("an install that begins while an ended one tidies up is one of its own", async () => {
  vi.stubEnv("GRADUS_PYTHON", "/nowhere/python3");
  const gym = new GymService(temporaryFolder());
  const abort = new AbortController();
  const phases: string[] = [];
  const first = gym.install(() => undefined, abort.signal);
  abort.abort();
  const second = gym.install(({ phase }) => phases.push(phase), new AbortController().signal);
  await expect(first).rejects.toThrow("/nowhere/python3");
  await expect(second).rejects.toThrow("/nowhere/python3");
  expect(phases).toEqual(["looking for Python"]);
});
