/**
 * Checks of data against models, each done once: kept by what the data and the tokenizer are, in memory and in the
 * workspace's cache. A check that nobody waits for any more goes on for a moment, since edits of a recipe come in a row.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { checkData, DataReport } from "#main/processes/reading/data-check.ts";
import type { DataCheckWork } from "#main/processes/reading/data-check.ts";

/** Grows when what is looked at changes. */
const CHECK_VERSION = 2;
const KEPT = 50;
const LET_GO_AFTER_MS = 10_000;

export interface DataProgress {
  readonly done: number;
  readonly total: number;
}

interface Running {
  readonly report: Promise<DataReport>;
  readonly abort: AbortController;
  waiting: number;
  progress: DataProgress;
  /** Resolved at every news, then a new one. */
  news: PromiseWithResolvers<undefined>;
}

export class DataChecks {
  readonly #folder: string;
  readonly #known = new LRUCache<string, DataReport>({ max: KEPT });
  readonly #running = new Map<string, Running>();

  /** @param cacheFolder of the workspace */
  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, "data-checks");
  }

  /**
   * Yields how far it is, then returns what was found.
   * @param identity of the data, the tokenizer and what else decides the result
   * @throws AppError where the tokenizer cannot be opened; the signal's reason
   */
  async *report(
    identity: readonly string[],
    work: () => DataCheckWork,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<DataProgress, DataReport> {
    const key = createHash("sha256")
      .update(JSON.stringify([CHECK_VERSION, ...identity]))
      .digest("hex");
    const known = this.#known.get(key) ?? this.#read(key);
    if (known !== undefined) {
      this.#known.set(key, known);
      return known;
    }
    const running = this.#running.get(key) ?? this.#start(key, work());
    running.waiting += 1;
    const stop = Promise.withResolvers<undefined>();
    const onAbort = (): void => stop.resolve(undefined);
    signal?.addEventListener("abort", onAbort);
    try {
      for (;;) {
        signal?.throwIfAborted();
        yield running.progress;
        const report = await Promise.race([running.report, running.news.promise, stop.promise]);
        if (report !== undefined) return report;
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      running.waiting -= 1;
      if (running.waiting === 0) this.#letGoSoon(running);
    }
  }

  close(): void {
    for (const { abort } of this.#running.values()) abort.abort();
  }

  #start(key: string, work: DataCheckWork): Running {
    const abort = new AbortController();
    const running: Running = {
      report: checkData(work, {
        signal: abort.signal,
        onProgress: (done, total) => {
          running.progress = { done, total };
          running.news.resolve(undefined);
          running.news = Promise.withResolvers();
        },
      }).then((report) => {
        this.#known.set(key, report);
        this.#write(key, report);
        return report;
      }),
      abort,
      waiting: 0,
      progress: { done: 0, total: 0 },
      news: Promise.withResolvers(),
    };
    this.#running.set(key, running);
    const forget = (): void => {
      this.#running.delete(key);
    };
    running.report.then(forget, forget);
    return running;
  }

  #letGoSoon(running: Running): void {
    setTimeout(() => {
      if (running.waiting === 0) running.abort.abort();
    }, LET_GO_AFTER_MS).unref();
  }

  #read(key: string): DataReport | undefined {
    try {
      return DataReport.parse(JSON.parse(readFileSync(this.#file(key), "utf8")));
    } catch {
      // Not there, or of another time: it is looked at again.
      return undefined;
    }
  }

  #write(key: string, report: DataReport): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      const file = this.#file(key);
      writeFileSync(`${file}.part`, JSON.stringify(report));
      renameSync(`${file}.part`, file);
    } catch {
      // A cache that cannot be written is only slower.
    }
  }

  #file(key: string): string {
    return join(this.#folder, `${key.slice(0, 32)}.json`);
  }
}
