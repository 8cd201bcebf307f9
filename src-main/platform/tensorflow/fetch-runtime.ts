/**
 * Fetches TensorFlow's library from inside a packaged application, which has no npm script to do it.
 * Where it cannot be had the engine runs on wasm and the runtime's state says why.
 */
import { discoverRuntime } from "./discovery.ts";
import type { DownloadProgress } from "./download.ts";

/** Where each phase begins and ends in the whole, by the time they take on an ordinary line. */
const SPANS: Readonly<Record<DownloadProgress["phase"], readonly [number, number]>> = {
  downloading: [0, 0.7],
  checking: [0.7, 0.75],
  unpacking: [0.75, 1],
};

/** How far a fetch is, in 0–1; 0 while the size of what is fetched is not known. */
export function fetchedShare({ phase, doneBytes, totalBytes }: DownloadProgress): number {
  const [from, to] = SPANS[phase];
  return from + (to - from) * (totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 0);
}

/**
 * Fetches the library where none is found.
 * @param onShare called with the share done (0–1), only while something is fetched
 * @throws AppError RUNTIME_BAD_HASH, RUNTIME_BAD_VERSION, RUNTIME_MISSING, DISK_FULL
 */
export async function fetchRuntime(
  dataFolder: string,
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  await discoverRuntime({
    dataFolder,
    download: true,
    signal,
    onProgress: (progress) => onShare(fetchedShare(progress)),
  });
}
