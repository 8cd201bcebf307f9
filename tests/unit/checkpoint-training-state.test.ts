import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import {
  hashConfig,
  latestCheckpoint,
  listCheckpoints,
  pruneCheckpoints,
  readTrainingCheckpoint,
  verifyCheckpoint,
  type TrainingState,
  writeTrainingCheckpoint,
} from "#main/engine/training/training-state.ts";
import { AppError } from "#shared/errors.ts";
import { Random } from "#main/platform/random.ts";
import { smallConfig, smallMoments, smallTensors } from "../helpers/small-checkpoint.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

function newRoot(): string {
  return temporaryFolder();
}

function stateAt(step: number): TrainingState {
  return {
    step,
    samplesSeen: step * 8,
    scheduler: { warmup_steps: 10 },
    random: { data: [...new Random(step).state] },
    data: { epoch: 1, order: [3, 1, 2] },
    stage: { kept: ["a", null, { b: 0.1 }] },
    configHash: hashConfig({ learning_rate: 1e-3 }),
  };
}

function writeAt(root: string, step: number): string {
  return writeTrainingCheckpoint(root, {
    state: stateAt(step),
    model: { config: smallConfig, tensors: smallTensors(step) },
    optimizer: smallMoments(step),
  }).folder;
}

function stepsOf(root: string): number[] {
  return listCheckpoints(root).map(({ step }) => step);
}

test("a checkpoint is read back as it was written", () => {
  const root = newRoot();
  const { folder, bytes } = writeTrainingCheckpoint(root, {
    state: stateAt(120),
    model: { config: smallConfig, tensors: smallTensors(3) },
    optimizer: smallMoments(4),
  });
  expect(folder).toBe(join(root, "step-00000120"));
  expect(bytes).toBeGreaterThan(3 * 4 * 1000);
  const read = readTrainingCheckpoint(folder, { configHash: hashConfig({ learning_rate: 1e-3 }) });
  expect(read.state).toEqual(stateAt(120));
  expect("config" in read.model ? read.model.config : undefined).toEqual(smallConfig);
  for (const [name, { data }] of smallTensors(3)) expect(read.model.readTensor(name)).toEqual(data);
  for (const [name, { data }] of smallMoments(4))
    expect(read.optimizer.readTensor(name)).toEqual(data);
  read.close();
});

test("a random stream goes on from a checkpoint as if it had not stopped", () => {
  const root = newRoot();
  const random = new Random(5);
  random.uint32();
  writeTrainingCheckpoint(root, {
    state: { ...stateAt(1), random: { data: [...random.state] } },
    model: { config: smallConfig, tensors: smallTensors() },
    optimizer: smallMoments(),
  });
  const read = readTrainingCheckpoint(join(root, "step-00000001"));
  const resumed = new Random(read.state.random["data"] ?? 0);
  read.close();
  expect([resumed.uint32(), resumed.uint32()]).toEqual([random.uint32(), random.uint32()]);
});

test("a state that JSON cannot hold is refused before anything is written", () => {
  const root = newRoot();
  for (const state of [
    { ...stateAt(1), stage: { loss: Number.NaN } },
    { ...stateAt(1), samplesSeen: Infinity },
  ]) {
    expect(() =>
      writeTrainingCheckpoint(root, {
        state,
        model: { config: smallConfig, tensors: smallTensors() },
        optimizer: smallMoments(),
      }),
    ).toThrow("Invalid input");
  }
  expect(readdirSync(root)).toEqual([]);
});

test("a checkpoint of a run with other options is not resumed", () => {
  const folder = writeAt(newRoot(), 1);
  expect(() =>
    readTrainingCheckpoint(folder, { configHash: hashConfig({ learning_rate: 2e-3 }) }),
  ).toThrow(
    expect.objectContaining({
      code: "CONFLICT",
      message: expect.stringContaining("other options"),
    }),
  );
});

test("the hash of options does not depend on the order of their keys, but on everything else", () => {
  const hash = hashConfig({ a: 1, b: { c: [1, 2], d: null } });
  expect(hashConfig({ b: { d: null, c: [1, 2] }, a: 1 })).toBe(hash);
  expect(hashConfig({ a: 1, b: { c: [2, 1], d: null } })).not.toBe(hash);
  expect(hashConfig({ a: 1, b: { c: [1, 2] } })).not.toBe(hash);
});

function isRefused(folder: string): boolean {
  try {
    verifyCheckpoint(folder);
    return false;
  } catch (error) {
    return error instanceof AppError && error.code === "BAD_CHECKPOINT";
  }
}

function sameJson(a: Buffer, b: Buffer): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(a.toString()), JSON.parse(b.toString()));
  } catch {
    return false;
  }
}

describe("a damaged checkpoint is refused, and the newest sound one is found", () => {
  test.each<[string, (folder: string) => void, string]>([
    [
      "cut-off weights",
      (folder) => truncateSync(join(folder, "model.safetensors"), 500),
      "model.safetensors has 500 bytes instead of",
    ],
    [
      "missing moments",
      (folder) => rmSync(join(folder, "optimizer.safetensors")),
      "optimizer.safetensors is missing",
    ],
    ["no state", (folder) => rmSync(join(folder, "state.json")), "no state.json"],
    ["a cut-off state", (folder) => truncateSync(join(folder, "state.json"), 40), "not valid JSON"],
    [
      "a state of another shape",
      (folder) =>
        writeFileSync(
          join(folder, "state.json"),
          '{"formatVersion":1,"files":{},"state":{"step":-1}}',
        ),
      "step",
    ],
    [
      "hashes of other files",
      (folder) => {
        const state = join(folder, "state.json");
        const text = readFileSync(state, "utf8");
        const at = text.lastIndexOf("model.safetensors");
        writeFileSync(state, `${text.slice(0, at)}modex${text.slice(at + 5)}`);
      },
      "does not name the same files twice",
    ],
    [
      "a later format",
      (folder) =>
        writeFileSync(join(folder, "state.json"), '{"formatVersion":2,"files":{},"state":{}}'),
      "checkpoint format 2",
    ],
  ])("%s", (_, spoil, message) => {
    const root = newRoot();
    writeAt(root, 1);
    const folder = writeAt(root, 2);
    spoil(folder);
    expect(() => readTrainingCheckpoint(folder)).toThrow(
      expect.objectContaining({
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining(message),
      }),
    );
    expect(latestCheckpoint(root)?.step).toBe(1);
  });

  test("one wrong byte anywhere in any of its files is seen", () => {
    const folder = writeAt(newRoot(), 1);
    const files = readdirSync(folder);
    const missed: string[] = [];
    expect(files).toContain("state.json");
    for (const file of files) {
      const path = join(folder, file);
      const whole = readFileSync(path);
      for (const place of [0.2, 0.5, 0.9]) {
        const bytes = Buffer.from(whole);
        const at = Math.floor(place * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(path, bytes);
        // A changed space between two words of JSON changes nothing.
        const same = file === "state.json" && sameJson(bytes, whole);
        if (!same && !isRefused(folder)) missed.push(`${file} at ${at}`);
      }
      writeFileSync(path, whole);
    }
    expect(missed).toEqual([]);
    expect(verifyCheckpoint(folder).step).toBe(1);
  });

  test("moments of another model", () => {
    const folder = writeTrainingCheckpoint(newRoot(), {
      state: stateAt(1),
      model: { config: smallConfig, tensors: smallTensors() },
      optimizer: [...smallMoments()].slice(0, -1),
    }).folder;
    expect(() => readTrainingCheckpoint(folder)).toThrow(
      expect.objectContaining({
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining('no "v.model.norm.weight"'),
      }),
    );
  });

  test("a checkpoint that is not there", () => {
    expect(() => readTrainingCheckpoint(join(newRoot(), "step-00000001"))).toThrow(
      expect.objectContaining({ code: "NOT_FOUND" }),
    );
    expect(latestCheckpoint(join(newRoot(), "none"))).toBeUndefined();
  });
});

describe("retention", () => {
  test("keeps the newest and says which it removed", () => {
    const root = newRoot();
    const folders = [1, 20, 3, 4].map((step) => writeAt(root, step));
    expect(stepsOf(root)).toEqual([1, 3, 4, 20]);
    expect(pruneCheckpoints(root, 2)).toEqual([folders[0], folders[2]]);
    expect(stepsOf(root)).toEqual([4, 20]);
    expect(pruneCheckpoints(root, 2)).toEqual([]);
  });

  test("never removes the last good one, whatever is asked", () => {
    const root = newRoot();
    writeAt(root, 1);
    const damaged = writeAt(root, 2);
    truncateSync(join(damaged, "model.safetensors"), 10);
    for (const keep of [1, 0, -3]) expect(pruneCheckpoints(root, keep)).toEqual([]);
    expect(latestCheckpoint(root)?.step).toBe(1);
  });

  test("clears what an ended process left half-written, not what a running one writes", () => {
    const root = newRoot();
    writeAt(root, 1);
    // No process has an id beyond the kernel's largest; process 1 always runs.
    const ended = "step-00000002.tmp-99999999-1-abc";
    const running = "step-00000002.tmp-1-1-abc";
    for (const name of [ended, running]) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, "config.json"), "{}");
    }
    pruneCheckpoints(root, 3);
    expect(readdirSync(root).sort()).toEqual(["step-00000001", running]);
  });

  test("a whole checkpoint whose process ended before its last renaming is kept under its name", () => {
    const root = newRoot();
    const folder = writeAt(root, 7);
    renameSync(folder, `${folder}.tmp-99999999-1-abc`);
    expect(latestCheckpoint(root)).toEqual({ folder, step: 7 });
    expect(readdirSync(root)).toEqual(["step-00000007"]);
  });

  test("a checkpoint written twice is the second one", () => {
    const root = newRoot();
    writeAt(root, 1);
    const { folder } = writeTrainingCheckpoint(root, {
      state: { ...stateAt(1), samplesSeen: 99 },
      model: { config: smallConfig, tensors: smallTensors(9) },
      optimizer: smallMoments(),
    });
    expect(readdirSync(root)).toEqual(["step-00000001"]);
    expect(JSON.parse(readFileSync(join(folder, "state.json"), "utf8"))).toMatchObject({
      state: { samplesSeen: 99 },
    });
  });
});
