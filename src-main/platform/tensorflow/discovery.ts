/**
 * Finds TensorFlow's C library: `GRADUS_TENSORFLOW`, then the application's data folder, then an
 * importable Python's tensorflow, then a download. Says why where there is none, so that the engine
 * can fall back to TensorFlow.js's wasm backend with a reason.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { MARKER_FILE, downloadCudaRuntime, downloadRuntime, hashFile } from "./download.ts";
import type { DownloadProgress } from "./download.ts";
import { DownloadUnavailable } from "./pip.ts";
import { LIBRARY_FILES, TENSORFLOW_VERSION, tensorFlowWheel } from "./tensorflow-wheels.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export type RuntimeLocation = {
  /** Folder that holds both library files. */
  readonly dir: string;
  readonly source: "environment" | "data-folder" | "python" | "download";
  /** As far as it is known without loading the library. */
  readonly version: string | undefined;
  readonly gpu: boolean;
};

/** A location, or the reason why there is none, as a sentence for the user. */
export type RuntimeDiscovery =
  | { readonly location: RuntimeLocation }
  | { readonly location: null; readonly reason: string };

export type DiscoveryOptions = {
  /** The application's data folder (`dataFolder()`). */
  readonly dataFolder: string;
  /** `gpu` wants CUDA kernels and an NVIDIA driver; default: the processor. */
  readonly gpu?: boolean;
  /** Fetch the library where none is found. */
  readonly download: boolean;
  readonly env?: Environment;
  /** `process.platform`-`process.arch`. */
  readonly platform?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
};

const Marker = z.object({
  version: z.string(),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});

/** The folder that a fetched runtime is kept in. */
export function runtimeFolder(dataFolder: string, gpu = false): string {
  return join(dataFolder, "runtime", `tensorflow-${TENSORFLOW_VERSION}${gpu ? "-cuda" : ""}`);
}

/**
 * Where TensorFlow's library is, after fetching it if it may.
 * @throws AppError RUNTIME_MISSING (GRADUS_TENSORFLOW names a folder without it), RUNTIME_BAD_VERSION,
 *   RUNTIME_BAD_HASH (a fetched file is not the published one), NO_GPU, DISK_FULL
 */
export async function discoverRuntime(options: DiscoveryOptions): Promise<RuntimeDiscovery> {
  const env = options.env ?? process.env;
  const gpu = options.gpu ?? false;
  if (gpu) await requireNvidiaDriver();
  const asked = env["GRADUS_TENSORFLOW"];
  if (asked !== undefined && asked !== "")
    return { location: fromEnvironment(resolve(asked), gpu) };
  const kept = await fromDataFolder(options.dataFolder, gpu);
  if (kept !== null) return { location: kept };
  const python = await findPython(env);
  if (!gpu && python !== null) {
    const imported = await fromPython(python);
    if (imported !== null) return { location: imported };
  }
  if (!options.download)
    return { location: null, reason: "TensorFlow's library has not been fetched yet" };
  return fetchRuntime(options, python, gpu);
}

function hasLibraries(dir: string): boolean {
  return LIBRARY_FILES.every((file) => existsSync(join(dir, file)));
}

function fromEnvironment(dir: string, gpu: boolean): RuntimeLocation {
  if (!hasLibraries(dir)) {
    throw new AppError(
      "RUNTIME_MISSING",
      `GRADUS_TENSORFLOW is ${dir}, but ${LIBRARY_FILES.join(" and ")} are not there.`,
      "Set it to the folder of these two files (site-packages/tensorflow of an installed tensorflow-cpu), or unset it so that Gradus fetches them.",
    );
  }
  return { dir, source: "environment", version: undefined, gpu };
}

async function fromDataFolder(dataFolder: string, gpu: boolean): Promise<RuntimeLocation | null> {
  const folder = runtimeFolder(dataFolder, gpu);
  if (!existsSync(folder)) return null;
  const dir = gpu ? join(folder, "tensorflow") : folder;
  await checkRuntimeFolder(dir, false);
  return { dir, source: "data-folder", version: TENSORFLOW_VERSION, gpu };
}

/**
 * Checks a fetched runtime against its marker: version and file sizes, and with `thorough` the
 * SHA-256 of both files too (seconds).
 * @throws AppError RUNTIME_BAD_VERSION, RUNTIME_BAD_HASH
 */
export async function checkRuntimeFolder(dir: string, thorough: boolean): Promise<void> {
  const advice = `Delete ${dir}: Gradus then fetches it again.`;
  const text = await readFile(join(dir, MARKER_FILE), "utf8").catch(() => "");
  const marker = Marker.safeParse(parseJson(text));
  if (!marker.success) {
    throw new AppError(
      "RUNTIME_BAD_HASH",
      `The TensorFlow runtime in ${dir} has no readable ${MARKER_FILE}.`,
      advice,
    );
  }
  if (marker.data.version !== TENSORFLOW_VERSION) {
    throw new AppError(
      "RUNTIME_BAD_VERSION",
      `${dir} holds TensorFlow ${marker.data.version}; this Gradus needs ${TENSORFLOW_VERSION}.`,
      advice,
    );
  }
  for (const [name, expected] of Object.entries(marker.data.files)) {
    const path = join(dir, name);
    const bytes = (await stat(path).catch(() => null))?.size;
    const damage =
      bytes === undefined
        ? "is missing"
        : bytes !== expected.bytes
          ? `has ${bytes} bytes instead of ${expected.bytes}`
          : thorough && (await hashFile(path)) !== expected.sha256
            ? "does not have the SHA-256 it was unpacked with"
            : null;
    if (damage !== null) throw new AppError("RUNTIME_BAD_HASH", `${path} ${damage}.`, advice);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Runs a program and returns its stdout, or null where it does not end well in time. */
async function output(
  command: string,
  args: readonly string[],
  env?: Environment,
): Promise<string | null> {
  return new Promise((done) => {
    execFile(command, args, { timeout: 30_000, ...(env && { env }) }, (error, stdout) => {
      done(error === null ? stdout.trim() : null);
    });
  });
}

/** The first Python 3 on PATH that has pip, else the first Python 3, else null. */
export async function findPython(
  env: Environment = process.env,
): Promise<{ readonly path: string; readonly pip: boolean } | null> {
  const probe =
    "import importlib.util,sys; print(sys.version_info[0], bool(importlib.util.find_spec('pip')))";
  let withoutPip: string | null = null;
  for (const path of ["python3", "python"]) {
    const [major, pip] = (await output(path, ["-c", probe], env))?.split(" ") ?? [];
    if (major !== "3") continue;
    if (pip === "True") return { path, pip: true };
    withoutPip ??= path;
  }
  return withoutPip === null ? null : { path: withoutPip, pip: false };
}

/** An installed tensorflow of the pinned version; found without importing it (which takes seconds). */
async function fromPython(python: { readonly path: string }): Promise<RuntimeLocation | null> {
  const script = [
    "import importlib.util as u, importlib.metadata as m, os",
    "s = u.find_spec('tensorflow')",
    "names = {d.metadata['Name'].lower().replace('_','-'): d.version for d in m.distributions() if d.metadata['Name']}",
    "print(os.path.dirname(s.origin) if s and s.origin else '')",
    "print(names.get('tensorflow-cpu') or names.get('tensorflow') or '')",
  ].join("\n");
  const [dir, version] = (await output(python.path, ["-c", script]))?.split("\n") ?? [];
  if (dir === undefined || dir === "" || version !== TENSORFLOW_VERSION || !hasLibraries(dir))
    return null;
  return { dir, source: "python", version, gpu: false };
}

async function fetchRuntime(
  options: DiscoveryOptions,
  python: { readonly path: string; readonly pip: boolean } | null,
  gpu: boolean,
): Promise<RuntimeDiscovery> {
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const wheel = tensorFlowWheel(platform, gpu);
  if (wheel === undefined) {
    return {
      location: null,
      reason: `there is no TensorFlow library for ${platform}${gpu ? " with CUDA" : ""} that Gradus can load`,
    };
  }
  if (python === null) {
    return {
      location: null,
      reason: "fetching TensorFlow's library needs Python 3 with pip, and no python3 was found",
    };
  }
  if (!python.pip) {
    return {
      location: null,
      reason: `fetching TensorFlow's library needs pip, and ${python.path} has none (on Debian: apt install python3-pip)`,
    };
  }
  const target = runtimeFolder(options.dataFolder, gpu);
  const { onProgress, signal } = options;
  try {
    await (gpu ? downloadCudaRuntime : downloadRuntime)({
      wheel,
      target,
      python: python.path,
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (!(error instanceof DownloadUnavailable)) throw error;
    return {
      location: null,
      reason: `pip could not fetch ${wheel.distribution} ${TENSORFLOW_VERSION} (is there a network?): ${error.message}`,
    };
  }
  const dir = gpu ? join(target, "tensorflow") : target;
  return { location: { dir, source: "download", version: TENSORFLOW_VERSION, gpu } };
}

/** Whether an NVIDIA driver is loaded. */
export async function hasNvidiaDriver(): Promise<boolean> {
  return existsSync("/proc/driver/nvidia/version") || (await output("nvidia-smi", ["-L"])) !== null;
}

async function requireNvidiaDriver(): Promise<void> {
  if (await hasNvidiaDriver()) return;
  throw new AppError(
    "NO_GPU",
    "A GPU was asked for, but this machine has no NVIDIA driver (neither nvidia-smi nor /proc/driver/nvidia answers).",
    "Use the runtime `auto` or `tensorflow` to run on the processor, or install NVIDIA's driver.",
  );
}
