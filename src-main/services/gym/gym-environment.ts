/**
 * reasoning-gym's environment: a venv in the workspace's folder `python`, with every package of one version and hash
 * (assets/python/reasoning-gym.txt). It appears whole or not at all.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { GymProgress } from "#shared/schema/gym.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { runProgram } from "#main/platform/run-program.ts";
import { DownloadUnavailable, runPip } from "#main/platform/tensorflow/pip.ts";
import { GymProcess } from "#main/processes/gym/gym-process.ts";
import type { GymProgram } from "#main/processes/gym/gym-process.ts";

/** The version of the pinned package. */
const VERSION = "0.1.25";
const MARKER = "gym.json";
const MAKING = ".making-";
const LEAST_PYTHON = 11;
const PYTHONS = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

const Marker = z.strictObject({
  version: z.string(),
  python: z.string(),
  datasets: z.array(z.string()),
});
export type GymFacts = z.infer<typeof Marker>;

const LOOK_EVERY_MS = 250;

const run = promisify(execFile);

export class GymEnvironment {
  readonly #root: string;

  /** @param workspace its folder */
  constructor(workspace: string) {
    this.#root = join(workspace, "python");
  }

  /** Where the version is that this Gradus installs. */
  get folder(): string {
    return this.#folderOf(VERSION);
  }

  #folderOf(version: string): string {
    return join(this.#root, `reasoning-gym-${version}`);
  }

  /** Of a version, by default the one that this Gradus installs; an earlier one stays there. Null where it is not installed. */
  facts(version = VERSION): GymFacts | null {
    try {
      return Marker.parse(JSON.parse(readFileSync(join(this.#folderOf(version), MARKER), "utf8")));
    } catch {
      // Not there, or not whole: it is made anew.
      return null;
    }
  }

  /**
   * @param version the one that a run or a recipe names; by default the one that this Gradus installs
   * @throws AppError NOT_FOUND where it is not installed, CONFLICT where another version is
   */
  program(version?: string): GymProgram {
    const program = programIn(this.#folderOf(version ?? VERSION));
    const facts = this.facts(version);
    if (facts !== null && existsSync(program.python)) {
      if (version === undefined || facts.version === version) return program;
    }
    const installed = this.facts();
    if (version !== undefined && installed !== null)
      throw new AppError(
        "CONFLICT",
        `It was begun with reasoning-gym ${version}, and ${installed.version} is installed: its problems and scores may differ.`,
        `A run goes on with the version that it began with. Start its recipe anew, without \`version\`, to use ${installed.version}; or go on with the Gradus that began it, which installs ${version}.`,
      );
    throw new AppError(
      "NOT_FOUND",
      "reasoning-gym is not installed in this workspace.",
      "Install it: gradus python install. It needs Python 3.11 or later and about 280 MB.",
    );
  }

  /**
   * Makes it, whether it is there or not; what was there stands until the new one is whole.
   * @throws AppError NOT_FOUND (no Python that will do), DOWNLOAD_FAILED with pip's last words, ENGINE_CRASHED; the
   *   signal's reason
   */
  async install(
    onProgress: (progress: GymProgress) => void,
    signal: AbortSignal,
  ): Promise<GymFacts> {
    onProgress({ phase: "looking for Python", share: 0 });
    const base = await findPython();
    this.#clear();
    const work = join(this.#root, `${MAKING}${randomUUID().slice(0, 8)}`);
    mkdirSync(join(work, "tmp"), { recursive: true });
    try {
      onProgress({ phase: "making the environment", share: 0.02 });
      await makeVenv(base, work, signal);
      const program = programIn(work);
      await installPackages(program.python, work, onProgress, signal);
      onProgress({ phase: "starting it for the first time", share: 0.9 });
      const gym = new GymProcess(program);
      const stop = (): void => gym.close();
      signal.addEventListener("abort", stop);
      try {
        const [version, datasets] = [await gym.version(), await gym.names()];
        const { stdout } = await run(program.python, [
          "-c",
          "import platform; print(platform.python_version())",
        ]);
        const facts = { version, python: stdout.trim(), datasets: [...datasets] };
        signal.throwIfAborted();
        writeTextAtomically(join(work, MARKER), `${JSON.stringify(facts)}\n`);
        rmSync(this.folder, { recursive: true, force: true });
        renameSync(work, this.folder);
        onProgress({ phase: "ready", share: 1 });
        return facts;
      } finally {
        signal.removeEventListener("abort", stop);
        gym.close();
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** What an install that was killed has left. */
  #clear(): void {
    for (const name of existsSync(this.#root) ? readdirSync(this.#root) : [])
      if (name.startsWith(MAKING)) rmSync(join(this.#root, name), { recursive: true, force: true });
  }
}

function programIn(folder: string): GymProgram {
  const python =
    process.platform === "win32"
      ? join(folder, "Scripts", "python.exe")
      : join(folder, "bin", "python");
  return {
    python,
    script: join(assetFolder(), "python", "gym.py"),
    cache: join(folder, "cache"),
  };
}

const PROBE = "import sys, ensurepip, venv; print(sys.version_info[0] == 3, sys.version_info[1])";

/** GRADUS_PYTHON, or the first of the usual names that is new enough. Throws NOT_FOUND. */
async function findPython(): Promise<string> {
  const asked = process.env["GRADUS_PYTHON"];
  for (const python of asked === undefined || asked === "" ? PYTHONS : [asked]) {
    const answer = await run(python, ["-c", PROBE], { timeout: 30_000 }).catch(() => null);
    const [isThree, minor] = answer?.stdout.trim().split(" ") ?? [];
    if (isThree === "True" && Number(minor) >= LEAST_PYTHON) return python;
  }
  throw new AppError(
    "NOT_FOUND",
    asked === undefined || asked === ""
      ? "There is no Python 3.11 or later with venv on this machine."
      : `GRADUS_PYTHON (${asked}) is no Python 3.11 or later with venv.`,
    "Install Python (on Debian and Ubuntu: python3 and python3-venv), or name one in GRADUS_PYTHON.",
  );
}

async function makeVenv(python: string, folder: string, signal: AbortSignal): Promise<void> {
  let said = "";
  const { code, errors } = await runProgram(python, ["-m", "venv", folder], {
    onOutput: (text) => (said += text),
    signal,
  });
  if (code === 0) return;
  const words = `${said}${errors}`.trim().split("\n").at(-1) ?? "";
  throw new AppError(
    "NOT_FOUND",
    `${python} cannot make an environment: ${words}.`,
    "Install its venv module (on Debian and Ubuntu: python3-venv), or name another in GRADUS_PYTHON.",
  );
}

async function installPackages(
  python: string,
  work: string,
  onProgress: (progress: GymProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const requirements = join(assetFolder(), "python", "reasoning-gym.txt");
  // Some have a line for each Python.
  const all = new Set(readFileSync(requirements, "utf8").match(/^[\w.-]+(?===)/gmu)).size;
  const before = packagesIn(work);
  let seen = 0;
  let isLast = false;
  let isBuilding = false;
  const tell = (): void => {
    if (!isLast && isBuilding) {
      onProgress({ phase: "building what comes as source", share: 0.5 });
      return;
    }
    if (!isLast) {
      const share = 0.1 + 0.4 * Math.min(1, seen / all);
      onProgress({ phase: `fetching packages, ${Math.min(seen, all)} of ${all}`, share });
      return;
    }
    const done = Math.min(packagesIn(work) - before, all);
    const share = 0.5 + 0.4 * (done / all);
    onProgress({ phase: `installing packages, ${done} of ${all}`, share });
  };
  // pip says nothing while it installs, which takes the longest.
  const watch = setInterval(tell, LOOK_EVERY_MS);
  try {
    await runPip(
      python,
      // Python compiles what it uses when it uses it: all of it takes longer than everything else together.
      [
        ...["install", "--no-compile", "--require-hashes"],
        ...["--progress-bar", "off", "-r", requirements],
      ],
      {
        temporary: join(work, "tmp"),
        onOutput: (text) => {
          seen += text.match(/^(?:Collecting|Processing) /gmu)?.length ?? 0;
          isBuilding ||= text.includes("Building wheels for collected packages");
          isLast ||= text.includes("Installing collected packages");
          tell();
        },
        signal,
      },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DownloadUnavailable)) throw error;
    throw new AppError(
      "DOWNLOAD_FAILED",
      `reasoning-gym cannot be installed: ${error.message}`,
      "Check the network and pip's index (pip config list), and that a C compiler is there: one of its packages is built.",
    );
  } finally {
    clearInterval(watch);
  }
}

/** Its packages, pip among them, as far as they are there. */
function packagesIn(folder: string): number {
  const library = join(folder, "lib");
  const packages =
    process.platform === "win32"
      ? join(folder, "Lib", "site-packages")
      : join(
          library,
          readdirSync(library).find((name) => name.startsWith("python")) ?? "",
          "site-packages",
        );
  return readdirSync(packages).filter((name) => name.endsWith(".dist-info")).length;
}
