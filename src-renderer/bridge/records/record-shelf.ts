/** What the window has of records by id, those that were not looked at for longest forgotten first; each is asked for once at a time. */
import { LRUCache } from "lru-cache";
import type { RecordId } from "#shared/schema/dataset.ts";

export class RecordShelf<T extends object> {
  readonly #values: LRUCache<RecordId, T>;
  readonly #asked = new Set<RecordId>();
  readonly #stale = new Set<RecordId>();
  /** Asked for, and not there. */
  readonly #missing = new Set<RecordId>();

  constructor(kept: number) {
    this.#values = new LRUCache({ max: kept });
  }

  get(id: RecordId): T | undefined {
    return this.#values.get(id);
  }

  put(id: RecordId, value: T): void {
    this.#values.set(id, value);
    this.#stale.delete(id);
    this.#missing.delete(id);
  }

  isMissing(id: RecordId): boolean {
    return this.#missing.has(id);
  }

  miss(id: RecordId): void {
    this.#values.delete(id);
    this.#stale.delete(id);
    this.#missing.add(id);
  }

  /** Of these, what has to be asked for; it counts as asked from now on. */
  take(ids: readonly RecordId[]): RecordId[] {
    const wanted = ids.filter(
      (id) =>
        !this.#asked.has(id) &&
        !this.#missing.has(id) &&
        (!this.#values.has(id) || this.#stale.has(id)),
    );
    for (const id of wanted) this.#asked.add(id);
    return wanted;
  }

  answered(ids: readonly RecordId[]): void {
    for (const id of ids) this.#asked.delete(id);
  }

  /** Shown until the new value is there. `null`: all are. */
  markStale(ids: readonly RecordId[] | null): void {
    for (const id of ids ?? this.#values.keys()) if (this.#values.has(id)) this.#stale.add(id);
    if (ids === null) this.#missing.clear();
    else for (const id of ids) this.#missing.delete(id);
  }
}
