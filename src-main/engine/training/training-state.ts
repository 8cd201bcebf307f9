/**
 * Training checkpoints: `<root>/step-00000120/` holds the model in hub layout (or, where only an adapter is trained,
 * the adapter in PEFT's layout: its base does not change), the optimizer's moments
 * (optimizer.safetensors: `m.<parameter>`, `v.<parameter>`), where the reference moves, its weights
 * (reference.safetensors), where a critic learns, what it has beside them (critic.safetensors), and state.json, which is written last and lists the
 * other files with their sizes and hashes. A folder without it, or whose files differ from it, is no checkpoint.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import {
  isStaleTemporary,
  targetOfTemporary,
  writeFolderAtomically,
  writeTextAtomically,
} from "#main/platform/atomic-write.ts";
import {
  fillHubFolder,
  type HubModel,
  loadHubFolder,
  type SaveHubOptions,
} from "#main/core/formats/hub-layout.ts";
import { parseJson, readTextIfPresent } from "#main/core/formats/json-file.ts";
import {
  type AdapterContent,
  type AdapterFile,
  fillAdapterFolder,
  openAdapter,
} from "#main/core/formats/peft-adapter.ts";
import {
  openSafetensors,
  type SafetensorsFile,
  type TensorSource,
  writeSafetensors,
} from "#main/core/formats/safetensors.ts";

const STATE = "state.json";
const OPTIMIZER = "optimizer.safetensors";
const REFERENCE = "reference.safetensors";
const CRITIC = "critic.safetensors";
const FORMAT_VERSION = 1;
const HASHED_AT_ONCE = 1 << 20;

const randomState = z.tuple([z.int(), z.int(), z.int(), z.int()]).readonly();

const trainingStateSchema = z.strictObject({
  /** Optimizer steps done. */
  step: z.int().nonnegative(),
  samplesSeen: z.int().nonnegative(),
  /** What the learning-rate schedule needs to go on. */
  scheduler: z.record(z.string(), z.json()),
  /** Random streams by name. */
  random: z.record(z.string(), randomState),
  /** Where in the data to go on: epoch, index, order. */
  data: z.record(z.string(), z.json()),
  /** Whatever else the stage keeps. */
  stage: z.json(),
  /** Hash of the options that the run was started with; see hashConfig. */
  configHash: z.string(),
});

export type TrainingState = z.infer<typeof trainingStateSchema>;

const stateFileSchema = z.looseObject({
  formatVersion: z.int(),
  files: z.record(z.string(), z.int().nonnegative()),
  /** SHA-256 by file; checkpoints of before 0.2.0 have none. */
  hashes: z.record(z.string(), z.string()).default({}),
  /** Of `state`, so that a changed digit in it is seen. */
  stateHash: z.string().optional(),
  state: z.unknown(),
});

export interface CheckpointContent {
  readonly state: TrainingState;
  readonly model: SaveHubOptions | AdapterContent;
  /** The optimizer's tensors: `m.<parameter>` and `v.<parameter>` for each parameter. */
  readonly optimizer: Iterable<readonly [string, TensorSource]>;
  /** The weights of a reference model that training moves too. */
  readonly reference?: Iterable<readonly [string, TensorSource]>;
  /** Of a critic: its head, and the weights and moments of a model of its own. */
  readonly critic?: Iterable<readonly [string, TensorSource]>;
}

export interface WrittenCheckpoint {
  readonly folder: string;
  readonly bytes: number;
}

export interface TrainingCheckpoint {
  readonly state: TrainingState;
  readonly model: HubModel | AdapterFile;
  readonly optimizer: SafetensorsFile;
  /** null: the reference is the model that the stage began with. */
  readonly reference: SafetensorsFile | null;
  /** null: the stage has no critic. */
  readonly critic: SafetensorsFile | null;
  readonly close: () => void;
}

export interface CheckpointEntry {
  readonly folder: string;
  readonly step: number;
}

/** A short hash of options, the same however their keys are ordered. */
export function hashConfig(value: unknown): string {
  const sorted = JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return createHash("sha256").update(sorted).digest("hex").slice(0, 32);
}

export function checkpointFolder(root: string, step: number): string {
  return join(root, `step-${String(step).padStart(8, "0")}`);
}

/**
 * Writes the checkpoint of `content.state.step` under `root`, whole or not at all.
 * @throws AppError DISK_FULL, WORKSPACE_READ_ONLY
 */
export function writeTrainingCheckpoint(
  root: string,
  content: CheckpointContent,
): WrittenCheckpoint {
  const state = trainingStateSchema.parse(content.state);
  const folder = checkpointFolder(root, state.step);
  let bytes = 0;
  writeFolderAtomically(folder, (temporary) => {
    if ("baseModel" in content.model) fillAdapterFolder(temporary, content.model);
    else fillHubFolder(temporary, content.model);
    writeSafetensors(join(temporary, OPTIMIZER), content.optimizer);
    if (content.reference !== undefined)
      writeSafetensors(join(temporary, REFERENCE), content.reference);
    if (content.critic !== undefined) writeSafetensors(join(temporary, CRITIC), content.critic);
    const files = fileSizes(temporary);
    bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
    const hashes = Object.fromEntries(
      Object.keys(files).map((file) => [file, sha256Of(join(temporary, file))]),
    );
    const stateHash = hashConfig(state);
    const written = { formatVersion: FORMAT_VERSION, state, stateHash, files, hashes };
    const text = JSON.stringify(written, undefined, 2);
    writeTextAtomically(join(temporary, STATE), `${text}\n`);
  });
  return { folder, bytes };
}

/**
 * Opens a training checkpoint after checking that all of it is there. Close it when its tensors are read.
 * @throws AppError NOT_FOUND, BAD_CHECKPOINT, or CONFLICT where `configHash` is given and differs
 */
export function readTrainingCheckpoint(
  folder: string,
  options: { readonly configHash?: string } = {},
): TrainingCheckpoint {
  const state = verifyCheckpoint(folder);
  if (options.configHash !== undefined && options.configHash !== state.configHash) {
    throw new AppError(
      "CONFLICT",
      `The checkpoint ${folder} was written by a run with other options.`,
      "Resume with the recipe that the run was started with, or start a new run from the checkpoint's model.",
    );
  }
  const opened: { readonly close: () => void }[] = [];
  const close = (): void => {
    for (const file of opened) file.close();
  };
  const open = <T extends { readonly close: () => void }>(file: T): T => {
    opened.push(file);
    return file;
  };
  const openIfThere = (name: string): SafetensorsFile | null =>
    existsSync(join(folder, name)) ? open(openSafetensors(join(folder, name))) : null;
  try {
    const model = open(openAdapter(folder) ?? loadHubFolder(folder));
    const optimizer = open(openSafetensors(join(folder, OPTIMIZER)));
    checkMoments(folder, model, optimizer);
    const reference = openIfThere(REFERENCE);
    const critic = openIfThere(CRITIC);
    return { state, model, optimizer, reference, critic, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The complete checkpoints under `root`, oldest first. */
export function listCheckpoints(root: string): readonly CheckpointEntry[] {
  const found: CheckpointEntry[] = [];
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    const step = /^step-(\d{8,})$/.exec(name)?.[1];
    if (step !== undefined && isComplete(join(root, name)))
      found.push({ folder: join(root, name), step: Number(step) });
  }
  return found.sort((a, b) => a.step - b.step);
}

/** The newest complete checkpoint, from which a stopped run goes on; undefined where there is none. */
export function latestCheckpoint(root: string): CheckpointEntry | undefined {
  clearTemporaries(root);
  return listCheckpoints(root).at(-1);
}

/**
 * Keeps the newest `keep` complete checkpoints (at least one) and removes the older ones, and what writes that did
 * not end left behind. Returns the removed checkpoints' folders. Damaged folders are not counted and not touched.
 */
export function pruneCheckpoints(root: string, keep: number): readonly string[] {
  clearTemporaries(root);
  const old = listCheckpoints(root).slice(0, -Math.max(1, Math.floor(keep)));
  for (const { folder } of old) {
    // state.json goes first: a removal that is cut short leaves no folder that looks complete.
    rmSync(join(folder, STATE), { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  return old.map(({ folder }) => folder);
}

function clearTemporaries(root: string): void {
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    if (!isStaleTemporary(name)) continue;
    const folder = join(root, name);
    const target = join(root, targetOfTemporary(name));
    // A process that ended between the two renames of an exchange left a whole checkpoint under the other name.
    if (!existsSync(target) && isComplete(folder)) renameSync(folder, target);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function isComplete(folder: string): boolean {
  try {
    readState(folder);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/**
 * Reads every file of a checkpoint and compares it with what was written.
 * @throws AppError NOT_FOUND, BAD_CHECKPOINT naming the first file that differs
 */
export function verifyCheckpoint(folder: string): TrainingState {
  const { state, hashes } = readStateFile(folder);
  for (const [file, sha256] of Object.entries(hashes)) {
    if (sha256Of(join(folder, file)) !== sha256) {
      throw incomplete(folder, `${file} is not what was written (its SHA-256 differs)`);
    }
  }
  return state;
}

function sha256Of(file: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(HASHED_AT_ONCE);
  const fd = openSync(file, "r");
  try {
    for (;;) {
      const read = readSync(fd, buffer);
      if (read === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    closeSync(fd);
  }
}

function readState(folder: string): TrainingState {
  return readStateFile(folder).state;
}

function readStateFile(folder: string): {
  state: TrainingState;
  hashes: Readonly<Record<string, string>>;
} {
  const text = readTextIfPresent(join(folder, STATE), "BAD_CHECKPOINT");
  if (text === undefined) {
    if (!existsSync(folder)) throw new AppError("NOT_FOUND", `There is no checkpoint ${folder}.`);
    throw incomplete(folder, `it has no ${STATE}`);
  }
  const name = join(folder, STATE);
  const { formatVersion, files, hashes, stateHash, state } = parseJson(
    text,
    name,
    stateFileSchema,
    "BAD_CHECKPOINT",
  );
  if (formatVersion !== FORMAT_VERSION) {
    throw new AppError(
      "BAD_CHECKPOINT",
      `${folder} was written in checkpoint format ${formatVersion}; this version of Gradus reads format ${FORMAT_VERSION}.`,
      "Resume it with the version of Gradus that wrote it, or start a new run from its model.",
    );
  }
  for (const [file, size] of Object.entries(files)) {
    const path = join(folder, file);
    const found = existsSync(path) ? statSync(path).size : undefined;
    if (found === undefined) throw incomplete(folder, `${file} is missing`);
    if (found !== size) throw incomplete(folder, `${file} has ${found} bytes instead of ${size}`);
  }
  const read = parseJson(
    JSON.stringify(state ?? null),
    name,
    trainingStateSchema,
    "BAD_CHECKPOINT",
  );
  // Checkpoints of before 0.2.0 have no hashes at all; one that has some has one for each file.
  const hashed = Object.keys(hashes);
  if (hashed.length > 0 && hashed.sort().join("\0") !== Object.keys(files).sort().join("\0")) {
    throw incomplete(folder, `${STATE} does not name the same files twice`);
  }
  if (stateHash !== undefined && stateHash !== hashConfig(read)) {
    throw incomplete(folder, `${STATE} is not what was written (its hash differs)`);
  }
  return { state: read, hashes };
}

function checkMoments(
  folder: string,
  model: HubModel | AdapterFile,
  optimizer: SafetensorsFile,
): void {
  for (const name of model.names) {
    const shape = model.shapeOf(name);
    for (const moment of [`m.${name}`, `v.${name}`]) {
      const found = optimizer.header.tensors.get(moment)?.shape;
      if (found?.join() !== shape.join()) {
        throw incomplete(
          folder,
          `${OPTIMIZER} has ${found === undefined ? "no" : "a misshapen"} "${moment}"`,
        );
      }
    }
  }
}

function incomplete(folder: string, what: string): AppError {
  return new AppError(
    "BAD_CHECKPOINT",
    `The checkpoint ${folder} is damaged: ${what}.`,
    "Resume from an earlier checkpoint of the run.",
  );
}

function fileSizes(folder: string): Record<string, number> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => [file, statSync(join(folder, file)).size]),
  );
}
