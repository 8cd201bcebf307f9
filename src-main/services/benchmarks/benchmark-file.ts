/** An imported benchmark's problems as a stage reads them: a file in the run's folder, made from the store. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchmarkRepository } from "#main/store/repositories/benchmark-repository.ts";

export const BENCHMARK_FILE = "problems.jsonl";

/** Gives the file. Throws NOT_FOUND where the benchmark is not in the store. */
export function writeBenchmark(
  benchmarks: BenchmarkRepository,
  id: string,
  folder: string,
): string {
  const { problems, instruction } = benchmarks.get(id);
  const lines = benchmarks
    .items(id, { offset: 0, limit: problems })
    .map(({ problem, answer, difficulty }) =>
      JSON.stringify({
        id: problemHash(problem),
        prompt: promptOf(problem, instruction),
        gold: answer,
        difficulty,
      }),
    );
  mkdirSync(folder, { recursive: true });
  const file = join(folder, BENCHMARK_FILE);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

/** What a model is asked, problem by problem. Throws NOT_FOUND where the benchmark is not in the store. */
export function promptsOf(benchmarks: BenchmarkRepository, id: string): string[] {
  const { problems, instruction } = benchmarks.get(id);
  return benchmarks
    .items(id, { offset: 0, limit: problems })
    .map(({ problem }) => promptOf(problem, instruction));
}

export function promptOf(problem: string, instruction: string): string {
  return instruction === "" ? problem : `${problem}\n\n${instruction}`;
}

/** Names a problem by its content: two benchmarks of the same set pair, whatever the order. */
export function problemHash(problem: string): string {
  return createHash("sha256").update(problem).digest("hex").slice(0, 16);
}
