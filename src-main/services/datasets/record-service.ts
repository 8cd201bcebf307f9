/** Records: pages of them, and every edit of theirs. */
import { userInfo } from "node:os";
import { AppError } from "#shared/errors.ts";
import { RecordId } from "#shared/schema/dataset.ts";
import type {
  DatasetId,
  DatasetRecord,
  RecordFacts,
  RecordMessages,
  RecordRow,
  RecordStatus,
} from "#shared/schema/dataset.ts";
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type { Edit } from "#shared/schema/edit.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { rangesOf } from "#main/store/id-ranges.ts";
import type { PreparedRecord } from "#main/store/records/prepared-record.ts";
import type { RecordChange } from "#main/store/records/record-changes.ts";
import type { ReviewKind } from "#main/store/repositories/review-repository.ts";
import type { Store } from "#main/store/store.ts";
import type { EditJournal } from "../workspace/edit-journal.ts";
import { detailChanges, detailsToChange, detailVerb } from "./record-details.ts";
import type { DetailChange } from "./record-details.ts";
import type { KnownBenchmarks } from "../benchmarks/known-benchmarks.ts";
import { changesByValue, recordsText, scopeOf } from "./record-edits.ts";
import type { RecordPens } from "./record-edits.ts";
import { filterOf, soleId } from "./targets.ts";

export interface RecordServiceDeps {
  readonly store: Store;
  readonly journal: EditJournal;
  readonly pens: RecordPens;
  readonly benchmarks: KnownBenchmarks;
  readonly now: () => number;
}

export interface Edited {
  readonly edit: Edit | null;
  readonly changed: number;
}

const VERBS: { readonly [Status in RecordStatus]: string } = {
  accepted: "accept",
  rejected: "reject",
  flagged: "flag",
  pending: "put back to pending:",
};

export class RecordService {
  readonly #deps: RecordServiceDeps;

  constructor(deps: RecordServiceDeps) {
    this.#deps = deps;
  }

  /** Rows around an index or a record of the filtered list. Throws NOT_FOUND. */
  page(input: {
    readonly datasetId: DatasetId;
    readonly filter: RecordFilter;
    readonly at: { readonly index: number } | { readonly recordId: RecordId };
    readonly before: number;
    readonly limit: number;
  }): { total: number; offset: number; index: number; rows: RecordRow[] } {
    const { records, datasets } = this.#deps.store;
    const { datasetId, filter } = input;
    datasets.nameOf(datasetId);
    const total = records.count(datasetId, filter);
    const index =
      "index" in input.at
        ? Math.min(input.at.index, Math.max(0, total - 1))
        : records.countBefore(datasetId, filter, records.get(input.at.recordId).position);
    const offset = Math.max(0, index - input.before);
    return { total, offset, index, rows: records.rows(datasetId, filter, offset, input.limit) };
  }

  /** Verdicts on a text that is not saved. */
  check(recordId: RecordId, messages: RecordMessages): RecordFacts {
    const { store, benchmarks } = this.#deps;
    const record = store.records.get(recordId);
    const { facts, fingerprint, contamination } = benchmarks.measure(messages, record.reference);
    const of = { id: recordId, datasetId: record.datasetId };
    return { ...facts, ...store.records.duplicates(of, fingerprint), contamination };
  }

  /** New records at the end, as one edit. Throws NOT_FOUND. */
  add(
    datasetId: DatasetId,
    records: readonly PreparedRecord[],
    author: string,
    label: string,
  ): { edit: Edit; ids: RecordId[] } {
    const { store, pens, now } = this.#deps;
    store.datasets.nameOf(datasetId);
    return store.transaction(() => {
      const ids = store.recordWriter.stage(datasetId, records, author, now());
      const ranges = rangesOf(ids);
      const edit = pens.records.write({
        scope: scopeOf(datasetId),
        label,
        forward: { datasetId, changes: [{ set: "deleted", ids: ranges, value: false }] },
        inverse: { datasetId, changes: [{ set: "deleted", ids: ranges, value: true }] },
      });
      return { edit, ids: ids.map((id) => RecordId.parse(id)) };
    });
  }

  setStatus(input: {
    readonly datasetId: DatasetId;
    readonly target: RecordTarget;
    readonly status: RecordStatus;
    readonly reviewer?: string | undefined;
    readonly key?: string | undefined;
  }): Edited {
    const { store, journal } = this.#deps;
    const { datasetId, target, status, key } = input;
    store.datasets.nameOf(datasetId);
    const before = journal.doneBefore(key);
    if (before !== undefined) return { edit: before, changed: 0 };
    const sole = soleId(target);
    const rows = store.records.values(
      datasetId,
      [...filterOf(target), { field: "status", values: [status], not: true }],
      "status",
    );
    if (sole !== undefined && rows.length > 0) this.review(datasetId, sole, status, input.reviewer);
    return this.#write(datasetId, rows.length, `${VERBS[status]} ${this.#text(rows)}`, key, {
      forward: [{ set: "status", ids: rangesOf(rows.map(({ id }) => id)), value: status }],
      inverse: statusChanges(rows),
    });
  }

  setTags(input: {
    readonly datasetId: DatasetId;
    readonly target: RecordTarget;
    readonly add: readonly string[];
    readonly remove: readonly string[];
    readonly key?: string | undefined;
  }): Edited {
    const { store, journal } = this.#deps;
    const { datasetId, key } = input;
    store.datasets.nameOf(datasetId);
    const before = journal.doneBefore(key);
    if (before !== undefined) return { edit: before, changed: 0 };
    const filter = filterOf(input.target);
    const changed = new Set<number>();
    const forward = [
      ...input.add.map((tag) => ({ tag, value: true })),
      ...input.remove.map((tag) => ({ tag, value: false })),
    ].flatMap(({ tag, value }): RecordChange[] => {
      const ids = store.records
        .ids(datasetId, [...filter, { field: "tag", values: [tag], not: value }])
        .sort((a, b) => a - b);
      for (const id of ids) changed.add(id);
      return ids.length === 0 ? [] : [{ set: "tag", ids: rangesOf(ids), tag, value }];
    });
    const what = [
      ...input.add.map((tag) => `tag ${tag}`),
      ...input.remove.map((tag) => `untag ${tag}`),
    ];
    const rows = [...changed].map((id) => ({ id }));
    return this.#write(datasetId, changed.size, `${what.join(", ")} on ${this.#text(rows)}`, key, {
      forward,
      inverse: forward
        .map((change) => (change.set === "tag" ? { ...change, value: !change.value } : change))
        .reverse(),
    });
  }

  /** Right answer, tags and metadata of one record, as one edit. Throws NOT_FOUND. */
  setDetails(input: {
    readonly recordId: RecordId;
    readonly gold?: string | null | undefined;
    readonly tags?: readonly string[] | undefined;
    readonly metadata: readonly { readonly key: string; readonly value: string | null }[];
    readonly reviewer?: string | undefined;
    readonly key?: string | undefined;
  }): Edited & { readonly record: DatasetRecord } {
    const { store, journal } = this.#deps;
    const { recordId, gold, key } = input;
    const { datasetId, position, tags } = store.records.get(recordId);
    const before = journal.doneBefore(key);
    if (before !== undefined) {
      return { edit: before, changed: 0, record: store.records.get(recordId) };
    }
    const wanted = input.tags ?? tags;
    const changes = [
      ...(gold === undefined ? [] : [{ set: "gold", value: gold } as const]),
      ...input.metadata.map((one) => ({ set: "metadata", ...one }) as const),
    ].map((change) =>
      detailChanges(
        detailsToChange(store, datasetId, [{ field: "id", values: [recordId] }], change),
        change,
      ),
    );
    const tagged = [
      ...wanted.filter((tag) => !tags.includes(tag)).map((tag) => ({ tag, value: true })),
      ...tags.filter((tag) => !wanted.includes(tag)).map((tag) => ({ tag, value: false })),
    ].map((change) => ({ set: "tag" as const, ids: rangesOf([recordId]), ...change }));
    const forward = [...changes.flatMap((one) => one.forward), ...tagged];
    const label = `change what record ${position.toLocaleString("en-US")} carries`;
    const edited = this.#write(datasetId, forward.length === 0 ? 0 : 1, label, key, {
      forward,
      inverse: [
        ...changes.flatMap((one) => one.inverse),
        ...tagged.map((one) => ({ ...one, value: !one.value })),
      ],
    });
    if (edited.edit !== null) this.review(datasetId, recordId, "edit", input.reviewer);
    return { ...edited, record: store.records.get(recordId) };
  }

  /** One thing that many records carry, as one edit. Throws NOT_FOUND. */
  setDetail(datasetId: DatasetId, target: RecordTarget, change: DetailChange): Edited {
    const { store } = this.#deps;
    store.datasets.nameOf(datasetId);
    const rows = detailsToChange(store, datasetId, filterOf(target), change);
    const label = `${detailVerb(change)} ${this.#text(rows)}`;
    return this.#write(datasetId, rows.length, label, undefined, detailChanges(rows, change));
  }

  delete(datasetId: DatasetId, target: RecordTarget): Edited {
    const { store } = this.#deps;
    store.datasets.nameOf(datasetId);
    const ids = store.records.ids(datasetId, filterOf(target)).sort((a, b) => a - b);
    const rows = ids.map((id) => ({ id }));
    return this.#write(datasetId, ids.length, `delete ${this.#text(rows)}`, undefined, {
      forward: [{ set: "deleted", ids: rangesOf(ids), value: true }],
      inverse: [{ set: "deleted", ids: rangesOf(ids), value: false }],
    });
  }

  /** Throws NOT_FOUND, and CONFLICT where somebody else saved in between. */
  setText(input: {
    readonly recordId: RecordId;
    readonly messages: RecordMessages;
    readonly fromRevision: number;
    readonly status?: RecordStatus | undefined;
    readonly reviewer?: string | undefined;
    readonly key?: string | undefined;
  }): Edited & { readonly record: DatasetRecord } {
    const { store, journal, benchmarks, now } = this.#deps;
    const { recordId, messages, key } = input;
    const record = store.records.get(recordId);
    const before = journal.doneBefore(key);
    if (before !== undefined) return { edit: before, changed: 0, record };
    if (record.revision !== input.fromRevision) {
      throw new AppError(
        "CONFLICT",
        `Record ${record.position} was changed meanwhile: it is at revision ${record.revision}, the edit began at ${input.fromRevision}.`,
        "Look at the newer text, then save again on top of it.",
      );
    }
    const same = JSON.stringify(messages) === JSON.stringify(record.messages);
    const reviewer = input.reviewer ?? defaultReviewer();
    const edited = store.transaction(() => {
      const forward: RecordChange[] = [];
      const inverse: RecordChange[] = [];
      const ids = rangesOf([recordId]);
      if (!same) {
        const text = benchmarks.measure(messages, record.reference);
        const parent = record.revision;
        const number = store.recordWriter.addRevision(recordId, parent, reviewer, now(), text);
        forward.push({ set: "revision", ids, value: number });
        inverse.push({ set: "revision", ids, value: parent });
      }
      if (input.status !== undefined && input.status !== record.status) {
        forward.push({ set: "status", ids, value: input.status });
        inverse.push({ set: "status", ids, value: record.status });
      }
      const verb = input.status === undefined || same ? "" : ` and ${VERBS[input.status]}`;
      const label = `${same ? VERBS[input.status ?? record.status] : `edit${verb}`} record ${record.position.toLocaleString("en-US")}`;
      return this.#write(record.datasetId, forward.length === 0 ? 0 : 1, label, key, {
        forward,
        inverse,
      });
    });
    if (!same) this.review(record.datasetId, recordId, "edit", reviewer);
    if (input.status !== undefined && input.status !== record.status) {
      this.review(record.datasetId, recordId, input.status, reviewer);
    }
    return { ...edited, record: store.records.get(recordId) };
  }

  /** Throws NOT_FOUND where the record or the revision is not there. */
  restore(
    recordId: RecordId,
    revision: number,
    reviewer: string | undefined,
  ): Edited & { readonly record: DatasetRecord } {
    const { store } = this.#deps;
    const record = store.records.get(recordId);
    if (!record.revisions.some(({ number }) => number === revision)) {
      throw new AppError("NOT_FOUND", `Record ${record.position} has no revision ${revision}.`);
    }
    const ids = rangesOf([recordId]);
    const edited = this.#write(
      record.datasetId,
      revision === record.revision ? 0 : 1,
      `restore revision ${revision} of record ${record.position.toLocaleString("en-US")}`,
      undefined,
      {
        forward: [{ set: "revision", ids, value: revision }],
        inverse: [{ set: "revision", ids, value: record.revision }],
      },
    );
    if (edited.edit !== null) this.review(record.datasetId, recordId, "edit", reviewer);
    return { ...edited, record: store.records.get(recordId) };
  }

  /** Puts new revisions in force and changes statuses, as one edit. For bulk actions. */
  changeMany(
    datasetId: DatasetId,
    label: string,
    changes: { readonly forward: RecordChange[]; readonly inverse: RecordChange[] },
    changed: number,
  ): Edited {
    return this.#write(datasetId, changed, label, undefined, changes);
  }

  /** Notes that a reviewer did something to a record; the time since the last is measured. */
  review(
    datasetId: DatasetId,
    recordId: number,
    kind: ReviewKind,
    reviewer: string | undefined,
  ): void {
    const { store, now } = this.#deps;
    store.transaction(() => {
      store.reviews.add(
        { datasetId, recordId, kind, reviewer: reviewer ?? defaultReviewer(), timeMs: now() },
        store.settings.get().prices.humanUsdPerHour,
      );
    });
  }

  #write(
    datasetId: DatasetId,
    changed: number,
    label: string,
    key: string | undefined,
    changes: { readonly forward: RecordChange[]; readonly inverse: RecordChange[] },
  ): Edited {
    if (changed === 0) return { edit: null, changed };
    const edit = this.#deps.pens.records.write({
      scope: scopeOf(datasetId),
      label,
      key,
      forward: { datasetId, changes: changes.forward },
      inverse: { datasetId, changes: changes.inverse },
    });
    return { edit, changed };
  }

  #text(rows: readonly { readonly id: number }[]): string {
    const [first] = rows;
    if (rows.length !== 1 || first === undefined) return recordsText(rows.length, undefined);
    return recordsText(1, this.#deps.store.records.positionOf(first.id));
  }
}

export function statusChanges(
  rows: readonly { readonly id: number; readonly value: string | number }[],
): RecordChange[] {
  return changesByValue(rows, (ids, value) => ({ set: "status", ids, value: statusOf(value) }));
}

function statusOf(value: string | number): RecordStatus {
  switch (value) {
    case "accepted":
    case "rejected":
    case "flagged":
      return value;
    default:
      return "pending";
  }
}

/** The machine's user: whoever reviews without a name. */
function defaultReviewer(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return "reviewer";
  }
}
