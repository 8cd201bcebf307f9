/**
 * Every reader of foreign files meets damaged ones: each is read or refused in words, none takes two seconds or
 * 300 MB. GRADUS_FUZZ sets how many a reader meets; GRADUS_FUZZ_READER names one of them.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runModelFileWork } from "#main/processes/reading/model-files.ts";
import { Random } from "#main/platform/random.ts";
import { readRows } from "#main/processes/reading/read-rows.ts";
import { AppError } from "#shared/errors.ts";
import { FuzzOutcome } from "../helpers/fuzz-outcome.ts";
import { READERS } from "../helpers/fuzz-readers.ts";
import { mutate } from "../helpers/mutate.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const COUNT = Number(process.env["GRADUS_FUZZ"] ?? "60");
const MOST_MS = 2000;
const MOST_BYTES = 300e6;
/** By the clock, on a busy machine. */
const HANGS_AFTER_MS = 15_000;
const ENTRY = fileURLToPath(new URL("../helpers/fuzz-process.ts", import.meta.url));
const root = temporaryFolder();

/** Readers that the application runs in a process of its own: what they do there is a refusal. */
const CONTAINED: Readonly<Record<string, (file: string) => Promise<void>>> = {
  jsonl: (file) => drained(readRows(file, "jsonl").rows),
  json: (file) => drained(readRows(file, "json").rows),
  csv: (file) => drained(readRows(file, "csv").rows),
  parquet: (file) => drained(readRows(file, "parquet").rows),
  gguf: (file) => runModelFileWork({ kind: "import", file, folder: join(root, "contained") }),
};

let child: ChildProcess | undefined;
afterAll(() => child?.kill("SIGKILL"));

async function drained(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const row of rows) if (row === undefined) return;
}

async function started(): Promise<ChildProcess> {
  if (child?.connected === true) return child;
  child = fork(ENTRY, [], { execArgv: ["--disable-warning=ExperimentalWarning"], stdio: "ignore" });
  await once(child, "message");
  return child;
}

/** undefined where the reader came to no end, or ended its process. */
async function tried(reader: string, file: string): Promise<FuzzOutcome | undefined> {
  const process = await started();
  const { promise, resolve } = Promise.withResolvers<FuzzOutcome | undefined>();
  const timer = setTimeout(() => {
    resolve(undefined);
  }, HANGS_AFTER_MS);
  const answered = (raw: unknown): void => {
    resolve(FuzzOutcome.parse(raw));
  };
  const gone = (): void => {
    resolve(undefined);
  };
  process.once("message", answered);
  process.once("exit", gone);
  process.send({ reader, file });
  const outcome = await promise;
  clearTimeout(timer);
  process.off("message", answered);
  process.off("exit", gone);
  if (outcome === undefined) process.kill("SIGKILL");
  if (outcome === undefined) child = undefined;
  return outcome;
}

/** What the application makes of a file that its reader cannot take; undefined where that is right. */
async function faultOf(
  reader: string,
  file: string,
  outcome: FuzzOutcome | undefined,
): Promise<string | undefined> {
  const contained = CONTAINED[reader];
  if (contained !== undefined) {
    try {
      await contained(file);
      return undefined;
    } catch (error) {
      return error instanceof AppError ? undefined : String(error);
    }
  }
  if (outcome === undefined) return "no end";
  if (outcome.kind === "bug") return outcome.said;
  return outcome.ms > MOST_MS ? `${outcome.ms} ms` : `${outcome.bytes} bytes`;
}

const chosen = process.env["GRADUS_FUZZ_READER"];
const names = Object.keys(READERS).filter((name) => chosen === undefined || name === chosen);

test.each(names)(
  "%s: damaged files are read or refused, and nothing else",
  async (name) => {
    const reader = READERS[name];
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    const files = (reader?.prepare(folder) ?? []).map((file) => ({
      file,
      whole: readFileSync(file),
    }));
    const random = new Random(Buffer.from(name).reduce((sum, letter) => sum * 31 + letter, 7));
    const counts = { read: 0, refused: 0, contained: 0, slowestMs: 0, mostBytes: 0 };
    const faults: string[] = [];
    for (const { file } of files) {
      expect(await tried(name, file), `${name}: the sound file`).toMatchObject({ kind: "read" });
    }
    for (let i = 0; i < COUNT; i++) {
      const { file, whole } = files[i % files.length] ?? { file: "", whole: Buffer.alloc(0) };
      writeFileSync(file, mutate(whole, random));
      const outcome = await tried(name, file);
      counts.slowestMs = Math.max(counts.slowestMs, outcome?.ms ?? 0);
      counts.mostBytes = Math.max(counts.mostBytes, outcome?.bytes ?? 0);
      const sound =
        outcome !== undefined &&
        outcome.kind !== "bug" &&
        outcome.ms <= MOST_MS &&
        outcome.bytes <= MOST_BYTES;
      if (sound) counts[outcome.kind === "read" ? "read" : "refused"] += 1;
      else {
        const fault = await faultOf(name, file, outcome);
        if (fault === undefined) counts.contained += 1;
        else {
          faults.push(`${i}: ${fault}`);
          const kept = process.env["GRADUS_FUZZ_KEEP"];
          if (kept !== undefined) writeFileSync(join(kept, `${name}-${i}`), readFileSync(file));
        }
      }
      writeFileSync(file, whole);
    }
    if (process.env["GRADUS_FUZZ"] !== undefined) {
      console.log(`${name}: ${COUNT} files, ${JSON.stringify(counts)}`);
    }
    expect(faults.slice(0, 5)).toEqual([]);
  },
  3_600_000,
);
