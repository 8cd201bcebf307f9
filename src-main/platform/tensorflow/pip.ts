/** pip, which honours the user's index, proxy and certificates: fetches one wheel into a folder, watched while it grows. */
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../run-program.ts";

const POLL_MS = 250;

/** pip failed: no network, no such file on the index, no pip. The text is for the user. */
export class DownloadUnavailable extends Error {}

export type PipDownload = {
  /** A Python 3 that has pip. */
  readonly python: string;
  /** One distribution and its version: `name==1.2.3`. */
  readonly requirement: string;
  /** pip's options that choose the wheel; empty for wheels of every platform. */
  readonly platform: readonly string[];
  /** An existing folder that pip works in. */
  readonly work: string;
  /** The wheel's size, as far as it is known before pip says it; else 0. */
  readonly bytes: number;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
};

/**
 * Fetches a wheel. @returns its path, below `work`
 * @throws DownloadUnavailable where pip cannot deliver it
 */
export async function pipDownload(options: PipDownload): Promise<string> {
  const { work, signal, onProgress } = options;
  const folder = join(work, "wheel");
  const temporary = join(work, "tmp");
  await mkdir(temporary, { recursive: true });
  let totalBytes = options.bytes;
  const timer = setInterval(() => {
    void largestFile(work).then((doneBytes) => {
      onProgress(doneBytes, totalBytes);
    });
  }, POLL_MS);
  try {
    await runPip(
      options.python,
      [
        ...["download", "--no-deps", "--no-cache-dir", "--only-binary=:all:"],
        ...["--progress-bar", "off", ...options.platform],
        ...["--dest", folder, options.requirement],
      ],
      {
        // pip streams the wheel into its temporary folder: where we can watch it grow.
        temporary,
        onOutput: (text) => {
          totalBytes = announcedBytes(text) ?? totalBytes;
        },
        ...(signal && { signal }),
      },
    );
  } finally {
    clearInterval(timer);
  }
  const name = (await readdir(folder)).find((file) => file.endsWith(".whl"));
  if (name === undefined) throw new DownloadUnavailable("pip reported success but wrote no wheel");
  return join(folder, name);
}

type PipOptions = {
  readonly temporary: string;
  readonly onOutput: (text: string) => void;
  readonly signal?: AbortSignal;
};

/** Runs pip and resolves when it ends well. @throws DownloadUnavailable with pip's own last words */
export async function runPip(
  python: string,
  args: readonly string[],
  options: PipOptions,
): Promise<void> {
  const { code, errors } = await runProgram(
    python,
    ["-m", "pip", "--disable-pip-version-check", "--no-color", "--no-input", ...args],
    {
      environment: { TMPDIR: options.temporary, PYTHONUNBUFFERED: "1" },
      onOutput: options.onOutput,
      ...(options.signal && { signal: options.signal }),
    },
  );
  if (code !== 0) throw new DownloadUnavailable(lastWords(errors) || `pip ended with code ${code}`);
}

/** The lines of pip's stderr that say what went wrong; where no index answered, its "no matching distribution" is no reason. */
function lastWords(stderr: string): string {
  const cut = brokenConnection(stderr);
  if (cut !== undefined) return `pip could not reach its index: ${cut}`;
  const lines = stderr.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("ERROR:"));
  return (errors.length > 0 ? errors : lines.filter(Boolean)).slice(-2).join(" ");
}

/** e.g. "Connection refused" of the last retry; undefined where there was none. */
function brokenConnection(stderr: string): string | undefined {
  const [, broken = ""] =
    [...stderr.matchAll(/after connection broken by '(.*)': \S*$/gmu)].at(-1) ?? [];
  const reason =
    /\[Errno -?\d+\] ([^'"()]+)/u.exec(broken) ??
    /(?:timed out|certificate verify failed|Cannot connect to proxy)[^'"()]*/iu.exec(broken);
  if (broken === "") return undefined;
  return (reason?.[1] ?? reason?.[0] ?? broken).trim();
}

/** The size in pip's "Downloading name.whl (273.8 MB)". */
function announcedBytes(text: string): number | undefined {
  const match = /Downloading \S+\.whl \((\d+(?:\.\d+)?) (kB|MB|GB)\)/.exec(text);
  if (match === null) return undefined;
  const unit = { kB: 1e3, MB: 1e6, GB: 1e9 }[match[2] ?? ""] ?? 1;
  return Number(match[1]) * unit;
}

/** Bytes of the largest file below `dir`; 0 where there is none. */
async function largestFile(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(
      async (entry) =>
        (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0,
    );
  return Math.max(0, ...(await Promise.all(sizes)));
}
