/** Datasets as the contract has them: made, renamed, filled from files, measured again, written out. */
import { randomUUID } from "node:crypto";
import { isAbsolute, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type { DatasetFile } from "#shared/contract/datasets.ts";
import type {
  BadRow,
  DatasetId,
  DatasetJob,
  DatasetShape,
  DatasetSummary,
  ImportMapping,
  ReasoningForm,
  RecordStatus,
} from "#shared/schema/dataset.ts";
import { diskSpace } from "#main/platform/machine.ts";
import { rangesOf } from "#main/store/id-ranges.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import type { Store } from "#main/store/store.ts";
import type { EditJournal } from "../workspace/edit-journal.ts";
import type { LiveEvents } from "../workspace/live-events.ts";
import { DatasetJobs } from "./dataset-jobs.ts";
import { exportRecords, writeDatasetInfo } from "./export-file.ts";
import type { Exported } from "./export-file.ts";
import { importSource, saidByName } from "./import-source.ts";
import { BAD_ROWS_KEPT, inspectFile, stageFile } from "./import-file.ts";
import type { Inspection } from "./import-file.ts";
import { KnownBenchmarks } from "../benchmarks/known-benchmarks.ts";
import { recordsText, registerRecordEdits, scopeOf } from "./record-edits.ts";
import type { RecordPens } from "./record-edits.ts";
import { RecordService } from "./record-service.ts";
import type { Edited } from "./record-service.ts";
import { filterOf } from "./targets.ts";
import { Uploads } from "./uploads.ts";
import { VersionService } from "./version-service.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** Records measured between two turns of the host's other work. */
const MEASURED_AT_ONCE = 50;
const STAGED_AT_ONCE = 500;
const TAKE_AWAY_AGAIN_MS = 2000;

export type Into = { readonly datasetId: DatasetId } | { readonly name: string };

export class DatasetService {
  readonly records: RecordService;
  readonly versions: VersionService;
  readonly jobs: DatasetJobs;
  readonly uploads: Uploads;
  readonly benchmarks: KnownBenchmarks;
  readonly #store: Store;
  readonly #live: LiveEvents;
  readonly #pens: RecordPens;
  readonly #now: () => number;
  readonly #workspace: string;
  #closed = false;
  readonly #badRows = new Map<string, BadRow[]>();

  constructor(deps: {
    readonly store: Store;
    readonly live: LiveEvents;
    readonly journal: EditJournal;
    readonly workspace: string;
    readonly now: () => number;
    readonly reportBug: (error: unknown) => void;
  }) {
    const { store, live, journal, now, reportBug } = deps;
    this.#store = store;
    this.#live = live;
    this.#now = now;
    this.#workspace = deps.workspace;
    this.#pens = registerRecordEdits(journal, store, now);
    this.benchmarks = new KnownBenchmarks(store, live);
    this.records = new RecordService({
      store,
      journal,
      pens: this.#pens,
      benchmarks: this.benchmarks,
      now,
    });
    const folder = join(deps.workspace, "datasets");
    this.versions = new VersionService({ store, live, folder, now });
    this.jobs = new DatasetJobs({ live, now, reportBug });
    this.uploads = new Uploads(join(deps.workspace, "uploads"));
  }

  /** Ends all work on datasets. */
  async close(): Promise<void> {
    await this.jobs.close();
    this.#closed = true;
  }

  /** What an earlier host did not bring to its end is removed. */
  recover(): void {
    this.uploads.clear();
    this.#dropStaged(undefined);
    this.#store.transaction(() => {
      this.#store.datasets.dropUnborn();
    });
  }

  list(): DatasetSummary[] {
    return this.#store.datasets.list(this.benchmarks.hash);
  }

  /** Throws NOT_FOUND. */
  get(id: DatasetId): DatasetSummary {
    return this.#store.datasets.get(id, this.benchmarks.hash);
  }

  /** Throws CONFLICT where the name is taken. */
  create(name: string, forTour = false): DatasetSummary {
    const id = this.#appear(this.#prepare(name, forTour), `create dataset ${name}`, []);
    return this.get(id);
  }

  /** Throws NOT_FOUND, CONFLICT. */
  rename(id: DatasetId, name: string): DatasetSummary {
    const before = this.#store.datasets.nameOf(id);
    if (before !== name) {
      this.#pens.dataset.write({
        scope: scopeOf(id),
        label: `rename ${before} to ${name}`,
        forward: { datasetId: id, name, changes: [] },
        inverse: { datasetId: id, name: before, changes: [] },
      });
    }
    return this.get(id);
  }

  /** Throws NOT_FOUND. */
  /** @param forGood nothing of it can be undone */
  delete(id: DatasetId, forGood = false): Edited {
    const { name, records } = this.get(id);
    if (forGood) {
      this.#store.transaction(() => {
        this.#store.datasets.setDeleted(id, this.#now());
        this.#store.edits.forget(scopeOf(id));
      });
      this.#live.publish([
        { type: "dataset", datasetId: id, recordIds: null },
        { type: "edits", scope: scopeOf(id), state: this.#store.edits.state(scopeOf(id)) },
      ]);
      return { edit: null, changed: records };
    }
    const edit = this.#pens.dataset.write({
      scope: scopeOf(id),
      label: `delete dataset ${name}`,
      forward: { datasetId: id, deletedAtMs: this.#now(), changes: [] },
      inverse: { datasetId: id, deletedAtMs: null, changes: [] },
    });
    return { edit, changed: records };
  }

  /** Measures every record again, duplicates among them anew. Throws NOT_FOUND, CONFLICT. */
  refresh(id: DatasetId): DatasetJob {
    const { name, records: total } = this.get(id);
    if (this.jobs.list(id).some(({ kind, state }) => kind === "refresh" && state === "running")) {
      throw new AppError("CONFLICT", `${name} is being measured already.`);
    }
    return this.jobs.start(
      {
        id: randomUUID(),
        kind: "refresh",
        datasetId: id,
        title: name,
        phase: "measuring",
        unit: "records",
        total,
      },
      async (control) => {
        this.benchmarks.forget();
        this.#store.transaction(() => {
          this.#store.recordWriter.clearDuplicates(id);
        });
        let done = 0;
        let batch: RecordText[] = [];
        const flush = async (): Promise<void> => {
          const texts = batch;
          batch = [];
          this.#store.transaction(() => {
            const still = this.#store.records.revisionsInForce(texts.map(({ id }) => id));
            for (const text of texts) {
              if (still.get(text.id) !== text.revision) continue;
              const measured = this.benchmarks.measure(text.messages, text.reference);
              this.#store.recordWriter.remeasure(id, text.id, text.revision, measured);
            }
          });
          done += texts.length;
          control.update({ done });
          await setImmediate();
          control.signal.throwIfAborted();
        };
        for (const text of this.#store.records.texts(id, [])) {
          batch.push(text);
          if (batch.length >= MEASURED_AT_ONCE) await flush();
        }
        await flush();
        this.#changed(id);
      },
    );
  }

  async inspect(
    file: DatasetFile,
    options: {
      readonly format?: DatasetFormat | undefined;
      readonly mapping?: ImportMapping | undefined;
    },
    rows: number,
  ): Promise<Inspection> {
    const source = importSource(file, this.#store, this.uploads);
    const { path, name } = source;
    const seen = await saidByName(source, () => inspectFile({ path, ...options }, rows));
    return { ...seen, name };
  }

  /** Throws NOT_FOUND, CONFLICT where the new dataset's name is taken; the rest stands in the job. */
  startImport(input: {
    readonly file: DatasetFile;
    readonly format?: DatasetFormat | undefined;
    readonly mapping?: ImportMapping | undefined;
    readonly into: Into;
    readonly skipBad: boolean;
    readonly status: RecordStatus;
  }): DatasetJob {
    const source = importSource(input.file, this.#store, this.uploads);
    const { name } = source;
    const isNew = "name" in input.into;
    const datasetId = this.#into(input.into);
    const id = randomUUID();
    const badRows: BadRow[] = [];
    this.#badRows.set(id, badRows);
    return this.jobs.start(
      { id, kind: "import", datasetId, title: name, phase: "checking", unit: "bytes" },
      async (control) => {
        try {
          const deps = {
            store: this.#store,
            benchmarks: this.benchmarks,
            now: this.#now,
            freeBytes: () => diskSpace(this.#workspace).freeBytes,
          };
          const onBad = (row: BadRow): void => {
            if (badRows.length < BAD_ROWS_KEPT) badRows.push(row);
          };
          const ids = await saidByName(source, () =>
            stageFile(deps, control, { ...input, ...source, datasetId, onBad }),
          );
          if (ids.length === 0) {
            throw new AppError("BAD_INPUT", `${name} holds no row that can come in.`);
          }
          const label = `import ${recordsText(ids.length, undefined)} from ${name}`;
          if (isNew) this.#appear(datasetId, label, ids);
          else this.writeArrival(datasetId, label, ids);
        } catch (error) {
          this.#takeAway(datasetId);
          throw error;
        }
        if ("uploadId" in input.file) this.uploads.remove(input.file.uploadId);
      },
    );
  }

  badRows(jobId: string, offset: number, limit: number): { total: number; rows: BadRow[] } {
    const { bad } = this.jobs.get(jobId);
    const rows = this.#badRows.get(jobId) ?? [];
    return { total: bad, rows: rows.slice(offset, offset + limit) };
  }

  /** Throws NOT_FOUND, CONFLICT, DISK_FULL, BAD_INPUT where the path is relative. */
  async export(input: {
    readonly datasetId: DatasetId;
    readonly target: RecordTarget | { readonly version: number };
    readonly format: DatasetFormat;
    readonly shape: DatasetShape;
    readonly reasoning: ReasoningForm;
    readonly path: string;
    readonly overwrite: boolean;
    readonly datasetInfo: boolean;
  }): Promise<Exported & { datasetInfo: string | null }> {
    const { datasetId, target } = input;
    if (!isAbsolute(input.path)) {
      throw new AppError(
        "BAD_INPUT",
        `${input.path} does not say where it lies.`,
        "Give the whole path.",
      );
    }
    const name = this.#store.datasets.nameOf(datasetId);
    const texts = (): Iterable<RecordText> =>
      "version" in target
        ? this.versions.texts({ datasetId, version: target.version })
        : this.#store.records.texts(datasetId, filterOf(target));
    const written = await exportRecords(texts, { ...input, path: resolve(input.path) });
    return {
      ...written,
      datasetInfo: input.datasetInfo ? writeDatasetInfo(name, written.path, input.shape) : null,
    };
  }

  /** Records come into a dataset that is there, as one edit. */
  writeArrival(datasetId: DatasetId, label: string, ids: readonly number[]): void {
    const ranges = rangesOf(ids);
    this.#pens.records.write({
      scope: scopeOf(datasetId),
      label,
      forward: { datasetId, changes: [{ set: "deleted", ids: ranges, value: false }] },
      inverse: { datasetId, changes: [{ set: "deleted", ids: ranges, value: true }] },
    });
  }

  /** A dataset that is there, or one that waits for its first records. Throws NOT_FOUND, CONFLICT. */
  #into(into: Into): DatasetId {
    if ("name" in into) return this.#prepare(into.name);
    const name = this.#store.datasets.nameOf(into.datasetId);
    const filling = this.jobs
      .list(into.datasetId)
      .some(({ kind, state }) => kind === "import" && state === "running");
    if (filling) {
      throw new AppError(
        "CONFLICT",
        `Another file is being imported into ${name}.`,
        "Wait for it, or cancel it.",
      );
    }
    return into.datasetId;
  }

  /** A new dataset that nobody sees yet. Throws CONFLICT. */
  #prepare(name: string, forTour = false): DatasetId {
    this.#store.datasets.requireFree(name);
    return this.#store.transaction(() => this.#store.datasets.insert(name, this.#now(), forTour));
  }

  #appear(datasetId: DatasetId, label: string, ids: readonly number[]): DatasetId {
    const changes = (value: boolean) =>
      ids.length === 0 ? [] : [{ set: "deleted" as const, ids: rangesOf(ids), value }];
    this.#pens.dataset.write({
      scope: scopeOf(datasetId),
      label,
      forward: { datasetId, deletedAtMs: null, changes: changes(false) },
      inverse: { datasetId, deletedAtMs: this.#now(), changes: changes(true) },
    });
    return datasetId;
  }

  #dropStaged(datasetId: DatasetId | undefined): void {
    let dropped: number;
    do {
      dropped = this.#store.transaction(() =>
        this.#store.recordWriter.dropStaged(datasetId, STAGED_AT_ONCE),
      );
    } while (dropped > 0);
  }

  /** What an import brought that did not come to its end. On a full disk even that waits for space: it is tried again. */
  #takeAway(datasetId: DatasetId): void {
    try {
      this.#dropStaged(datasetId);
      this.#store.transaction(() => {
        this.#store.datasets.dropUnborn(datasetId);
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "DISK_FULL") throw error;
      const again = setTimeout(() => {
        if (!this.#closed) this.#takeAway(datasetId);
      }, TAKE_AWAY_AGAIN_MS);
      again.unref();
    }
  }

  #changed(datasetId: DatasetId): void {
    this.#live.publish([{ type: "dataset", datasetId, recordIds: null }]);
  }
}
