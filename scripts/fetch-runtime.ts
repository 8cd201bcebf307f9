/**
 * Fetches TensorFlow's library before the application or its tests start, with a progress bar on
 * stderr. `--gpu` fetches the build with CUDA. Where it cannot be had it says why and ends well: the
 * engine then runs on TensorFlow.js's wasm backend.
 */
import { discoverRuntime } from "#main/platform/tensorflow/discovery.ts";
import type { DownloadProgress } from "#main/platform/tensorflow/download.ts";
import { TENSORFLOW_VERSION } from "#main/platform/tensorflow/tensorflow-wheels.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { AppError } from "#shared/errors.ts";

const BAR_WIDTH = 30;
const REDRAW_MS = 100;

/** Draws phases as bars with rate and time left; a line every tenth where stderr is no terminal. */
function progressPrinter(): (progress: DownloadProgress) => void {
  let phase = "";
  let startedMs = 0;
  let drawnMs = 0;
  let tenth = -1;
  return (progress) => {
    const now = performance.now();
    if (progress.phase !== phase) {
      if (phase === "")
        console.error(`TensorFlow ${TENSORFLOW_VERSION}'s library is fetched once (about 274 MB):`);
      else if (process.stderr.isTTY) process.stderr.write("\n");
      phase = progress.phase;
      startedMs = now;
      tenth = -1;
    }
    const share =
      progress.totalBytes > 0 ? Math.min(1, progress.doneBytes / progress.totalBytes) : 0;
    if (process.stderr.isTTY) {
      if (now - drawnMs < REDRAW_MS && share < 1) return;
      drawnMs = now;
      process.stderr.write(`\r\u001b[2K${line(progress, share, now - startedMs)}`);
    } else if (Math.floor(share * 10) > tenth) {
      tenth = Math.floor(share * 10);
      console.error(line(progress, share, now - startedMs));
    }
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** `unpacking    [####----]  42%  360 of 853 MB  150 MB/s  3 s left` */
function line(
  { phase, doneBytes, totalBytes }: DownloadProgress,
  share: number,
  elapsedMs: number,
): string {
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const rate = elapsedMs > 0 ? doneBytes / elapsedMs : 0;
  const total = totalBytes > 0 ? ` of ${megabytes(totalBytes)}` : "";
  const left =
    rate > 0 && share > 0 && share < 1
      ? `  ${((totalBytes - doneBytes) / rate / 1000).toFixed(0)} s left`
      : "";
  const percent = `${(share * 100).toFixed(0)}%`.padStart(4);
  return `  ${phase.padEnd(12)}${bar} ${percent}  ${megabytes(doneBytes)}${total} MB  ${(rate / 1000).toFixed(1)} MB/s${left}`;
}

const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
process.once("SIGTERM", () => abort.abort());

let printed = false;
const print = progressPrinter();
try {
  const found = await discoverRuntime({
    dataFolder: dataFolder(),
    download: true,
    gpu: process.argv.includes("--gpu"),
    signal: abort.signal,
    onProgress: (progress) => {
      printed = true;
      print(progress);
    },
  });
  if (printed && process.stderr.isTTY) process.stderr.write("\n");
  if (found.location === null) {
    console.error(
      `Warning: ${found.reason}.\n` +
        "Gradus goes on with TensorFlow.js's wasm backend, which is many times slower; once the library can be fetched, the next start uses it.",
    );
  } else if (printed) {
    console.error(`TensorFlow's library is in ${found.location.dir}`);
  }
} catch (error) {
  if (printed && process.stderr.isTTY) process.stderr.write("\n");
  if (abort.signal.aborted) process.exit(130);
  if (!(error instanceof AppError)) throw error;
  console.error(`${error.message}\n${error.advice ?? ""}`);
  process.exit(1);
}
