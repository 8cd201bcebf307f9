/**
 * One file of the hub into a folder: begun anew or gone on with where an earlier try stopped (`FILE.part`), its hash
 * checked before it gets its name. A part whose hash is wrong is thrown away, so that the next try begins anew.
 */
import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { copyFile, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { cachedFile } from "./hub-cache.ts";
import type { HubFile, HubListing } from "./hub-model.ts";
import { hubGet, HubUnreachable } from "./hub-request.ts";
import type { HubRequest } from "./hub-request.ts";

export interface FileDownload extends Omit<HubRequest, "what"> {
  readonly listing: HubListing;
  readonly file: HubFile;
  readonly folder: string;
  /** Called with how many bytes more of the file are here, negative where some were thrown away; `isNew` where they came over the line. */
  readonly onBytes: (more: number, isNew: boolean) => void;
}

/** How often a transfer that breaks is taken up again without a byte of progress. */
const FRUITLESS = 5;

/** @throws HubUnreachable, AppError DOWNLOAD_FAILED (wrong hash), NOT_ALLOWED, NOT_FOUND, DISK_FULL; the signal's reason */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { listing, file, folder, environment, onBytes } = download;
  const target = join(folder, file.path);
  if (statSync(target, { throwIfNoEntry: false })?.size === file.bytes) {
    onBytes(file.bytes, false);
    return;
  }
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  const cached = cachedFile(environment, listing.repository, listing.commit, file);
  if (cached === undefined) await fetchPart(download, part);
  else {
    await copyFile(cached, part);
    onBytes(file.bytes, false);
  }
  const found = await hashOf(part, file);
  if (found !== file.hash.value) {
    await rm(part, { force: true });
    onBytes(-file.bytes, false);
    throw new AppError(
      "DOWNLOAD_FAILED",
      `${file.path} of ${listing.repository} has the hash ${found.slice(0, 12)}…, the hub says ${file.hash.value.slice(0, 12)}…. It was thrown away.`,
      cached === undefined
        ? "Get the model again. Where it happens again, something between you and the hub changes what it sends."
        : `The copy in Python's cache is damaged: delete ${cached}, then get the model again.`,
    );
  }
  await rename(part, target);
}

async function fetchPart(download: FileDownload, part: string): Promise<void> {
  const { file, onBytes } = download;
  let have = sizeOf(part);
  if (have > file.bytes) {
    await rm(part);
    have = 0;
  }
  onBytes(have, false);
  for (let fruitless = 0; have < file.bytes;) {
    const before = have;
    have = await fetchMore(download, part, have);
    fruitless = have > before ? 0 : fruitless + 1;
    if (fruitless === FRUITLESS) {
      throw new HubUnreachable(download.environment, `${file.path} breaks off at byte ${have}`);
    }
  }
  if (file.bytes === 0) await writeFile(part, "");
}

/** Asks for what is missing and appends what comes. Returns how much is here then, also where the line broke. */
async function fetchMore(download: FileDownload, part: string, have: number): Promise<number> {
  const { listing, file, environment, signal, onBytes } = download;
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const url = `${environment.endpoint}/${listing.repository}/resolve/${listing.commit}/${path}`;
  const answer = await hubGet(url, {
    environment,
    signal,
    // Ranges count the bytes of the file as it is, not of a compressed transfer.
    headers: { "accept-encoding": "identity", ...(have > 0 && { range: `bytes=${have}-` }) },
    what: `${file.path} of ${listing.repository}`,
  });
  const appends = answer.status === 206 && startOf(answer) === have;
  if (have > 0 && !appends) onBytes(-have, false);
  if (answer.body === null || answer.status === 416) {
    await rm(part, { force: true });
    return 0;
  }
  await append(answer.body, part, appends ? have : 0, download);
  return sizeOf(part);
}

/** Writes what comes after the first `have` bytes. Each chunk is on its way to the disk before the next is asked for: a broken line loses none. */
async function append(
  body: ReadableStream<Uint8Array>,
  part: string,
  have: number,
  { file, signal, onBytes }: FileDownload,
): Promise<void> {
  const sink = await open(part, have > 0 ? "a" : "w").catch((error: unknown) => {
    throw explained(error, part);
  });
  let room = file.bytes - have;
  try {
    for await (const chunk of chunksOf(body, signal)) {
      room -= chunk.byteLength;
      if (room < 0) {
        throw new AppError("DOWNLOAD_FAILED", `${file.path} is longer than the hub's list says.`);
      }
      await sink.writeFile(chunk).catch((error: unknown) => {
        throw explained(error, part);
      });
      onBytes(chunk.byteLength, true);
    }
  } finally {
    await sink.close();
  }
}

/** The body's chunks for as long as the line holds. @throws the signal's reason */
async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const chunk = await reader.read().catch(() => undefined);
    signal.throwIfAborted();
    if (chunk === undefined || chunk.done) return;
    yield chunk.value;
  }
}

function startOf(answer: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(answer.headers.get("content-range") ?? "")?.[1];
  return start === undefined ? undefined : Number(start);
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

async function hashOf(path: string, file: HubFile): Promise<string> {
  const hash: Hash = createHash(file.hash.kind === "git" ? "sha1" : "sha256");
  if (file.hash.kind === "git") hash.update(`blob ${file.bytes}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest("hex");
}

function explained(error: unknown, path: string): unknown {
  const isDisk =
    error instanceof Error &&
    "code" in error &&
    ["ENOSPC", "EDQUOT", "EFBIG", "EACCES", "EROFS", "EPERM"].includes(String(error.code));
  if (!isDisk) return error;
  return new AppError(
    "DISK_FULL",
    `${path} cannot be written: ${error.message}.`,
    "Make room, then get the model again: it goes on from where it stopped.",
    { cause: error },
  );
}
