/**
 * Who is a near duplicate of whom: bands of MinHash signatures by dataset, and clusters that grow as
 * records come in. A record that is edited leaves its cluster and looks for another; what its going
 * does to the rest of a chain shows when the dataset is measured again.
 */
import type { DatasetId } from "#shared/schema/dataset.ts";
import {
  NEAR_DUPLICATE_FROM,
  SIGNATURE_BANDS,
  SIGNATURE_BYTES,
  similarity,
} from "#main/platform/signature.ts";
import type { Fingerprint } from "#main/platform/signature.ts";
import { nextNumber } from "../counter.ts";
import type { Connection, Statement } from "../database.ts";

/** In a crowd of alike texts so many are looked at. */
const CANDIDATES = 64;

export interface NearRecord {
  readonly id: number;
  readonly position: number;
  readonly cluster: number | null;
  readonly similarity: number;
}

interface CandidateRow {
  id: number;
  position: number;
  cluster: number | null;
  fingerprint: Buffer;
}

export class DuplicateIndex {
  readonly #db: Connection;
  /** Prepared once: an import asks a hundred thousand times. */
  readonly #insert: Statement<[string, number, number]>;
  readonly #drop: Statement<[string, number, number]>;
  readonly #found: Statement<(string | number)[], CandidateRow>;

  constructor(db: Connection) {
    this.#db = db;
    this.#insert = db.prepare(
      "INSERT INTO record_bands (dataset_id, band, record_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.#drop = db.prepare(
      "DELETE FROM record_bands WHERE dataset_id = ? AND band = ? AND record_id = ?",
    );
    this.#found = db.prepare(
      `SELECT r.id, r.position, r.near_cluster AS cluster, v.fingerprint
       FROM (SELECT DISTINCT record_id FROM record_bands
         WHERE dataset_id = ? AND band IN (${Array.from({ length: SIGNATURE_BANDS }, () => "?").join(", ")})
           AND record_id <> ? LIMIT ${CANDIDATES}) b
       JOIN records r ON r.id = b.record_id AND r.presence <> 1
       JOIN revisions v ON v.record_id = r.id AND v.number = r.revision`,
    );
  }

  /** Puts a record's text in; gives the cluster it belongs to now. */
  add(
    datasetId: DatasetId,
    id: number,
    fingerprint: Fingerprint,
  ): { cluster: number | null; similarity: number | null } {
    const nearest = this.nearest(datasetId, fingerprint, id);
    for (const band of fingerprint.bands) this.#insert.run(datasetId, band, id);
    if (nearest === null) return { cluster: null, similarity: null };
    const cluster = nearest.cluster ?? nextNumber(this.#db, "near-cluster");
    if (nearest.cluster === null) {
      this.#db
        .prepare("UPDATE records SET near_cluster = ?, similarity = ? WHERE id = ?")
        .run(cluster, nearest.similarity, nearest.id);
    }
    return { cluster, similarity: nearest.similarity };
  }

  /** Another text in a record's place: bands that both have stay as they are. */
  replace(
    datasetId: DatasetId,
    id: number,
    before: Fingerprint,
    after: Fingerprint,
  ): { cluster: number | null; similarity: number | null } {
    const kept = new Set(after.bands);
    for (const band of before.bands) if (!kept.has(band)) this.#drop.run(datasetId, band, id);
    return this.add(datasetId, id, after);
  }

  remove(datasetId: DatasetId, id: number, fingerprint: Fingerprint): void {
    for (const band of fingerprint.bands) this.#drop.run(datasetId, band, id);
  }

  /** The most similar other record that is there or about to be, or null. */
  nearest(datasetId: DatasetId, fingerprint: Fingerprint, except: number): NearRecord | null {
    const rows = this.#found.all(datasetId, ...fingerprint.bands, except);
    let best: NearRecord | null = null;
    for (const { fingerprint: blob, ...row } of rows) {
      const alike = similarity(fingerprint.signature, blob);
      if (alike >= NEAR_DUPLICATE_FROM && alike > (best?.similarity ?? 0)) {
        best = { ...row, similarity: alike };
      }
    }
    return best;
  }
}

export function packFingerprint({ signature, bands }: Fingerprint): Buffer {
  const blob = Buffer.alloc(SIGNATURE_BYTES + 8 * SIGNATURE_BANDS);
  blob.set(signature);
  bands.forEach((band, i) => blob.writeDoubleLE(band, SIGNATURE_BYTES + 8 * i));
  return blob;
}

export function unpackFingerprint(content: number, blob: Buffer): Fingerprint {
  return {
    content,
    signature: blob.subarray(0, SIGNATURE_BYTES),
    bands: Array.from({ length: SIGNATURE_BANDS }, (_, i) =>
      blob.readDoubleLE(SIGNATURE_BYTES + 8 * i),
    ),
  };
}
