/** Records of datasets: each procedure calls the service, and no more. */
import type { Contract } from "#shared/contract/contract.ts";
import { AppError } from "#shared/errors.ts";
import { parseForWriting } from "#main/platform/exact-json.ts";
import type { DatasetId, RecordId, RecordReference, RecordSource } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import type { Application } from "#main/services/application.ts";
import { applyBulk, previewBulk } from "#main/services/datasets/bulk-actions.ts";
import { recordsText } from "#main/services/datasets/record-edits.ts";
import type { Implementer, Procedures } from "./implementer.ts";

type Matching = {
  readonly datasetId: DatasetId;
  readonly filter: RecordFilter;
  readonly limit: number;
};

export function datasetRecordProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["datasets"]["records"]> {
  const { store } = app;
  const { records, benchmarks } = app.datasets;
  const bulk = { store, records, benchmarks, now: app.now };
  const to = os.datasets.records;
  const matching = ({ datasetId, filter, limit }: Matching): RecordId[] => {
    store.datasets.nameOf(datasetId);
    return store.records.ids(datasetId, filter, limit);
  };
  return {
    count: to.count.handler(({ input }) => {
      store.datasets.nameOf(input.datasetId);
      const queues = input.filter.filter(({ field }) => field !== "status");
      return {
        total: store.records.count(input.datasetId, input.filter),
        status: store.records.countByStatus(input.datasetId, queues),
      };
    }),
    page: to.page.handler(({ input }) => records.page(input)),
    ids: to.ids.handler(({ input }) => matching(input)),
    list: to.list.handler(({ input }) => {
      const ids = matching(input);
      const first = ids.slice(0, input.rows);
      const shown = [{ field: "id" as const, values: first }];
      const rows =
        first.length === 0 ? [] : store.records.rows(input.datasetId, shown, 0, input.rows);
      return { ids, rows };
    }),
    get: to.get.handler(({ input }) => store.records.get(input.recordId)),
    getMany: to.getMany.handler(({ input }) =>
      input.recordIds.flatMap((id) =>
        store.records.positionOf(id) === undefined ? [] : [store.records.get(id)],
      ),
    ),
    revisions: to.revisions.handler(({ input }) => store.records.revisions(input.recordId)),
    check: to.check.handler(({ input }) => records.check(input.recordId, input.messages)),
    add: to.add.handler(({ input }) => {
      const prepared = input.records.map((record) => {
        checkText(record.messages);
        const reference = wholeReference(record.reference ?? {});
        return {
          ...benchmarks.measure(record.messages, reference),
          metadata: withEntries(record.metadata, record.entries),
          reference,
          source: wholeSource(record.source),
          tags: record.tags,
          status: record.status,
        };
      });
      const label = `add ${recordsText(prepared.length, undefined)}`;
      const kind = input.records[0]?.source.kind ?? "add";
      const author = kind === "written" ? "by hand" : kind;
      return records.add(input.datasetId, prepared, author, label);
    }),
    setText: to.setText.handler(({ input }) => {
      checkText(input.messages);
      return records.setText(input);
    }),
    restore: to.restore.handler(({ input }) =>
      records.restore(input.recordId, input.revision, input.reviewer),
    ),
    setStatus: to.setStatus.handler(({ input }) => records.setStatus(input)),
    setTags: to.setTags.handler(({ input }) => records.setTags(input)),
    setDetails: to.setDetails.handler(({ input }) => records.setDetails(input)),
    metadataNames: to.metadataNames.handler(({ input }) => {
      store.datasets.nameOf(input.datasetId);
      return store.recordDetails.names(input.datasetId);
    }),
    delete: to.delete.handler(({ input }) => records.delete(input.datasetId, input.target)),
    previewBulk: to.previewBulk.handler(({ input }) =>
      previewBulk(bulk, input.datasetId, input.target, input.action, input.samples),
    ),
    applyBulk: to.applyBulk.handler(({ input }) =>
      applyBulk(bulk, input.datasetId, input.target, input.action, input.reviewer),
    ),
    lineage: to.lineage.handler(({ input }) => {
      store.records.datasetOf(input.recordId);
      return store.versions.ofRecord(input.recordId);
    }),
  };
}

function checkText(messages: readonly { content: string; reasoning: string | null }[]): void {
  const whole = messages.map(({ content, reasoning }) => `${content}${reasoning ?? ""}`).join("");
  if (whole.isWellFormed() && !whole.includes("\0")) return;
  throw new AppError(
    "BAD_INPUT",
    "The text holds NUL or half of a character, which no file can keep.",
    "Remove it and save again.",
  );
}

function withEntries(
  metadata: Readonly<Record<string, unknown>>,
  entries: readonly { readonly key: string; readonly value: string | null }[],
): Record<string, unknown> {
  return {
    ...metadata,
    ...Object.fromEntries(
      entries.flatMap(({ key, value }) => (value === null ? [] : [[key, parseForWriting(value)]])),
    ),
  };
}

type Loose<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

function wholeReference(known: Loose<RecordReference>): RecordReference {
  return {
    task: known.task ?? null,
    problemId: known.problemId ?? null,
    difficulty: known.difficulty ?? null,
    gold: known.gold ?? null,
    data: known.data ?? null,
  };
}

function wholeSource(
  known: Loose<RecordSource> & { readonly kind: RecordSource["kind"] },
): RecordSource {
  return {
    kind: known.kind,
    file: known.file ?? null,
    line: known.line ?? null,
    teacher: known.teacher ?? null,
    runId: known.runId ?? null,
    sampling: known.sampling ?? null,
    costUsd: known.costUsd ?? null,
  };
}
