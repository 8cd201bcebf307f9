/**
 * Bulk actions: what one would do (how many, some before and after), and doing it as one edit. Texts
 * are read and repaired a page at a time; the new revisions come into force together at the end.
 */
import { setImmediate } from "node:timers/promises";
import { assertNever } from "#shared/errors.ts";
import type { BulkAction, RecordTarget } from "#shared/contract/dataset-records.ts";
import { RecordId } from "#shared/schema/dataset.ts";
import type { DatasetId, RecordMessages } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { finalTurn, joinReasoning } from "#shared/schema/record-text.ts";
import { repaired } from "#main/core/curation/repair-text.ts";
import { rangesOf } from "#main/store/id-ranges.ts";
import type { MeasuredText } from "#main/store/records/prepared-record.ts";
import type { RecordChange } from "#main/store/records/record-changes.ts";
import type { ClusterMember, RecordText } from "#main/store/repositories/record-repository.ts";
import type { Store } from "#main/store/store.ts";
import type { KnownBenchmarks } from "../benchmarks/known-benchmarks.ts";
import { detailsToChange, detailText } from "./record-details.ts";
import type { DetailChange } from "./record-details.ts";
import { changesByValue, recordsText } from "./record-edits.ts";
import { statusChanges } from "./record-service.ts";
import type { Edited, RecordService } from "./record-service.ts";
import { filterOf } from "./targets.ts";

export interface BulkDeps {
  readonly store: Store;
  readonly records: RecordService;
  readonly benchmarks: KnownBenchmarks;
  readonly now: () => number;
}

export interface BulkSample {
  readonly recordId: RecordId;
  readonly position: number;
  readonly before: string;
  readonly after: string;
}

export interface BulkPreview {
  readonly matching: number;
  readonly changing: number;
  readonly samples: BulkSample[];
}

type RepairAction = Extract<
  BulkAction,
  { type: "repair-format" | "remove-foreign-lines" | "remove-repetition" }
>;
type DeduplicateAction = Extract<BulkAction, { type: "deduplicate" }>;

/** Texts between which the host answers others. */
const PAUSE_AFTER = 100;

const REPAIRS: { readonly [Type in RepairAction["type"]]: string } = {
  "repair-format": "repair the format of",
  "remove-foreign-lines": "remove foreign lines from",
  "remove-repetition": "remove repetition from",
};

/** Throws NOT_FOUND. */
export async function previewBulk(
  deps: BulkDeps,
  datasetId: DatasetId,
  target: RecordTarget,
  action: BulkAction,
  samples: number,
): Promise<BulkPreview> {
  const { store } = deps;
  const filter = filterOf(target);
  store.datasets.nameOf(datasetId);
  const matching = store.records.count(datasetId, filter);
  switch (action.type) {
    case "status": {
      const changing: RecordFilter = [
        ...filter,
        { field: "status", values: [action.status], not: true },
      ];
      return {
        matching,
        changing: store.records.count(datasetId, changing),
        samples: store.records
          .rows(datasetId, changing, 0, samples)
          .map((row) => sample(row, row.status, action.status)),
      };
    }
    case "tags": {
      const changing = [
        ...action.add.map((tag) => ({ tag, not: true })),
        ...action.remove.map((tag) => ({ tag, not: false })),
      ].flatMap(({ tag, not }) =>
        store.records.ids(datasetId, [...filter, { field: "tag", values: [tag], not }]),
      );
      const ids = [...new Set(changing)].map((id) => RecordId.parse(id));
      const rows = store.records.rows(datasetId, [{ field: "id", values: ids }], 0, samples);
      return {
        matching,
        changing: ids.length,
        samples: rows.map((row) =>
          sample(
            row,
            row.tags.join(", "),
            [...new Set([...row.tags, ...action.add])]
              .filter((tag) => !action.remove.includes(tag))
              .join(", "),
          ),
        ),
      };
    }
    case "gold":
    case "metadata": {
      const change = detailOf(action);
      const rows = detailsToChange(store, datasetId, filter, change);
      const after = detailText(change, change.value);
      return {
        matching,
        changing: rows.length,
        samples: rows
          .slice(0, samples)
          .map((row) => sample(row, detailText(change, row.before), after)),
      };
    }
    case "delete":
      return {
        matching,
        changing: matching,
        samples: store.records
          .rows(datasetId, filter, 0, samples)
          .map((row) => sample(row, row.prompt, "")),
      };
    case "deduplicate": {
      const going = extras(deps, datasetId, target, action);
      return {
        matching,
        changing: going.length,
        samples: going
          .slice(0, samples)
          .map((member) => sample(member, member.status, action.status)),
      };
    }
    case "restore-original":
    case "repair-format":
    case "remove-foreign-lines":
    case "remove-repetition": {
      let changing = 0;
      const found: BulkSample[] = [];
      for await (const { text, after } of changedTexts(deps, datasetId, target, action)) {
        changing++;
        if (found.length < samples) {
          found.push(sample(text, shown(text.messages), shown(after)));
        }
      }
      return { matching, changing, samples: found };
    }
    default:
      return assertNever(action);
  }
}

/** One edit; repaired texts are `reviewer`'s. Throws NOT_FOUND. */
export async function applyBulk(
  deps: BulkDeps,
  datasetId: DatasetId,
  target: RecordTarget,
  action: BulkAction,
  reviewer: string | undefined,
): Promise<Edited> {
  const { records, store } = deps;
  store.datasets.nameOf(datasetId);
  switch (action.type) {
    case "status":
      return records.setStatus({ datasetId, target: asFilter(target), status: action.status });
    case "tags":
      return records.setTags({ datasetId, target, add: action.add, remove: action.remove });
    case "gold":
    case "metadata":
      return records.setDetail(datasetId, target, detailOf(action));
    case "delete":
      return records.delete(datasetId, target);
    case "deduplicate": {
      const rows = extras(deps, datasetId, target, action)
        .map(({ id, status }) => ({ id, value: status }))
        .sort((a, b) => a.id - b.id);
      const ids = rangesOf(rows.map(({ id }) => id));
      return records.changeMany(
        datasetId,
        `set ${recordsText(rows.length, undefined)} that are ${action.duplicates} duplicates to ${action.status}`,
        {
          forward: [{ set: "status", ids, value: action.status }],
          inverse: statusChanges(rows),
        },
        rows.length,
      );
    }
    case "restore-original":
      return restoreOriginals(deps, datasetId, target);
    case "repair-format":
    case "remove-foreign-lines":
    case "remove-repetition":
      return repairTexts(deps, datasetId, target, action, reviewer);
    default:
      return assertNever(action);
  }
}

function detailOf(action: Extract<BulkAction, { type: "gold" | "metadata" }>): DetailChange {
  return action.type === "gold"
    ? { set: "gold", value: action.value }
    : { set: "metadata", key: action.key, value: action.value };
}

async function repairTexts(
  deps: BulkDeps,
  datasetId: DatasetId,
  target: RecordTarget,
  action: RepairAction,
  reviewer: string | undefined,
): Promise<Edited> {
  const { store, benchmarks, records, now } = deps;
  const author = reviewer === undefined ? action.type : `${action.type} by ${reviewer}`;
  const moved: { id: number; from: number; to: number }[] = [];
  let batch: { text: RecordText; measured: MeasuredText }[] = [];
  // Not in force yet, and so nothing that anybody was told of.
  const keep = (): void => {
    store.provisionalTransaction(() => {
      for (const { text, measured } of batch) {
        const { id, revision: from } = text;
        const to = store.recordWriter.addRevision(id, from, author, now(), measured);
        moved.push({ id, from, to });
      }
    });
    batch = [];
  };
  for await (const { text, after } of changedTexts(deps, datasetId, target, action)) {
    batch.push({ text, measured: benchmarks.measure(after, text.reference) });
    if (batch.length >= PAUSE_AFTER) keep();
  }
  keep();
  // Who was edited by hand meanwhile keeps that text.
  const still = store.records.revisionsInForce(moved.map(({ id }) => id));
  const rows = moved.filter(({ id, from }) => still.get(id) === from).sort((a, b) => a.id - b.id);
  return records.changeMany(
    datasetId,
    `${REPAIRS[action.type]} ${recordsText(rows.length, undefined)}`,
    {
      forward: revisionChanges(rows.map(({ id, to }) => ({ id, value: to }))),
      inverse: revisionChanges(rows.map(({ id, from }) => ({ id, value: from }))),
    },
    rows.length,
  );
}

function restoreOriginals(deps: BulkDeps, datasetId: DatasetId, target: RecordTarget): Edited {
  const rows = deps.store.records
    .values(datasetId, [...filterOf(target), { field: "edited" }], "revision")
    .map(({ id, value }) => ({ id, value: Number(value) }));
  return deps.records.changeMany(
    datasetId,
    `restore the original of ${recordsText(rows.length, undefined)}`,
    {
      forward: revisionChanges(rows.map(({ id }) => ({ id, value: 0 }))),
      inverse: revisionChanges(rows),
    },
    rows.length,
  );
}

function revisionChanges(rows: readonly { id: number; value: number }[]): RecordChange[] {
  return changesByValue(rows, (ids, value) => ({ set: "revision", ids, value }));
}

/** Matching texts that an action would change, with what they would become. */
async function* changedTexts(
  deps: BulkDeps,
  datasetId: DatasetId,
  target: RecordTarget,
  action: RepairAction | Extract<BulkAction, { type: "restore-original" }>,
): AsyncGenerator<{ text: RecordText; after: RecordMessages }> {
  const { store } = deps;
  const restore = action.type === "restore-original";
  const filter = restore ? [...filterOf(target), { field: "edited" as const }] : filterOf(target);
  let read = 0;
  for (const text of store.records.texts(datasetId, filter)) {
    const after = restore
      ? store.records.get(RecordId.parse(text.id)).original
      : repaired(action.type, text.messages);
    if (after !== null) yield { text, after };
    if (++read % PAUSE_AFTER === 0) await setImmediate();
  }
}

/** Of each cluster among the matching, all but the one that is kept. */
function extras(
  deps: BulkDeps,
  datasetId: DatasetId,
  target: RecordTarget,
  action: DeduplicateAction,
): ClusterMember[] {
  const members = deps.store.records.clusterMembers(datasetId, filterOf(target), action.duplicates);
  const kept = new Map<number, ClusterMember>();
  for (const member of members) {
    const best = kept.get(member.cluster);
    if (best === undefined || isBetter(member, best, action.keep)) kept.set(member.cluster, member);
  }
  return members.filter(
    (member) => kept.get(member.cluster) !== member && member.status !== action.status,
  );
}

function isBetter(
  member: ClusterMember,
  best: ClusterMember,
  keep: DeduplicateAction["keep"],
): boolean {
  switch (keep) {
    case "first":
      return false;
    case "most-readable":
      return (member.readability ?? -1) > (best.readability ?? -1);
    case "shortest":
      return member.words < best.words;
    default:
      return assertNever(keep);
  }
}

/** A bulk action on a single record is still no reviewer's decision. */
function asFilter(target: RecordTarget): RecordTarget {
  return { filter: filterOf(target) };
}

function sample(
  row: { readonly id: number; readonly position: number },
  before: string,
  after: string,
): BulkSample {
  return { recordId: RecordId.parse(row.id), position: row.position, before, after };
}

function shown(messages: RecordMessages): string {
  const turn = finalTurn(messages);
  return turn === undefined ? "" : joinReasoning(turn);
}
