/**
 * Records and rows of lists that the window has seen, by id, so that the next one is there before its key is pressed.
 * Asks for many at once, and again when the host says that they changed.
 */
import { createStore } from "zustand";
import type { DatasetId, DatasetRecord, RecordId, RecordRow } from "#shared/schema/dataset.ts";
import type { SystemLiveEvent } from "#shared/schema/live.ts";
import { host } from "../host.ts";
import { rowAfter, recordAfter } from "./outbox-entry.ts";
import type { RecordChange } from "./outbox-entry.ts";
import { RecordShelf } from "./record-shelf.ts";

const ROWS_KEPT = 20_000;
/** Records can be megabytes long. */
const RECORDS_KEPT = 60;
const ROWS_AT_ONCE = 200;
const RECORDS_AT_ONCE = 8;
/** Quick decisions are told one by one; what they touched is asked for again together. */
const QUIET_MS = 400;
/** A change that was sent twice is told once: nothing is expected for long. */
const ECHO_MS = 5000;

class RecordStore {
  readonly #rows = new RecordShelf<RecordRow>(ROWS_KEPT);
  readonly #records = new RecordShelf<DatasetRecord>(RECORDS_KEPT);
  /** Rises with every change. */
  readonly version = createStore(() => 0);
  /** Changed at the host and not asked for again yet; null: any may have. */
  #touched: Set<RecordId> | null = new Set();
  #timer: number | undefined;
  #echoes: readonly { readonly echo: string; readonly untilMs: number }[] = [];
  #flushedAtMs = Number.NEGATIVE_INFINITY;

  row(id: RecordId): RecordRow | undefined {
    return this.#rows.get(id);
  }

  record(id: RecordId): DatasetRecord | undefined {
    return this.#records.get(id);
  }

  /** The host has no such record, or not any more. */
  isGone(id: RecordId): boolean {
    return this.#records.isMissing(id);
  }

  /** Sees to it that these rows come, those that are old again too. */
  wantRows(datasetId: DatasetId, ids: readonly RecordId[]): void {
    const wanted = this.#rows.take(ids);
    for (let at = 0; at < wanted.length; at += ROWS_AT_ONCE)
      void this.#askRows(datasetId, wanted.slice(at, at + ROWS_AT_ONCE));
  }

  /** In the order of need. */
  wantRecords(ids: readonly RecordId[]): void {
    const wanted = this.#records.take(ids);
    const [first, ...others] = wanted;
    if (first === undefined) return;
    // The one that is looked at does not wait for its neighbours.
    void this.#askRecords([first]);
    for (let at = 0; at < others.length; at += RECORDS_AT_ONCE)
      void this.#askRecords(others.slice(at, at + RECORDS_AT_ONCE));
  }

  /** Rows that came with another answer. */
  putRows(rows: readonly RecordRow[]): void {
    for (const row of rows) this.#rows.put(row.id, row);
    this.#changed();
  }

  put(record: DatasetRecord): void {
    this.#records.put(record.id, record);
    this.#changed();
  }

  /** What the host has confirmed. */
  apply(change: RecordChange): void {
    for (const id of change.recordIds) {
      const row = this.#rows.get(id);
      if (row !== undefined) this.#rows.put(id, rowAfter(row, change));
      const record = this.#records.get(id);
      if (record !== undefined && change.kind !== "text")
        this.#records.put(id, recordAfter(record, change));
      if (change.kind === "text") this.#rows.markStale([id]);
    }
    this.#changed();
  }

  /**
   * The next news of exactly these records is this window's own change, which `apply` lays over what is
   * here. Gives the function that takes the expectation back, for a change that did not happen.
   */
  expectEcho(ids: readonly RecordId[]): () => void {
    const echo = ids.join();
    this.#echoes = [...this.#echoes, { echo, untilMs: performance.now() + ECHO_MS }];
    return () => this.#dropEcho(echo);
  }

  #dropEcho(echo: string): boolean {
    const now = performance.now();
    const found = this.#echoes.find((one) => one.echo === echo && one.untilMs > now);
    this.#echoes = this.#echoes.filter((one) => one !== found && one.untilMs > now);
    return found !== undefined;
  }

  /** Whoever shows a row or a record asks for it again when this tells. */
  readonly heard = (event: SystemLiveEvent): void => {
    if (event.type === "dataset" && this.#dropEcho(event.recordIds?.join() ?? "")) return;
    if (event.type === "snapshot" || (event.type === "dataset" && event.recordIds === null)) {
      this.#touched = null;
    } else if (event.type === "dataset") {
      for (const id of event.recordIds ?? []) this.#touched?.add(id);
    } else return;
    if (this.#timer !== undefined) return;
    const wait = this.#flushedAtMs + QUIET_MS - performance.now();
    if (wait <= 0) this.#flush();
    else this.#timer = window.setTimeout(() => this.#flush(), wait);
  };

  #flush(): void {
    const ids = this.#touched === null ? null : [...this.#touched];
    this.#touched = new Set();
    this.#timer = undefined;
    this.#flushedAtMs = performance.now();
    this.#rows.markStale(ids);
    this.#records.markStale(ids);
    this.#changed();
  }

  async #askRows(datasetId: DatasetId, ids: RecordId[]): Promise<void> {
    try {
      const { rows } = await host.datasets.records.page({
        datasetId,
        filter: [{ field: "id", values: ids }],
        limit: ROWS_AT_ONCE,
      });
      const found = new Set(rows.map(({ id }) => id));
      for (const row of rows) this.#rows.put(row.id, row);
      for (const id of ids) if (!found.has(id)) this.#rows.miss(id);
      this.#rows.answered(ids);
      this.#changed();
    } catch {
      // The list's own question says what is wrong; these are asked for again with the next one.
      this.#rows.answered(ids);
    }
  }

  async #askRecords(ids: RecordId[]): Promise<void> {
    try {
      const records = await host.datasets.records.getMany({ recordIds: ids });
      const found = new Set(records.map(({ id }) => id));
      for (const record of records) this.#records.put(record.id, record);
      for (const id of ids) if (!found.has(id)) this.#records.miss(id);
      this.#records.answered(ids);
      this.#changed();
    } catch {
      this.#records.answered(ids);
    }
  }

  #changed(): void {
    this.version.setState((version) => version + 1);
  }
}

export const recordStore = new RecordStore();
