/**
 * Fetches TensorFlow's C library: pip (which honours the user's index, proxy and certificates)
 * downloads one pinned wheel, its hash is checked, the two libraries are unpacked beside the target
 * and renamed into place with a marker that says what they are.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { AppError } from "#shared/errors.ts";
import { pipDownload, runPip } from "./pip.ts";
import { TENSORFLOW_VERSION, WHEEL_PYTHON } from "./tensorflow-wheels.ts";
import type { TensorFlowWheel } from "./tensorflow-wheels.ts";

export type DownloadProgress = {
  readonly phase: "downloading" | "checking" | "unpacking";
  readonly doneBytes: number;
  /** 0 while it is not known. */
  readonly totalBytes: number;
};

export type DownloadOptions = {
  readonly wheel: TensorFlowWheel;
  /** The runtime's folder; it appears whole or not at all. */
  readonly target: string;
  /** A Python 3 that has pip. */
  readonly python: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
};

/** What a runtime folder is: written beside the libraries as runtime.json. */
export type RuntimeMarker = {
  readonly version: string;
  readonly wheel: string;
  readonly wheelSha256: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
};

export const MARKER_FILE = "runtime.json";

/** The wheel, its unpacked libraries and some air. */
const NEEDED_BYTES = 1.3e9;

/**
 * Downloads, checks and unpacks `wheel` into `target`.
 * @throws DownloadUnavailable where pip cannot deliver the wheel
 * @throws AppError RUNTIME_BAD_HASH where it delivers another one, DISK_FULL where there is no room
 */
export async function downloadRuntime(options: DownloadOptions): Promise<void> {
  const parent = dirname(options.target);
  await mkdir(parent, { recursive: true });
  await requireSpace(parent, NEEDED_BYTES);
  const work = join(parent, `.fetch-${randomUUID()}`);
  try {
    await mkdir(join(work, "tmp"), { recursive: true });
    const wheelFile = await downloadWheel(work, options);
    await checkWheel(wheelFile, options);
    const unpacked = join(work, "unpacked");
    const files = await unpackLibraries(wheelFile, unpacked, options);
    const marker: RuntimeMarker = {
      version: TENSORFLOW_VERSION,
      wheel: options.wheel.file,
      wheelSha256: options.wheel.sha256,
      files,
    };
    await writeFile(join(unpacked, MARKER_FILE), `${JSON.stringify(marker, null, 2)}\n`);
    await moveIntoPlace(unpacked, options.target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Renames; where another process finished first, its result stands. */
async function moveIntoPlace(from: string, target: string): Promise<void> {
  try {
    await rename(from, target);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

async function requireSpace(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize >= bytes) return;
  throw new AppError(
    "DISK_FULL",
    `The TensorFlow runtime needs ${(bytes / 1e9).toFixed(1)} GB in ${dir}; ${((bavail * bsize) / 1e9).toFixed(1)} GB are free.`,
    "Make room there, or set GRADUS_HOME to a folder on a larger disk.",
  );
}

/** @returns the path of the wheel that pip wrote */
function downloadWheel(work: string, options: DownloadOptions): Promise<string> {
  const { wheel, onProgress, signal } = options;
  const platform = ["--implementation", "cp", "--python-version", WHEEL_PYTHON];
  return pipDownload({
    python: options.python,
    requirement: `${wheel.distribution}==${TENSORFLOW_VERSION}`,
    platform: [...platform, "--platform", wheel.tag],
    work,
    bytes: wheel.bytes,
    onProgress: (doneBytes, totalBytes) => {
      onProgress?.({ phase: "downloading", doneBytes, totalBytes });
    },
    ...(signal && { signal }),
  });
}

async function checkWheel(file: string, options: DownloadOptions): Promise<void> {
  const totalBytes = (await stat(file)).size;
  let doneBytes = 0;
  const found = await hashFile(file, (bytes) => {
    doneBytes += bytes;
    options.onProgress?.({ phase: "checking", doneBytes, totalBytes });
  });
  if (found === options.wheel.sha256) return;
  throw new AppError(
    "RUNTIME_BAD_HASH",
    `${basename(file)} has the SHA-256 ${found}; the published wheel ${options.wheel.file} has ${options.wheel.sha256}. It was not unpacked.`,
    "Check which package index pip is configured to use (pip config list), then try again; or install tensorflow-cpu yourself and point GRADUS_TENSORFLOW at its folder.",
  );
}

/** SHA-256 of a file, in hex. */
export async function hashFile(file: string, onBytes?: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(chunk);
    onBytes?.(chunk.length);
  }
  return hash.digest("hex");
}

async function unpackLibraries(
  wheelFile: string,
  folder: string,
  options: DownloadOptions,
): Promise<RuntimeMarker["files"]> {
  await mkdir(folder, { recursive: true });
  const zip = await openPromise(wheelFile, { autoClose: false });
  try {
    const entries = [];
    for await (const entry of zip.eachEntry()) {
      if (options.wheel.libraries.includes(entry.fileName)) entries.push(entry);
    }
    if (entries.length !== options.wheel.libraries.length) {
      throw new AppError(
        "RUNTIME_MISSING",
        `${basename(wheelFile)} does not hold ${options.wheel.libraries.join(" and ")}.`,
        "Install tensorflow-cpu yourself and point GRADUS_TENSORFLOW at the folder of these files.",
      );
    }
    const totalBytes = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    let doneBytes = 0;
    const files: Record<string, { bytes: number; sha256: string }> = {};
    for (const entry of entries) {
      const hash = createHash("sha256");
      const meter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          doneBytes += chunk.length;
          options.onProgress?.({ phase: "unpacking", doneBytes, totalBytes });
          done(null, chunk);
        },
      });
      const name = basename(entry.fileName);
      const source = await zip.openReadStreamPromise(entry);
      const sink = createWriteStream(join(folder, name));
      await pipeline(source, meter, sink, { ...(options.signal && { signal: options.signal }) });
      files[name] = { bytes: entry.uncompressedSize, sha256: hash.digest("hex") };
    }
    return files;
  } finally {
    zip.close();
  }
}

/**
 * Installs TensorFlow with its CUDA libraries (several GB) below `target`, for an NVIDIA GPU. The
 * wheels are laid out as in a Python's site-packages, which is how the library finds them.
 * Never run on a GPU so far: see docs/decisions/runtime.md.
 * @throws as downloadRuntime
 */
export async function downloadCudaRuntime(options: DownloadOptions): Promise<void> {
  const { wheel, signal, onProgress } = options;
  const parent = dirname(options.target);
  await mkdir(parent, { recursive: true });
  await requireSpace(parent, 8 * NEEDED_BYTES);
  const work = join(parent, `.fetch-${randomUUID()}`);
  try {
    await mkdir(join(work, "tmp"), { recursive: true });
    const pipOptions = {
      temporary: join(work, "tmp"),
      onOutput: () => onProgress?.({ phase: "downloading", doneBytes: 0, totalBytes: 0 }),
      ...(signal && { signal }),
    };
    const tags = [wheel.tag, "manylinux_2_17_x86_64", "manylinux2014_x86_64"];
    const platform = ["--implementation", "cp", "--python-version", WHEEL_PYTHON].concat(
      tags.flatMap((tag) => ["--platform", tag]),
    );
    // The hash first, on the wheel alone; pip then takes that file and adds what it depends on.
    const wheelFile = await downloadWheel(work, options);
    await checkWheel(wheelFile, options);
    const unpacked = join(work, "unpacked");
    await runPip(
      options.python,
      [
        "install",
        "--no-cache-dir",
        "--only-binary=:all:",
        ...platform,
        "--target",
        unpacked,
        `${wheelFile}[and-cuda]`,
      ],
      pipOptions,
    );
    const marker: RuntimeMarker = {
      version: TENSORFLOW_VERSION,
      wheel: wheel.file,
      wheelSha256: wheel.sha256,
      files: {},
    };
    await writeFile(
      join(unpacked, "tensorflow", MARKER_FILE),
      `${JSON.stringify(marker, null, 2)}\n`,
    );
    await moveIntoPlace(unpacked, options.target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
