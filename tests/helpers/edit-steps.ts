/** Edits of a dataset from the smallest to the largest, and what each does to a model of it. */
import { z } from "zod";
import { DatasetId, RecordId, RecordStatus } from "#shared/schema/dataset.ts";
import type { Random } from "#main/platform/random.ts";
import type { Store } from "#main/store/store.ts";
import type { DatasetClient } from "./dataset-fixture.ts";

export const EditStep = z.object({
  number: z.int(),
  datasetId: DatasetId,
  kind: z.enum(["status", "status-all", "tag", "tag-all", "text", "delete", "undo"]),
  id: RecordId,
  status: RecordStatus,
  tag: z.string(),
  /** Characters of the new text. */
  length: z.int(),
});
export type EditStep = z.infer<typeof EditStep>;

/** What a record is as far as edits go. */
export interface ModelRecord {
  readonly status: RecordStatus;
  readonly tags: readonly string[];
  readonly answer: string;
  readonly deleted: boolean;
}
export type Model = ReadonlyMap<number, ModelRecord>;

export function drawStep(
  random: Random,
  number: number,
  datasetId: DatasetId,
  ids: readonly RecordId[],
): EditStep {
  return {
    number,
    datasetId,
    kind: random.choice([
      "status",
      "status",
      "status-all",
      "tag",
      "tag-all",
      "text",
      "text",
      "delete",
      "undo",
    ]),
    id: random.choice(ids),
    status: random.choice(RecordStatus.options),
    tag: random.choice(["short", "wordy"]),
    length: random.choice([1, 100, 500_000]),
  };
}

function answerOf(step: EditStep): string {
  return `${step.number} ${"x".repeat(step.length)}`;
}

export async function applyEdit(client: DatasetClient, step: EditStep): Promise<void> {
  const { datasetId, id, status, tag } = step;
  const one = { ids: [id] };
  const all = { filter: [] };
  const { records } = client.datasets;
  const key = `step-${step.number}`;
  switch (step.kind) {
    case "status":
    case "status-all":
      await records.setStatus({
        datasetId,
        target: step.kind === "status" ? one : all,
        status,
        key,
      });
      return;
    case "tag":
    case "tag-all":
      await records.setTags({
        datasetId,
        target: step.kind === "tag" ? one : all,
        add: [tag],
        key,
      });
      return;
    case "text": {
      const [record] = await records.getMany({ recordIds: [id] });
      if (record === undefined) return;
      const messages = record.messages.map((turn) =>
        turn.role === "assistant" ? { ...turn, content: answerOf(step) } : turn,
      );
      await records.setText({ recordId: id, messages, fromRevision: record.revision, key });
      return;
    }
    case "delete":
      await records.delete({ datasetId, target: one });
      return;
    case "undo": {
      const scope = `dataset:${datasetId}`;
      const { undo } = await client.edits.state({ scope });
      // The import itself stays.
      if (undo !== null && !undo.label.startsWith("import")) await client.edits.undo({ scope });
      return;
    }
    default:
      step.kind satisfies never;
  }
}

/** The dataset as the database has it. */
export function readModel(store: Store, datasetId: DatasetId, ids: readonly RecordId[]): Model {
  const rows = new Map(store.records.rows(datasetId, [], 0, -1).map((row) => [row.id, row]));
  const texts = new Map([...store.records.texts(datasetId, [])].map((text) => [text.id, text]));
  return new Map(
    ids.map((id): [number, ModelRecord] => {
      const row = rows.get(id);
      const answer = texts.get(id)?.messages.at(-1)?.content;
      return row === undefined || answer === undefined
        ? [id, { status: "pending", tags: [], answer: "", deleted: true }]
        : [id, { status: row.status, tags: row.tags, answer, deleted: false }];
    }),
  );
}

/** The model with the edit done; `history` holds the models before each edit that can be undone. */
export function expected(model: Model, step: EditStep, history: Model[]): Model {
  if (step.kind === "undo") return history.pop() ?? model;
  const targets = step.kind.endsWith("-all") ? [...model.keys()] : [step.id];
  const next = new Map(model);
  let changed = false;
  for (const id of targets) {
    const before = model.get(id);
    if (before === undefined || before.deleted) continue;
    const after = changedRecord(before, step);
    if (JSON.stringify(after) === JSON.stringify(before)) continue;
    next.set(id, after);
    changed = true;
  }
  if (!changed) return model;
  history.push(model);
  return next;
}

function changedRecord(record: ModelRecord, step: EditStep): ModelRecord {
  switch (step.kind) {
    case "status":
    case "status-all":
      return { ...record, status: step.status };
    case "tag":
    case "tag-all":
      return { ...record, tags: [...new Set([...record.tags, step.tag])].sort() };
    case "text":
      return { ...record, answer: answerOf(step) };
    case "delete":
      // What a deleted record was is hidden in the database too.
      return { status: "pending", tags: [], answer: "", deleted: true };
    case "undo":
      return record;
    default:
      return step.kind satisfies never;
  }
}
