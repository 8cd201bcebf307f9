/** Publishing versions, comparing them, and giving a version to a run as the file it trains on. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { DatasetId, RecordId } from "#shared/schema/dataset.ts";
import type { DatasetVersion, RecordMessages } from "#shared/schema/dataset.ts";
import { metadataText } from "#shared/schema/metadata-text.ts";
import { filterText } from "#shared/schema/record-filter-text.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { isTrained, joinReasoning } from "#shared/schema/record-text.ts";
import { clearLeftovers, writeFileAtomically, writeFully } from "#main/platform/atomic-write.ts";
import { withStoreErrors } from "#main/store/database.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import type { Store } from "#main/store/store.ts";
import type {
  VersionDetails,
  VersionDifference,
  VersionRef,
} from "#main/store/repositories/version-repository.ts";
import type { LiveEvents } from "../workspace/live-events.ts";

const REF = /^(d\d+)(?:@(\d+))?$/;

/** Whether a recipe's `dataset` names a version of the store rather than a file. */
export function isVersionRef(text: string): boolean {
  return REF.test(text);
}

interface ChangedDetail {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

export type VersionChange = "added" | "removed" | "changed" | "same";

export class VersionService {
  readonly #store: Store;
  readonly #live: LiveEvents;
  readonly #folder: string;
  readonly #now: () => number;

  constructor(deps: {
    readonly store: Store;
    readonly live: LiveEvents;
    /** Where versions lie as files, while runs need them. */
    readonly folder: string;
    readonly now: () => number;
  }) {
    this.#store = deps.store;
    this.#live = deps.live;
    this.#folder = deps.folder;
    this.#now = deps.now;
  }

  /** Throws NOT_FOUND, BAD_INPUT where nothing matches, CONFLICT where it is the last version again. */
  publish(datasetId: DatasetId, filter: RecordFilter, note: string): DatasetVersion {
    const store = this.#store;
    const name = store.datasets.nameOf(datasetId);
    const ref = store.transaction(() => {
      const members: { id: number; position: number; revision: number }[] = [];
      const hash = createHash("sha256");
      const details = createHash("sha256");
      for (const text of store.records.texts(datasetId, filter)) {
        hash.update(trainingLine(text.messages));
        details.update(detailLine(text));
        members.push({ id: text.id, position: text.position, revision: text.revision });
      }
      if (members.length === 0) {
        throw new AppError(
          "BAD_INPUT",
          `No record of ${name} matches ${filterText(filter)}: a version of nothing is none.`,
          "Accept some records first, or publish with another filter.",
        );
      }
      const sha256 = hash.digest("hex");
      const latest = store.versions.latest(datasetId);
      if (latest?.sha256 === sha256 && this.#detailsOf(latest) === details.digest("hex")) {
        throw new AppError(
          "CONFLICT",
          `${latest.ref} holds exactly these ${latest.records} records already.`,
          `Use ${latest.ref}.`,
        );
      }
      const version = (latest?.version ?? 0) + 1;
      store.versions.insert(
        {
          datasetId,
          version,
          note,
          publishedAtMs: this.#now(),
          sha256,
          records: members.length,
          filter: filterText(filter),
          statistics: store.datasets.statistics(datasetId, filter),
        },
        members,
      );
      return { datasetId, version };
    });
    this.#live.publish([{ type: "dataset", datasetId, recordIds: null }]);
    return store.versions.get(ref);
  }

  /**
   * `d1@2`, `d1` or a dataset's name (`name@2`): the latest version where none is named. Undefined
   * where it is no dataset of the store. Throws NOT_FOUND where it has no such version.
   */
  find(text: string): DatasetVersion | undefined {
    const [, id, number] = REF.exec(text) ?? [];
    const [, name = text, named] = /^(.+)@(\d+)$/.exec(text) ?? [];
    const byName = this.#store.datasets.byName(text);
    const datasetId =
      byName ?? (id === undefined ? this.#store.datasets.byName(name) : DatasetId.parse(id));
    if (datasetId === undefined) return undefined;
    const version = byName === undefined ? (number ?? named) : undefined;
    if (version !== undefined) {
      return this.#store.versions.get({ datasetId, version: Number(version) });
    }
    const latest = this.#store.versions.latest(datasetId);
    if (latest !== undefined) return latest;
    const known = this.#store.datasets.nameOf(datasetId);
    throw new AppError(
      "NOT_FOUND",
      `The dataset ${known} (${datasetId}) has no published version.`,
      "Publish one: Datasets, Publish, or `gradus data publish`.",
    );
  }

  /** Throws NOT_FOUND. */
  get(ref: string): DatasetVersion {
    const found = this.find(ref);
    if (found !== undefined) return found;
    throw new AppError(
      "NOT_FOUND",
      `There is no dataset version "${ref}".`,
      "A version is named by its dataset, an @ and its number; `gradus data list` shows them.",
    );
  }

  compare(input: {
    readonly from: string;
    readonly to: string;
    readonly kinds: readonly VersionChange[];
    readonly offset: number;
    readonly limit: number;
  }): {
    added: number;
    removed: number;
    changed: number;
    same: number;
    total: number;
    rows: {
      recordId: RecordId;
      position: number;
      kind: VersionChange;
      fromRevision: number | null;
      toRevision: number | null;
      from: RecordMessages | null;
      to: RecordMessages | null;
      details: ChangedDetail[];
    }[];
  } {
    const [from, to] = [this.get(input.from), this.get(input.to)];
    if (from.datasetId !== to.datasetId) {
      throw new AppError(
        "BAD_INPUT",
        `${from.ref} and ${to.ref} are of different datasets: no record is in both.`,
        "Compare two versions of one dataset.",
      );
    }
    const counts = { added: 0, removed: 0, changed: 0, same: 0 };
    const all = this.#store.versions.differences(from, to).map((difference) => {
      const details = changedDetails(difference);
      const kind = kindOf(difference, details);
      counts[kind]++;
      return { ...difference, kind, details };
    });
    const chosen = all.filter(({ kind }) => input.kinds.includes(kind));
    return {
      ...counts,
      total: chosen.length,
      rows: chosen.slice(input.offset, input.offset + input.limit).map((row) => {
        const recordId = RecordId.parse(row.recordId);
        return {
          ...row,
          recordId,
          from: this.#messages(recordId, row.fromRevision),
          to: this.#messages(recordId, row.toRevision),
        };
      }),
    };
  }

  /** The version as the JSONL that a stage trains on; written once, its hash checked. */
  trainingFile(ref: VersionRef): string {
    const { sha256 } = this.#store.versions.get(ref);
    const file = join(this.#folder, `${ref.datasetId}@${ref.version}-${sha256.slice(0, 12)}.jsonl`);
    if (existsSync(file)) return file;
    return withStoreErrors(() => {
      mkdirSync(this.#folder, { recursive: true });
      clearLeftovers(file);
      writeFileAtomically(file, (fd) => {
        const hash = createHash("sha256");
        for (const { messages } of this.#store.versions.texts(ref)) {
          const line = Buffer.from(trainingLine(messages));
          hash.update(line);
          writeFully(fd, line);
        }
        if (hash.digest("hex") !== sha256)
          throw new Error(`the records of ${ref.datasetId}@${ref.version} do not have its hash`);
      });
      return file;
    });
  }

  /** The texts of a version, for exports. */
  texts(ref: VersionRef): Iterable<RecordText> {
    this.#store.versions.get(ref);
    return this.#store.versions.texts(ref);
  }

  /** A hash of what a version's records carry beside their texts. */
  #detailsOf(ref: VersionRef): string {
    const hash = createHash("sha256");
    for (const text of this.#store.versions.texts(ref)) hash.update(detailLine(text));
    return hash.digest("hex");
  }

  #messages(recordId: RecordId, revision: number | null): RecordMessages | null {
    return revision === null ? null : this.#store.records.messagesAt(recordId, revision);
  }
}

/** What a version's hash is of: one line a record, as it is trained on. */
function trainingLine(messages: RecordMessages): string {
  const turns = messages.map((message) => ({
    role: message.role,
    content: joinReasoning(message),
    ...(message.role === "assistant" && !isTrained(message) ? { weight: 0 } : {}),
  }));
  return `${JSON.stringify({ messages: turns })}\n`;
}

function detailLine({ metadata, source, reference }: RecordText): string {
  return `${JSON.stringify([metadata, source, reference])}\n`;
}

function kindOf(
  { fromRevision, toRevision }: VersionDifference,
  details: readonly ChangedDetail[],
): VersionChange {
  if (fromRevision === null) return "added";
  if (toRevision === null) return "removed";
  return fromRevision === toRevision && details.length === 0 ? "same" : "changed";
}

/** The order of metadata is no difference. */
function changedDetails({ details }: VersionDifference): ChangedDetail[] {
  if (details === null) return [];
  const from = detailTexts(details.from);
  const to = detailTexts(details.to);
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((name) => {
    const changed = { name, from: from.get(name) ?? null, to: to.get(name) ?? null };
    return changed.from === changed.to ? [] : [changed];
  });
}

/** Metadata may have the right answer's name: its own stands behind a dot, as in filters. */
function detailTexts({ metadata, reference }: VersionDetails): ReadonlyMap<string, string> {
  return new Map([
    ...(reference.gold === null ? [] : [["gold", reference.gold] as const]),
    ...Object.entries(metadata).map(
      ([name, value]) => [`meta.${name}`, metadataText(value)] as const,
    ),
  ]);
}
